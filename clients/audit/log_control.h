// `samkoer-audit report log-control`: a random sample of reads from the
// verified log, for the yearly control of what employees look at.
#ifndef SAMKOER_CLIENTS_AUDIT_LOG_CONTROL_H_
#define SAMKOER_CLIENTS_AUDIT_LOG_CONTROL_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/audit/log_command.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// Chooses `size` of the leaves it is given, each as likely as any other, by
// seed and index alone: the same seed chooses the same leaves of the same log,
// and nobody who does not know the seed can foresee which. Pure.
class ReadSample {
 public:
  ReadSample(std::string seed, std::size_t size)
      : seed_(std::move(seed)), size_(size) {}
  void Offer(std::uint64_t index, std::string_view leaf);
  // How many were offered.
  std::uint64_t offered() const { return offered_; }
  // The chosen, ascending by index.
  std::map<std::uint64_t, std::string> Chosen() const;

 private:
  struct Entry {
    std::uint64_t index;
    std::string leaf;
  };
  const std::string seed_;
  const std::size_t size_;
  std::uint64_t offered_ = 0;
  std::map<std::string, Entry> by_draw_;  // the lowest draws
};

struct LogControlOptions {
  absl::Time from = absl::InfinitePast();
  absl::Time until = absl::InfiniteFuture();  // exclusive
  std::size_t sample = 20;                    // 1 to 10,000
  // 1 to 64 letters or digits. Empty: the log itself gives it, so that nobody
  // can draw again until the sample pleases: the first 32 hex digits of the
  // root over the entries before `until`, which must then be over.
  std::string seed;
  absl::Time now = absl::InfiniteFuture();
};

// Verifies the log and prints the sample of reads (IsRead, and of inboxes),
// with the seed that gives it again. Without a seed the log is read twice.
// INVALID_ARGUMENT for a seed or size out of range, or for a period that is not
// over where the log gives the seed; errors of ReadWholeLog.
absl::Status PrintLogControl(LogServer& server,
                             const crypto::NoteVerifier& verifier,
                             const CheckpointStore& store,
                             const LogControlOptions& options,
                             const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_LOG_CONTROL_H_
