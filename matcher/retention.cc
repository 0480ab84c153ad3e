#include "matcher/retention.h"

#include <algorithm>

#include "matcher/alert_lifecycle.h"
#include "matcher/loop_state.h"
#include "matcher/names.h"

namespace samkoer::matcher {
namespace {

using Counts = std::map<std::pair<Day, std::uint8_t>, std::uint64_t>;

std::uint64_t CountBy(const Counts& counts, Day day) {
  std::uint64_t sum = 0;
  for (const auto& [key, count] : counts) {
    if (key.first > day) break;
    sum += count;
  }
  return sum;
}

}  // namespace

std::optional<Day> FirstDayOfDeletion(Month since, std::uint32_t months) {
  if (!since.given()) return std::nullopt;
  const Month first =
      Month::FromCount(since.count() + static_cast<int>(months) + 1);
  const std::uint32_t yyyymm = first.ToYyyymm();
  const auto day = Day::Make(static_cast<int>(yyyymm / 100),
                             static_cast<int>(yyyymm % 100), 1);
  return day.ok() ? std::optional<Day>(*day) : std::nullopt;
}

RetentionPeriods::RetentionPeriods(const samkoer::v1::Retention& retention) {
  closed_case_months_.fill(retention.closed_case_months());
  for (const auto& own : retention.domains()) {
    closed_case_months_.at(own.domain()) = own.closed_case_months();
  }
  ended_alert_months_.fill(retention.ended_alert_months());
  for (const auto& own : retention.states()) {
    ended_alert_months_.at(own.state()) = own.ended_alert_months();
  }
}

std::uint32_t RetentionPeriods::LongestEndedAlertMonths() const {
  std::uint32_t longest = 0;
  for (std::size_t s = 0; s < ended_alert_months_.size(); ++s) {
    if (!IsEnded(static_cast<samkoer::v1::AlertState>(s))) continue;
    longest = std::max(longest, ended_alert_months_[s]);
  }
  return longest;
}

std::optional<Day> RetentionPeriods::ClosedCaseDueOn(std::uint8_t domain,
                                                     Month closed) const {
  return FirstDayOfDeletion(closed, closed_case_months_.at(domain));
}

std::optional<Day> RetentionPeriods::RecordDueOn(
    const RecordAttributes& record) const {
  if (record.open) return std::nullopt;
  return ClosedCaseDueOn(record.domain, record.closed);
}

std::optional<Day> RetentionPeriods::AlertDueOn(const AlertInfo& alert) const {
  const bool rule_holds = alert.match_digest != crypto::Hash16{};
  if (rule_holds ||
      !IsEnded(static_cast<samkoer::v1::AlertState>(alert.state))) {
    return std::nullopt;
  }
  return FirstDayOfDeletion(MonthOfMicros(alert.updated_micros),
                            ended_alert_months_.at(alert.state));
}

std::uint64_t RetentionDue::RecordsBy(Day day) const {
  return CountBy(records, day);
}

std::uint64_t RetentionDue::AlertsBy(Day day) const {
  return CountBy(alerts, day);
}

std::optional<Day> RetentionDue::Next() const {
  std::optional<Day> next;
  if (!records.empty()) next = records.begin()->first.first;
  if (!alerts.empty()) {
    const Day first = alerts.begin()->first.first;
    next = next ? std::min(*next, first) : first;
  }
  return next;
}

RetentionDue DueUnder(const RetentionPeriods& periods, const Index& index) {
  RetentionDue due;
  for (const auto& [closed, count] : index.closed_records()) {
    const auto& [domain, month] = closed;
    if (const auto day = periods.ClosedCaseDueOn(domain, month)) {
      due.records[{*day, domain}] += count;
    }
  }
  for (const auto& [person, alert] : index.alerts()) {
    if (const auto day = periods.AlertDueOn(alert)) {
      ++due.alerts[{*day, alert.state}];
    }
  }
  return due;
}

std::uint64_t DayFigure(const std::optional<Day>& day) {
  if (!day) return 0;
  return static_cast<std::uint64_t>(day->year() * 10000 + day->month() * 100 +
                                    day->day());
}

void AddRetentionFigures(samkoer::v1::AuditLeaf& leaf, const RetentionDue& due,
                         Day day) {
  AddCount(leaf, "overdue.records", due.RecordsBy(day));
  AddCount(leaf, "overdue.alerts", due.AlertsBy(day));
  AddCount(leaf, "next-due", DayFigure(due.Next()));
}

}  // namespace samkoer::matcher
