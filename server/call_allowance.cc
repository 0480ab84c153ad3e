#include "server/call_allowance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace samkoer::server {

absl::Status CallAllowance::Take(const std::string& caller,
                                 std::int64_t now_ns) {
  absl::MutexLock lock(&mutex_);
  if (buckets_.size() >= sweep_at_) {
    for (auto bucket = buckets_.begin(); bucket != buckets_.end();) {
      bucket = bucket->second.Available(now_ns) == limit_.burst
                   ? buckets_.erase(bucket)
                   : std::next(bucket);
    }
    // So that a sweep is paid by as many new callers as it looks at.
    sweep_at_ = std::max<std::size_t>(256, 2 * buckets_.size());
  }
  TokenBucket& bucket =
      buckets_.try_emplace(caller, limit_, now_ns).first->second;
  if (bucket.Take(1, now_ns)) return absl::OkStatus();
  const auto wait = bucket.WaitFor(1, now_ns);
  return absl::ResourceExhaustedError(absl::StrCat(
      "too many calls that stand in the audit log",
      wait ? absl::StrCat("; the next in ", absl::ToInt64Seconds(*wait), " s")
           : ""));
}

std::size_t CallAllowance::size() const {
  absl::MutexLock lock(&mutex_);
  return buckets_.size();
}

}  // namespace samkoer::server
