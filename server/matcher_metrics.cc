#include "server/matcher_metrics.h"

#include "server/alarm_gauges.h"

namespace samkoer::server {

using matcher::MatcherStats;

MatcherMetrics::MatcherMetrics(const matcher::Matcher& matcher,
                               const IntakeService& intake, Metrics& metrics)
    : matcher_(matcher),
      intake_(intake),
      alarms_(AlarmGauges(metrics)),
      open_pushes_(
          metrics.AddGauge("samkoer_open_pushes", "Open push streams.")),
      policy_version_(metrics.AddGauge("samkoer_policy_version",
                                       "The policy version in force.")),
      group_commands_(metrics.AddHistogram(
          "samkoer_write_group_commands",
          "Commands that shared one synced write, the mean of each second.",
          SizeBounds())) {
  const auto now = [&](const char* name, const char* help,
                       std::uint64_t MatcherStats::*value) {
    now_.emplace_back(&metrics.AddGauge(name, help), value);
  };
  now("samkoer_records_held", "Records in the store.",
      &MatcherStats::records_held);
  now("samkoer_persons_held", "Persons in the store.",
      &MatcherStats::persons_held);
  now("samkoer_alerts_held", "Alerts in the store, ended ones included.",
      &MatcherStats::alerts_held);
  now("samkoer_feed_sequence", "The feed's last sequence number.",
      &MatcherStats::feed_sequence);
  now("samkoer_audit_leaves", "Leaves of the audit log.",
      &MatcherStats::audit_leaves);
  now("samkoer_queue_commands", "Commands that wait for the commit loop.",
      &MatcherStats::queue_length);
  const auto growing = [&](const char* name, const char* help,
                           std::uint64_t MatcherStats::*value) {
    growing_.push_back({&metrics.AddCounter(name, help), value});
  };
  growing("samkoer_batches_stored_total", "Record batches stored.",
          &MatcherStats::batches);
  growing("samkoer_records_stored_total", "Records in stored batches.",
          &MatcherStats::records);
  growing("samkoer_pushes_committed_total", "Pushes brought into force.",
          &MatcherStats::commits);
  growing("samkoer_write_groups_total", "Synced writes of the commit loop.",
          &MatcherStats::write_groups);
  growing("samkoer_commands_total", "Commands in those writes.",
          &MatcherStats::commands);
  growing("samkoer_alert_changes_total", "Feed entries written.",
          &MatcherStats::alerts_changed);
  growing("samkoer_persons_evaluated_total", "Persons the rules looked at.",
          &MatcherStats::persons_evaluated);
  Refresh();
  periodic_.emplace(absl::Seconds(1), [this] { Refresh(); });
}

void MatcherMetrics::Refresh() {
  const MatcherStats stats = matcher_.Stats();
  for (const auto& [gauge, value] : now_) {
    gauge->Set(static_cast<double>(stats.*value));
  }
  for (const auto& [kind, gauge] : alarms_) {
    gauge->Set(static_cast<double>(matcher_.OpenAlarms(kind)));
  }
  for (Growing& entry : growing_) {
    const std::uint64_t value = stats.*entry.value;
    if (value > entry.last) {
      entry.counter->Increment(static_cast<double>(value - entry.last));
      entry.last = value;
    }
  }
  const std::uint64_t groups = stats.write_groups - last_.write_groups;
  if (groups > 0) {
    group_commands_.Observe(
        static_cast<double>(stats.commands - last_.commands) /
        static_cast<double>(groups));
  }
  policy_version_.Set(stats.policy_version);
  open_pushes_.Set(static_cast<double>(intake_.open_pushes()));
  last_ = stats;
}

}  // namespace samkoer::server
