// The metric of open alarms, the same of both servers.
#ifndef SAMKOER_SERVER_ALARM_GAUGES_H_
#define SAMKOER_SERVER_ALARM_GAUGES_H_

#include <utility>
#include <vector>

#include "matcher/alarm_book.h"
#include "samkoer/v1/alarms.pb.h"
#include "server/metrics.h"

namespace samkoer::server {

// samkoer_alarms_open{kind="same-person"}, of each kind.
inline std::vector<std::pair<v1::AlarmKind, Gauge*>> AlarmGauges(
    Metrics& metrics) {
  std::vector<std::pair<v1::AlarmKind, Gauge*>> gauges;
  for (int number = 1; number < v1::AlarmKind_ARRAYSIZE; ++number) {
    const auto kind = static_cast<v1::AlarmKind>(number);
    gauges.emplace_back(
        kind, &metrics.AddGauge("samkoer_alarms_open",
                                "Alarms that nobody has acknowledged.",
                                {{"kind", matcher::AlarmKindName(kind)}}));
  }
  return gauges;
}

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_ALARM_GAUGES_H_
