// The thresholds of alarms: their defaults and their limits. Pure.
#ifndef SAMKOER_MATCHER_ALARM_THRESHOLDS_H_
#define SAMKOER_MATCHER_ALARM_THRESHOLDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "samkoer/v1/alarms.pb.h"
#include "samkoer/v1/policy.pb.h"

namespace samkoer::matcher {

// The longest that any rule looks back, in days.
inline constexpr int kAlarmMemoryDays = 31;
// The largest bulk_reads: so many persons are told apart.
inline constexpr std::uint32_t kMaxBulkReads = 5'000;

// Thresholds with the defaults of policy.proto in place of zeros.
samkoer::v1::AlarmThresholds WithDefaults(samkoer::v1::AlarmThresholds given);

// What is wrong with thresholds, as they were given.
struct ThresholdError {
  std::string field;    // "silent_days"
  std::string problem;  // "must be at most 31"
};
// The first error; none if they may be used.
std::optional<ThresholdError> FindThresholdError(
    const samkoer::v1::AlarmThresholds& given);

// For how long after it was acknowledged an alarm of this kind about the same
// is not raised again: its window, so that what was looked into is not told
// twice. `thresholds` are WithDefaults.
absl::Duration QuietAfter(samkoer::v1::AlarmKind kind,
                          const samkoer::v1::AlarmThresholds& thresholds);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALARM_THRESHOLDS_H_
