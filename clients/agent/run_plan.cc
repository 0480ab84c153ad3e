#include "clients/agent/run_plan.h"

#include <algorithm>

#include "absl/time/civil_time.h"

namespace samkoer::agent {
namespace {

absl::Time Daily(absl::CivilDay day, int minutes, absl::TimeZone zone) {
  return zone.At(absl::CivilSecond(absl::CivilMinute(day) + minutes)).pre;
}

}  // namespace

absl::Time LastDaily(absl::Time now, int minutes, absl::TimeZone zone) {
  const absl::CivilDay today = absl::ToCivilDay(now, zone);
  const absl::Time at = Daily(today, minutes, zone);
  return at <= now ? at : Daily(today - 1, minutes, zone);
}

absl::Time NextDaily(absl::Time now, absl::Time last_success, int minutes,
                     absl::TimeZone zone, absl::Duration jitter) {
  const absl::Time last = LastDaily(now, minutes, zone);
  if (last_success <= absl::UnixEpoch()) return now;
  if (last_success < last) return std::max(now, last + jitter);
  return Daily(absl::ToCivilDay(last, zone) + 1, minutes, zone) + jitter;
}

absl::Duration Backoff(std::uint32_t failures, absl::Duration first,
                       absl::Duration most, double share) {
  absl::Duration wait = first;
  for (std::uint32_t i = 1; i < failures && wait < most; ++i) wait *= 2;
  wait = std::min(wait, most);
  return wait - wait * (0.25 * std::clamp(share, 0.0, 1.0));
}

}  // namespace samkoer::agent
