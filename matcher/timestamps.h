// Times and days between absl, the calendar and the messages.
#ifndef SAMKOER_MATCHER_TIMESTAMPS_H_
#define SAMKOER_MATCHER_TIMESTAMPS_H_

#include "absl/time/time.h"
#include "google/protobuf/timestamp.pb.h"
#include "matcher/calendar.h"

namespace samkoer::matcher {

// Whole nanoseconds.
inline google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

inline absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) +
         absl::Nanoseconds(timestamp.nanos());
}

// The day in UTC: deadlines are counted in whole days, and what is done here
// is done in hours that lie on the same day in Denmark. 1 January 1900 for a
// time beyond the calendar.
inline Day DayOf(const google::protobuf::Timestamp& timestamp) {
  const absl::CivilDay day =
      absl::ToCivilDay(FromTimestamp(timestamp), absl::UTCTimeZone());
  return Day::Make(static_cast<int>(day.year()), day.month(), day.day())
      .value_or(Day());
}

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_TIMESTAMPS_H_
