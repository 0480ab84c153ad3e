// The matcher's own numbers as Prometheus metrics, refreshed every second.
#ifndef SAMKOER_SERVER_MATCHER_METRICS_H_
#define SAMKOER_SERVER_MATCHER_METRICS_H_

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "matcher/matcher.h"
#include "samkoer/v1/alarms.pb.h"
#include "server/intake_service.h"
#include "server/metrics.h"
#include "server/periodic.h"

namespace samkoer::server {

class MatcherMetrics {
 public:
  // All must outlive this.
  MatcherMetrics(const matcher::Matcher& matcher, const IntakeService& intake,
                 Metrics& metrics);

 private:
  void Refresh();

  const matcher::Matcher& matcher_;
  const IntakeService& intake_;
  const std::vector<std::pair<v1::AlarmKind, Gauge*>> alarms_;
  Gauge& open_pushes_;
  // What is now, and what only grows with its value at the last refresh.
  std::vector<std::pair<Gauge*, std::uint64_t matcher::MatcherStats::*>> now_;
  struct Growing {
    Counter* counter;
    std::uint64_t matcher::MatcherStats::*value;
    std::uint64_t last = 0;
  };
  std::vector<Growing> growing_;
  Gauge& policy_version_;
  Histogram& group_commands_;
  matcher::MatcherStats last_;
  std::optional<Periodic> periodic_;  // last: uses all of the above
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_METRICS_H_
