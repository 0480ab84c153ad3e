// Refused calls, counted and told to the audit log without letting a flood fill
// it: equal refusals (same certificate, rpc and code) within kRefusalWindow
// share one leaf that counts them. The first is written at once by a thread of
// its own, so that a refusal never waits for a disk. What was counted since is
// written when the window ends, and at Stop(); a crash in between loses the
// count, not the first leaf. The process's own log is told in the same measure.
#ifndef SAMKOER_SERVER_REFUSALS_H_
#define SAMKOER_SERVER_REFUSALS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/identity.h"

namespace samkoer::server {

// What a leaf tells of equal refusals.
struct RefusalReport {
  // The certificate's URI; "unidentified" if it has none that can be read.
  std::string actor;
  // SHA-256 of the certificate; zeros if there is none.
  crypto::Hash32 certificate_sha256{};
  // "/samkoer.v1.CaseIntake/Push", or "unknown" for an rpc that does not
  // exist (its name is the caller's text and must not reach the log).
  std::string method;
  absl::StatusCode code = absl::StatusCode::kUnknown;
  std::uint64_t count = 0;
  // Why, if the access rules refused it ("role", "revoked", ...): for our log,
  // not for the leaf, and never for the caller.
  std::string reason = {};
};

// The aggregation alone: no clock, no thread. Not thread-safe.
class RefusalWindow {
 public:
  // Counts one refusal; adds a report to `due` if it is the first of its kind
  // in this window.
  void Add(const RefusalReport& refusal, absl::Time now,
           std::vector<RefusalReport>& due);
  // Adds reports of what was counted and not yet told of windows that have
  // ended, or of all windows, and forgets them.
  void Collect(absl::Time now, bool all, std::vector<RefusalReport>& due);

 private:
  using Key = std::tuple<std::string, std::string, absl::StatusCode>;
  struct Entry {
    RefusalReport report;  // count: not yet told
    absl::Time since;
  };
  std::map<Key, Entry> entries_;
};

// Thread safety: all methods may be called from many threads at once.
class RefusalRecorder {
 public:
  // Writes one leaf; called by one thread at a time.
  using Writer = std::function<absl::Status(const RefusalReport&)>;
  explicit RefusalRecorder(Writer writer);
  ~RefusalRecorder();  // as Stop()

  // Never blocks on a disk.
  void Record(const RefusalReport& refusal);
  // Writes what is left and ends the thread. May be repeated.
  void Stop();

 private:
  void Run();

  const Writer writer_;
  absl::Mutex mutex_;
  RefusalWindow window_ ABSL_GUARDED_BY(mutex_);
  std::vector<RefusalReport> due_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_REFUSALS_H_
