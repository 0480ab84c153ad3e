#include "matcher/sweep.h"

#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/match_step.h"
#include "matcher/record_changes.h"
#include "storage/failpoint.h"
#include "storage/feed_table.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;

bool Expired(Month since, std::uint32_t months, Day day) {
  return since.given() && day.InMonth() - since > static_cast<int>(months);
}

class Sweep {
 public:
  Sweep(LoopState& state, Transaction& tx, Day day)
      : state_(state), tx_(tx), day_(day), changes_(state, tx) {}

  absl::Status Run() {
    const bool everybody =
        state_.state.day.empty() ||
        TimeMayChangeResults(*state_.policy, state_.day, day_);
    DropClosedCases();
    if (absl::Status s = DropEndedAlerts(); !s.ok()) return s;
    state_.day = day_;
    state_.state.day = day_.ToString();
    if (everybody) {
      for (const PersonNo person : EveryPerson(state_)) changes_.Touch(person);
    }
    auto matched = FinishChanges(state_, tx_, changes_, /*push_id=*/"");
    if (!matched.ok()) return matched.status();

    auto leaf = state_.MakeLeaf(tx_.now(), kMatcherActor, "",
                                samkoer::v1::AUDIT_ACTION_SWEEP);
    AddCount(leaf, "evaluated", matched->evaluated);
    AddCount(leaf, "alerts_opened", matched->opened);
    AddCount(leaf, "alerts_changed", matched->changed);
    AddCount(leaf, "alerts_withdrawn", matched->withdrawn);
    AddCount(leaf, "alerts_deleted", alerts_.size());
    AddCount(leaf, "records_deleted", changes_.counts().withdrawn);
    AddCount(leaf, "persons_deleted", matched->persons_gone);
    leaf.set_detail(state_.state.day);
    tx_.AddLeaf(std::move(leaf));
    SAMKOER_FAILPOINT("sweep.before-write");
    return absl::OkStatus();
  }

 private:
  void DropClosedCases() {
    const std::uint32_t months =
        state_.policy->proto().retention().closed_case_months();
    for (RecordNo n = 0; n < state_.index.record_slots(); ++n) {
      const Record& record = state_.index.record(n);
      if (record.person == kNone || record.attributes.open ||
          !Expired(record.attributes.closed, months, day_)) {
        continue;
      }
      changes_.Withdraw(n);
    }
  }

  absl::Status DropEndedAlerts() {
    const std::uint32_t months =
        state_.policy->proto().retention().ended_alert_months();
    std::vector<PersonNo> ended;
    for (const auto& [person, alert] : state_.index.alerts()) {
      if (IsEnded(static_cast<samkoer::v1::AlertState>(alert.state)) &&
          Expired(MonthOfMicros(alert.updated_micros), months, day_)) {
        ended.push_back(person);
        alerts_.insert(alert.number);
      }
    }
    for (const PersonNo person : ended) {
      state_.dirty_alert_blocks.insert(state_.index.FindAlert(person)->number /
                                       storage::kAlertBlockSlots);
      state_.index.RemoveAlert(person);
      changes_.Touch(person);
    }
    return alerts_.empty() ? absl::OkStatus() : EraseFeedEntries();
  }

  absl::Status EraseFeedEntries() {
    absl::Status status;
    absl::Status scanned =
        state_.engine->Scan(storage::TablePrefix(Table::kFeed), "",
                            [&](std::string_view key, std::string_view value) {
                              status = EraseInPage(key, value);
                              return status.ok();
                            });
    return scanned.ok() ? status : scanned;
  }

  absl::Status EraseInPage(std::string_view key, std::string_view value) {
    auto plaintext = state_.sealer->Open(key, value);
    if (!plaintext.ok()) return plaintext.status();
    auto page = storage::DecodeFeedPage(*plaintext);
    if (!page.ok()) return page.status();
    bool changed = false;
    for (storage::StoredFeedEntry& entry : page->entries) {
      if (!alerts_.contains(entry.alert_number)) continue;
      entry = {};
      changed = true;
    }
    if (changed) {
      tx_.writes().Put(std::string(key),
                       state_.sealer->Seal(key, EncodeFeedPage(*page)));
    }
    return absl::OkStatus();
  }

  LoopState& state_;
  Transaction& tx_;
  const Day day_;
  RecordChanges changes_;
  absl::flat_hash_set<std::uint64_t> alerts_;  // numbers of the deleted ones
};

}  // namespace

absl::Status RunSweep(LoopState& state, Transaction& tx, Day day) {
  // The scan of the feed sees what is durable: let that be everything.
  absl::Status status = tx.WriteNow();
  if (status.ok()) status = Sweep(state, tx, day).Run();
  return status.ok() ? status : tx.Fatal(status);
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
