#include "matcher/due_step.h"

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

#include "matcher/alert_lifecycle.h"
#include "matcher/alert_store.h"
#include "matcher/coordination_facts.h"
#include "storage/audit_log.h"

namespace samkoer::matcher {
namespace {

// Alerts that are held in memory at a time.
constexpr std::size_t kChunk = 1024;

// Those that may change, in the order in which they lie in the feed.
std::vector<PersonNo> Concerned(const LoopState& state) {
  const bool given = state.policy->proto().has_coordination();
  std::vector<std::pair<storage::FeedPlace, PersonNo>> placed;
  for (const auto& [person, info] : state.index.alerts()) {
    const bool coordinated = (info.flags & storage::kAlertCoordinated) != 0;
    const bool active =
        IsActive(static_cast<samkoer::v1::AlertState>(info.state));
    if (!coordinated && !(given && active)) continue;
    placed.emplace_back(info.place, person);
  }
  std::sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first.page, a.first.index) <
           std::tie(b.first.page, b.first.index);
  });
  std::vector<PersonNo> persons;
  persons.reserve(placed.size());
  for (const auto& [place, person] : placed) persons.push_back(person);
  return persons;
}

void AddLeaves(LoopState& state, Transaction& tx,
               const std::vector<crypto::Hash16>& subjects) {
  for (std::size_t i = 0; i < subjects.size(); i += storage::kMaxLeafSubjects) {
    const std::size_t end =
        std::min(subjects.size(), i + storage::kMaxLeafSubjects);
    auto leaf = state.MakeLeaf(tx.now(), kMatcherActor, "",
                               samkoer::v1::AUDIT_ACTION_DUE_RAISED);
    SetSubjects(leaf, {subjects.begin() + static_cast<std::ptrdiff_t>(i),
                       subjects.begin() + static_cast<std::ptrdiff_t>(end)});
    AddCount(leaf, "alerts", end - i);
    tx.AddLeaf(std::move(leaf));
  }
}

}  // namespace

absl::StatusOr<std::uint64_t> RaiseDues(LoopState& state, Transaction& tx) {
  const CoordinationRules rules(state.policy->proto());
  std::vector<crypto::Hash16> subjects;
  std::vector<AlertChange> changes;
  AlertLoader alerts(state, tx);
  for (const PersonNo person : Concerned(state)) {
    samkoer::v1::Alert alert;
    if (absl::Status s = alerts.Load(person, alert); !s.ok()) return s;
    if (!RefreshCoordination(alert, GatherPersonFacts(state, person), rules,
                             state.day, tx.now())) {
      continue;
    }
    AddStep(alert, alert.state(), "due", kMatcherActor, "", tx.now());
    subjects.push_back(state.index.person(person).subject_id());
    changes.push_back(
        MakeAlertChange(state, person, *state.index.FindAlert(person), alert));
    if (changes.size() == kChunk) {
      StageAlertChanges(state, tx, changes);
      changes.clear();
    }
  }
  StageAlertChanges(state, tx, changes);
  AddLeaves(state, tx, subjects);
  return subjects.size();
}

}  // namespace samkoer::matcher
