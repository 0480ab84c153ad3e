#include "server/call_allowance.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"

namespace samkoer::server {

absl::Status CallAllowance::Take(const std::string& caller,
                                 std::int64_t now_ns) {
  std::size_t lacking = 0;
  return TakeOfEach({&caller, 1}, now_ns, lacking);
}

absl::Status CallAllowance::TakeOfEach(std::span<const std::string> callers,
                                       std::int64_t now_ns,
                                       std::size_t& lacking) {
  absl::MutexLock lock(&mutex_);
  Sweep(now_ns);
  std::map<std::string, TokenBucket> before;
  for (std::size_t i = 0; i < callers.size(); ++i) {
    TokenBucket& bucket =
        buckets_.try_emplace(callers[i], limit_, now_ns).first->second;
    before.try_emplace(callers[i], bucket);
    if (bucket.Take(1, now_ns)) continue;
    lacking = i;
    const auto wait = bucket.WaitFor(1, now_ns);
    for (const auto& [caller, was] : before) buckets_.at(caller) = was;
    return absl::ResourceExhaustedError(absl::StrCat(
        "too many calls that stand in the audit log",
        wait ? absl::StrCat("; the next in ", absl::ToInt64Seconds(*wait), " s")
             : ""));
  }
  return absl::OkStatus();
}

void CallAllowance::Sweep(std::int64_t now_ns) {
  if (buckets_.size() < sweep_at_) return;
  for (auto bucket = buckets_.begin(); bucket != buckets_.end();) {
    bucket = bucket->second.Available(now_ns) == limit_.burst
                 ? buckets_.erase(bucket)
                 : std::next(bucket);
  }
  // So that a sweep is paid by as many new callers as it looks at.
  sweep_at_ = std::max<std::size_t>(256, 2 * buckets_.size());
}

std::size_t CallAllowance::size() const {
  absl::MutexLock lock(&mutex_);
  return buckets_.size();
}

}  // namespace samkoer::server
