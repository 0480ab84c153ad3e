// What a server does with the witnesses of its log: takes their cosignatures,
// keeps the newest cosigned checkpoint in the store, and refuses changes when
// none has come for too long. For both servers.
//
// A cosignature is a write of its own without a leaf, as it only attests what
// the log holds already; a leaf for each would make a new checkpoint for each.
// Leaves: COSIGNED, of each witness at most one in kCosignedLeafInterval;
// WITNESS_OVERDUE and WITNESS_BACK whenever that changes.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_WITNESS_WATCH_H_
#define SAMKOER_SERVER_WITNESS_WATCH_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/cosignature.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/server_config.pb.h"
#include "samkoer/v1/witness.pb.h"
#include "server/identity.h"
#include "server/periodic.h"
#include "server/witness_writer.h"
#include "storage/audit_log.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::server {

class Counter;
class Gauge;
class Metrics;

class WitnessWatch {
 public:
  // What it works on; all must outlive it.
  struct Parts {
    const storage::Engine& engine;
    const storage::ValueSealer& sealer;
    const storage::AuditLog& log;
    WitnessWriter& writer;
    Metrics& metrics;
  };
  struct Options {
    // The verifier of each witness, by the URI of its certificate.
    std::map<std::string, crypto::CosignatureVerifier> witnesses;
    // 0: changes are never refused.
    std::uint32_t hours = 0;
    std::function<absl::Time()> now;
  };

  // Of a checked configuration, KeydConfig or MatcherdConfig.
  template <typename Config>
  static Options OptionsFrom(const Config& config,
                             std::function<absl::Time()> now) {
    return MakeOptions(config.witnesses(), config.witness_hours(),
                       std::move(now));
  }
  // What the configuration says, for the leaf STARTED: with it a witness that
  // was taken out of the configuration is seen in the log.
  static std::string Describe(const Options& options);

  // Reads what is kept. A store that has none yet counts from now. Errors of
  // the store and of the writer.
  static absl::StatusOr<std::unique_ptr<WitnessWatch>> Start(Parts parts,
                                                             Options options);
  ~WitnessWatch();  // as Stop()

  // Witnesses.AddCosignature; errors as the service says.
  absl::StatusOr<v1::AddCosignatureResponse> Add(const Identity& who,
                                                 const std::string& note);
  // GetCheckpointResponse.cosigned_note; empty before the first.
  std::string CosignedNote() const;
  // OK if changes are taken; UNAVAILABLE if no witness has cosigned for too
  // long.
  absl::Status CheckChange() const;

  // Writes WITNESS_OVERDUE when it is time, and raises an alarm, once an hour,
  // from half of that time on. Called every kWitnessLook.
  void Look();
  // The writer must still run. May be repeated.
  void Stop();

 private:
  WitnessWatch(Parts parts, Options options);
  static Options MakeOptions(
      const google::protobuf::RepeatedPtrField<v1::WitnessConfig>& witnesses,
      std::uint32_t hours, std::function<absl::Time()> now);
  // The checkpoint that the note is about, with its log line alone.
  struct Attested {
    crypto::Checkpoint checkpoint;
    std::string signed_checkpoint;
    crypto::Cosigned cosigned;
  };
  absl::StatusOr<Attested> Check(const Identity& who,
                                 const std::string& note) const;
  absl::Status CheckHistory(const crypto::Checkpoint& checkpoint) const;
  absl::Status Keep(const Identity* who, storage::WitnessChange change);
  absl::Status LookLocked();
  // Whole hours without a cosignature, at least 1, when that is half of those
  // allowed and has not been told; else 0. Under write_mutex_.
  std::uint32_t HoursToTell(const storage::WitnessState& state, absl::Time now);
  // Keeps the change of a look.
  absl::Status Tell(storage::WitnessChange change);
  // InfiniteFuture if changes are never refused.
  absl::Time FreshUntil(const storage::WitnessState& state) const;
  void Publish();  // under state_mutex_

  const Parts parts_;
  const Options options_;
  std::optional<crypto::NoteVerifier> log_verifier_;
  Gauge& fresh_until_gauge_;
  Gauge& size_gauge_;
  Gauge& overdue_gauge_;
  Counter& cosignatures_;

  std::mutex write_mutex_;        // one change at a time; held over its write
  std::uint32_t told_hours_ = 0;  // under write_mutex_; 0: none
  mutable std::mutex state_mutex_;
  storage::WitnessState state_;  // under state_mutex_; changed under both
  std::atomic<std::int64_t> fresh_until_micros_;
  std::optional<Periodic> periodic_;  // last: uses all of the above
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_WITNESS_WATCH_H_
