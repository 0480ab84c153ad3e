// How long things are kept. Everything that needs the day on which something
// goes asks here. Pure.
#ifndef SAMKOER_MATCHER_RETENTION_H_
#define SAMKOER_MATCHER_RETENTION_H_

#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "matcher/calendar.h"
#include "matcher/index.h"
#include "matcher/policy.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/policy.pb.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// The first day on which retention deletes what ended in `since`, when `months`
// whole months have to lie between. None if `since` is none, or the day would
// lie beyond 2999.
std::optional<Day> FirstDayOfDeletion(Month since, std::uint32_t months);

// A policy's periods, ready to be asked for every record. A value type.
class RetentionPeriods {
 public:
  // `retention` must be sound (policy_validation.h).
  explicit RetentionPeriods(const samkoer::v1::Retention& retention);

  // The first day on which a case of the domain, closed in that month, goes.
  // None for an unknown month.
  std::optional<Day> ClosedCaseDueOn(std::uint8_t domain, Month closed) const;
  // The same of a record; none while the case is open.
  std::optional<Day> RecordDueOn(const RecordAttributes& record) const;
  // How many whole months a closed case of the domain is kept.
  std::uint32_t ClosedCaseMonths(std::uint8_t domain) const {
    return closed_case_months_.at(domain);
  }
  // The most whole months that an alert is kept after it has ended.
  std::uint32_t LongestEndedAlertMonths() const;
  // The first day on which the alert goes if nothing changes; none while it is
  // not ended, or its rule still holds.
  std::optional<Day> AlertDueOn(const AlertInfo& alert) const;

 private:
  std::array<std::uint32_t, kDomainCount> closed_case_months_;
  std::array<std::uint32_t, samkoer::v1::AlertState_ARRAYSIZE>
      ended_alert_months_;
};

// What a day of deletion is set for, and how many of them.
struct RetentionDue {
  // By first day of deletion and domain.
  std::map<std::pair<Day, std::uint8_t>, std::uint64_t> records;
  // By first day of deletion and state.
  std::map<std::pair<Day, std::uint8_t>, std::uint64_t> alerts;

  // Those that should be gone on `day`.
  std::uint64_t RecordsBy(Day day) const;
  std::uint64_t AlertsBy(Day day) const;
  // The earliest day; none if no day is set for anything.
  std::optional<Day> Next() const;
};
// Of everything in the index. Costs a step an alert, and one for each month in
// which a case was closed.
RetentionDue DueUnder(const RetentionPeriods& periods, const Index& index);

// Adds to a leaf what of everything held should be gone on `day`
// ("overdue.records", "overdue.alerts") and the day on which something goes
// next ("next-due"). Every leaf after which that may be another has them.
void AddRetentionFigures(samkoer::v1::AuditLeaf& leaf, const RetentionDue& due,
                         Day day);
// A day as those figures write it: YYYYMMDD, 0 for none.
std::uint64_t DayFigure(const std::optional<Day>& day);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_RETENTION_H_
