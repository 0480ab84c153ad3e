#include "matcher/alarm_thresholds.h"

#include <cstdint>

#include "absl/strings/str_cat.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AlarmKind;
using samkoer::v1::AlarmThresholds;

constexpr std::uint32_t kHoursADay = 24;
constexpr std::uint32_t kPercent = 100;
// A department's size is only known about.
constexpr std::uint32_t kMaxNewNumbersPercent = 10'000;

std::uint32_t OrDefault(std::uint32_t given, std::uint32_t otherwise) {
  return given == 0 ? otherwise : given;
}

}  // namespace

AlarmThresholds WithDefaults(AlarmThresholds given) {
  given.set_same_person_reads(OrDefault(given.same_person_reads(), 20));
  given.set_same_person_days(OrDefault(given.same_person_days(), 7));
  given.set_work_from_hour(OrDefault(given.work_from_hour(), 6));
  given.set_work_until_hour(OrDefault(given.work_until_hour(), 19));
  given.set_off_hours_reads(OrDefault(given.off_hours_reads(), 5));
  given.set_bulk_reads(OrDefault(given.bulk_reads(), 500));
  given.set_denied_attempts(OrDefault(given.denied_attempts(), 10));
  given.set_quota_used_percent(OrDefault(given.quota_used_percent(), 90));
  given.set_new_numbers_percent(OrDefault(given.new_numbers_percent(), 150));
  given.set_silent_days(OrDefault(given.silent_days(), 3));
  given.set_shrunk_percent(OrDefault(given.shrunk_percent(), 25));
  return given;
}

std::optional<ThresholdError> FindThresholdError(const AlarmThresholds& given) {
  std::optional<ThresholdError> error;
  const auto at_most = [&](std::uint32_t value, std::uint32_t most,
                           const char* field) {
    if (value > most && !error) {
      error = {field, absl::StrCat("must be at most ", most)};
    }
  };
  at_most(given.same_person_days(), kAlarmMemoryDays, "same_person_days");
  at_most(given.work_until_hour(), kHoursADay, "work_until_hour");
  at_most(given.bulk_reads(), kMaxBulkReads, "bulk_reads");
  at_most(given.quota_used_percent(), kPercent, "quota_used_percent");
  at_most(given.new_numbers_percent(), kMaxNewNumbersPercent,
          "new_numbers_percent");
  at_most(given.silent_days(), kAlarmMemoryDays, "silent_days");
  at_most(given.shrunk_percent(), kPercent, "shrunk_percent");
  if (error) return error;
  const AlarmThresholds whole = WithDefaults(given);
  if (whole.work_from_hour() >= whole.work_until_hour()) {
    return ThresholdError{
        given.work_from_hour() != 0 ? "work_from_hour" : "work_until_hour",
        absl::StrCat("leaves no hours of work: from ", whole.work_from_hour(),
                     " until ", whole.work_until_hour())};
  }
  return std::nullopt;
}

absl::Duration QuietAfter(AlarmKind kind, const AlarmThresholds& thresholds) {
  constexpr absl::Duration kDay = absl::Hours(24);
  switch (kind) {
    case samkoer::v1::ALARM_KIND_SAME_PERSON:
      return kDay * static_cast<int>(thresholds.same_person_days());
    case samkoer::v1::ALARM_KIND_BULK_READING:
    case samkoer::v1::ALARM_KIND_DENIED_ATTEMPTS:
      return absl::Hours(1);
    case samkoer::v1::ALARM_KIND_NEW_NUMBERS:
      return kDay * 30;
    case samkoer::v1::ALARM_KIND_SILENT_DEPARTMENT:
    case samkoer::v1::ALARM_KIND_SHRUNK_DEPARTMENT:
      return kDay * 7;
    case samkoer::v1::ALARM_KIND_OWN_APPROVAL:
      return absl::ZeroDuration();
    default:
      return kDay;
  }
}

}  // namespace samkoer::matcher
