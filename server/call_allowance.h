// How many calls that write a leaf of the audit log a caller may make: a bucket
// each, kept in memory, so that nobody makes the log grow without end. Pure:
// the time is passed in.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_CALL_ALLOWANCE_H_
#define SAMKOER_SERVER_CALL_ALLOWANCE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/quota.h"

namespace samkoer::server {

class CallAllowance {
 public:
  explicit CallAllowance(QuotaLimit limit) : limit_(limit) {}

  // Takes one call of `caller` (its URI: several certificates of one name share
  // a bucket), or RESOURCE_EXHAUSTED with the time to wait. `now_ns` is
  // monotonic.
  absl::Status Take(const std::string& caller, std::int64_t now_ns);
  // One call of each (of who stands there twice, two), or none of anybody:
  // `lacking` is then the place of the first who has none left.
  absl::Status TakeOfEach(std::span<const std::string> callers,
                          std::int64_t now_ns, std::size_t& lacking);

  // Callers that are remembered: those whose bucket is not full.
  std::size_t size() const;

 private:
  void Sweep(std::int64_t now_ns) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const QuotaLimit limit_;
  mutable absl::Mutex mutex_;
  std::map<std::string, TokenBucket> buckets_ ABSL_GUARDED_BY(mutex_);
  // Full buckets are forgotten when there are as many.
  std::size_t sweep_at_ ABSL_GUARDED_BY(mutex_) = 256;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CALL_ALLOWANCE_H_
