// What day it is, for the rules.
#ifndef SAMKOER_SERVER_DAY_SOURCE_H_
#define SAMKOER_SERVER_DAY_SOURCE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace samkoer::server {

struct DaySource {
  // "YYYY-MM-DD"; may be called from any thread.
  std::function<std::string()> today;
  // For the log and the STARTED leaf, for example "Europe/Copenhagen" or
  // "fixed to 2026-11-02 by --as-of".
  std::string description;
};

// With an empty `as_of`: today in Denmark by `clock`, whatever the machine's
// own zone. FAILED_PRECONDITION if the time zone data is missing. With an
// `as_of`: always that day; INVALID_ARGUMENT if it is none.
absl::StatusOr<DaySource> MakeDaySource(const std::string& as_of,
                                        std::function<absl::Time()> clock);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_DAY_SOURCE_H_
