#include "matcher/sweep.h"

#include <optional>
#include <string>
#include <string_view>

#include "matcher/alert_deletion.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/conferences.h"
#include "matcher/due_step.h"
#include "matcher/epochs.h"
#include "matcher/inquiries.h"
#include "matcher/match_step.h"
#include "matcher/month_book.h"
#include "matcher/notices.h"
#include "matcher/objection_epochs.h"
#include "matcher/permission.h"
#include "matcher/record_changes.h"
#include "matcher/retention.h"
#include "matcher/statistics.h"
#include "storage/failpoint.h"

namespace samkoer::matcher {
namespace {

// What retention ends by a day.
class Retention {
 public:
  Retention(LoopState& state, Transaction& tx, RecordChanges& changes, Day day)
      : state_(state),
        tx_(tx),
        changes_(changes),
        day_(day),
        periods_(state.policy->proto().retention()) {}

  void DropClosedCases(RetentionCounts& counts) {
    // On most days nothing is due, and no record need be looked at.
    if (DueUnder(periods_, state_.index).RecordsBy(day_) == 0) return;
    for (RecordNo n = 0; n < state_.index.record_slots(); ++n) {
      const Record& record = state_.index.record(n);
      if (record.person == kNone) continue;
      const std::optional<Day> due = periods_.RecordDueOn(record.attributes);
      if (!due || *due > day_) continue;
      ++counts.records.at(record.attributes.domain);
      changes_.Withdraw(n);
    }
  }

  absl::Status DropEndedAlerts(RetentionCounts& counts) {
    std::vector<PersonNo> ended;
    for (const auto& [person, alert] : state_.index.alerts()) {
      const std::optional<Day> due = periods_.AlertDueOn(alert);
      if (!due || *due > day_) continue;
      ++counts.alerts.at(alert.state);
      ended.push_back(person);
    }
    if (absl::Status s = DeleteAlerts(state_, tx_, ended,
                                      samkoer::v1::TOMBSTONE_CAUSE_RETENTION);
        !s.ok()) {
      return s;
    }
    for (const PersonNo person : ended) changes_.Touch(person);
    return absl::OkStatus();
  }

 private:
  LoopState& state_;
  Transaction& tx_;
  RecordChanges& changes_;
  const Day day_;
  const RetentionPeriods periods_;
};

// "FAMILY" of "DOMAIN_FAMILY".
std::string ShortName(std::string_view name, std::string_view prefix) {
  return std::string(name.substr(prefix.size()));
}

void AddDeleted(samkoer::v1::AuditLeaf& leaf, const RetentionCounts& ended) {
  for (std::size_t d = 0; d < ended.records.size(); ++d) {
    if (ended.records[d] == 0) continue;
    const auto& name =
        samkoer::v1::Domain_Name(static_cast<samkoer::v1::Domain>(d));
    AddCount(leaf, "deleted.records." + ShortName(name, "DOMAIN_"),
             ended.records[d]);
  }
  for (std::size_t s = 0; s < ended.alerts.size(); ++s) {
    if (ended.alerts[s] == 0) continue;
    const auto& name =
        samkoer::v1::AlertState_Name(static_cast<samkoer::v1::AlertState>(s));
    AddCount(leaf, "deleted.alerts." + ShortName(name, "ALERT_STATE_"),
             ended.alerts[s]);
  }
}

// What is there after the sweep, counted anew.
void AddKept(samkoer::v1::AuditLeaf& leaf, const LoopState& state) {
  const RetentionDue due = DueUnder(
      RetentionPeriods(state.policy->proto().retention()), state.index);
  AddCount(leaf, "kept.records", state.index.record_count());
  AddCount(leaf, "kept.alerts", state.index.alerts().size());
  AddRetentionFigures(leaf, due, state.day);
}

}  // namespace

absl::StatusOr<RetentionCounts> EnterDay(LoopState& state, Transaction& tx,
                                         RecordChanges& changes, Day day) {
  // As the month's last day has left everything.
  if (absl::Status s = TurnMonth(
          state, tx, day, [&] { return StatisticsAtMonthEnd(state, tx); });
      !s.ok()) {
    return s;
  }
  Retention retention(state, tx, changes, day);
  RetentionCounts counts;
  counts.due_since =
      DueUnder(RetentionPeriods(state.policy->proto().retention()), state.index)
          .Next();
  if (counts.due_since && *counts.due_since > day) counts.due_since.reset();
  retention.DropClosedCases(counts);
  if (absl::Status s = retention.DropEndedAlerts(counts); !s.ok()) return s;
  auto notices = DeleteOldNotices(state, tx);
  if (!notices.ok()) return notices.status();
  counts.notices = *notices;
  if (absl::Status s = DeleteOldConferences(state, tx); !s.ok()) return s;
  if (absl::Status s = DeleteOldInquiries(state, tx); !s.ok()) return s;
  state.day = day;
  state.state.day = day.ToString();
  if (absl::Status s = CloseDueEpochs(state, tx); !s.ok()) return s;
  if (state.epochs->size() > 1) {
    auto objections = CountObjections(state);
    if (!objections.ok()) return objections.status();
    counts.objections_waiting = objections->waiting;
  }
  return counts;
}

void AddSweepLeaf(LoopState& state, Transaction& tx,
                  const RetentionCounts& ended, const MatchCounts& matched) {
  auto leaf = state.MakeLeaf(tx.now(), kMatcherActor, "",
                             samkoer::v1::AUDIT_ACTION_SWEEP);
  AddDeleted(leaf, ended);
  AddKept(leaf, state);
  AddCount(leaf, "due-since", DayFigure(ended.due_since));
  AddCount(leaf, "records_withdrawn", ended.not_permitted);
  AddCount(leaf, "notices_deleted", ended.notices);
  if (ended.objections_waiting > 0) {
    AddCount(leaf, "objections_waiting", ended.objections_waiting);
  }
  AddMatchCounts(leaf, matched);
  leaf.set_digest(std::string(crypto::AsText(state.policy->digest())));
  leaf.set_detail(state.state.day);
  tx.AddLeaf(std::move(leaf));
}

absl::Status RunSweep(LoopState& state, Transaction& tx, Day day) {
  if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  const bool everybody = state.state.day.empty() ||
                         TimeMayChangeResults(*state.policy, state.day, day);
  RecordChanges changes(state, tx);
  // Ages are counted in months.
  const bool new_month =
      state.state.day.empty() || day.InMonth() - state.day.InMonth() != 0;
  auto ended = EnterDay(state, tx, changes, day);
  if (!ended.ok()) return tx.Fatal(ended.status());
  if (new_month) {
    ended->not_permitted = WithdrawWhatIsNotPermitted(state, tx, changes);
  }
  if (everybody) {
    for (const PersonNo person : EveryPerson(state)) changes.Touch(person);
  }
  auto matched = FinishChanges(state, tx, changes, /*push_id=*/"");
  if (!matched.ok()) return tx.Fatal(matched.status());
  if (auto raised = RaiseDues(state, tx); !raised.ok()) {
    return tx.Fatal(raised.status());
  }
  AddSweepLeaf(state, tx, *ended, *matched);
  SAMKOER_FAILPOINT("sweep.before-write");
  return absl::OkStatus();
}

std::vector<PersonNo> EveryPerson(const LoopState& state) {
  std::vector<PersonNo> persons;
  persons.reserve(state.index.person_count());
  for (PersonNo n = 0; n < state.index.person_slots(); ++n) {
    if (state.index.person(n).live) persons.push_back(n);
  }
  return persons;
}

}  // namespace samkoer::matcher
