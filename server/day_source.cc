#include "server/day_source.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace samkoer::server {

absl::StatusOr<DaySource> MakeDaySource(const std::string& as_of,
                                        std::function<absl::Time()> clock) {
  if (!as_of.empty()) {
    absl::CivilDay day;
    // Abseil reads "26-01-01" as a day of the year 26.
    if (as_of.size() != 10 || !absl::ParseCivilTime(as_of, &day) ||
        absl::FormatCivilTime(day) != as_of) {
      return absl::InvalidArgumentError("--as-of: expected YYYY-MM-DD");
    }
    return DaySource{[as_of] { return as_of; },
                     absl::StrCat("fixed to ", as_of, " by --as-of")};
  }
  constexpr char kZone[] = "Europe/Copenhagen";
  absl::TimeZone zone;
  if (!absl::LoadTimeZone(kZone, &zone)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "no data about the time zone ", kZone, "; install the package tzdata"));
  }
  return DaySource{[zone, clock = std::move(clock)] {
                     return absl::FormatTime("%Y-%m-%d", clock(), zone);
                   },
                   kZone};
}

}  // namespace samkoer::server
