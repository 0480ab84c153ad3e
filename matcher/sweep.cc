#include "matcher/sweep.h"

#include "matcher/alert_deletion.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/held_facts.h"
#include "matcher/match_step.h"
#include "matcher/notices.h"
#include "matcher/permission.h"
#include "matcher/record_changes.h"
#include "storage/failpoint.h"

namespace samkoer::matcher {
namespace {

// What retention ends by a day.
class Retention {
 public:
  Retention(LoopState& state, Transaction& tx, RecordChanges& changes, Day day)
      : state_(state), tx_(tx), changes_(changes), day_(day) {}

  std::uint64_t DropClosedCases() {
    const std::uint32_t months =
        state_.policy->proto().retention().closed_case_months();
    std::uint64_t dropped = 0;
    for (RecordNo n = 0; n < state_.index.record_slots(); ++n) {
      const Record& record = state_.index.record(n);
      if (record.person == kNone || record.attributes.open ||
          !RetentionIsOver(record.attributes.closed, months, day_)) {
        continue;
      }
      changes_.Withdraw(n);
      ++dropped;
    }
    return dropped;
  }

  absl::StatusOr<std::uint64_t> DropEndedAlerts() {
    const std::uint32_t months =
        state_.policy->proto().retention().ended_alert_months();
    std::vector<PersonNo> ended;
    for (const auto& [person, alert] : state_.index.alerts()) {
      const bool rule_holds = alert.match_digest != crypto::Hash16{};
      if (IsEnded(static_cast<samkoer::v1::AlertState>(alert.state)) &&
          !rule_holds &&
          RetentionIsOver(MonthOfMicros(alert.updated_micros), months, day_)) {
        ended.push_back(person);
      }
    }
    if (absl::Status s = DeleteAlerts(state_, tx_, ended,
                                      samkoer::v1::TOMBSTONE_CAUSE_RETENTION);
        !s.ok()) {
      return s;
    }
    for (const PersonNo person : ended) changes_.Touch(person);
    return ended.size();
  }

 private:
  LoopState& state_;
  Transaction& tx_;
  RecordChanges& changes_;
  const Day day_;
};

}  // namespace

absl::StatusOr<RetentionCounts> EnterDay(LoopState& state, Transaction& tx,
                                         RecordChanges& changes, Day day) {
  Retention retention(state, tx, changes, day);
  RetentionCounts counts;
  counts.records = retention.DropClosedCases();
  auto alerts = retention.DropEndedAlerts();
  if (!alerts.ok()) return alerts.status();
  counts.alerts = *alerts;
  auto notices = DeleteOldNotices(state, tx);
  if (!notices.ok()) return notices.status();
  counts.notices = *notices;
  state.day = day;
  state.state.day = day.ToString();
  return counts;
}

void AddSweepLeaf(LoopState& state, Transaction& tx,
                  const RetentionCounts& ended, const MatchCounts& matched) {
  auto leaf = state.MakeLeaf(tx.now(), kMatcherActor, "",
                             samkoer::v1::AUDIT_ACTION_SWEEP);
  AddCount(leaf, "alerts_deleted", ended.alerts);
  AddCount(leaf, "records_deleted", ended.records);
  AddCount(leaf, "records_withdrawn", ended.not_permitted);
  AddCount(leaf, "notices_deleted", ended.notices);
  AddMatchCounts(leaf, matched);
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
