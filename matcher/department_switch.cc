#include "matcher/department_switch.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/match_step.h"
#include "matcher/policy_change.h"
#include "matcher/record_changes.h"

namespace samkoer::matcher {
namespace {

std::string Detail(const samkoer::v1::DepartmentSwitch& change) {
  if (!change.suspended()) return change.department();
  return absl::StrCat(
      change.department(), ", records ",
      change.records() == samkoer::v1::SUSPENDED_RECORDS_DO_NOT_COUNT
          ? "do not count"
          : "count");
}

}  // namespace

absl::Status CheckSwitch(const LoopState& state,
                         const samkoer::v1::DepartmentSwitch& change) {
  if (absl::Status s = CheckSwitchContent(change); !s.ok()) return s;
  if (state.policy == nullptr) {
    return absl::FailedPreconditionError("no policy has been approved yet");
  }
  const samkoer::v1::DepartmentSwitch now =
      state.suspensions->Of(change.department());
  if (!now.suspended() &&
      state.policy->FindDepartment(change.department()) == kUnknownIndex) {
    return absl::InvalidArgumentError(
        "department: the policy in force does not know it");
  }
  if (now.suspended() != change.suspended() ||
      now.records() != change.records()) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      change.suspended()
          ? "the department is switched off already, and its records stand so"
          : "the department is on already");
}

absl::Status SwitchDepartment(LoopState& state, Transaction& tx,
                              const Caller& caller,
                              const samkoer::v1::DepartmentSwitch& change) {
  const bool was_left_out = state.suspensions->IsLeftOut(change.department());
  auto suspensions = std::make_shared<Suspensions>(*state.suspensions);
  suspensions->Apply(change);
  state.suspensions = std::move(suspensions);
  BindPolicy(state, state.policy);

  auto leaf = state.MakeLeaf(
      tx.now(), caller,
      change.suspended() ? samkoer::v1::AUDIT_ACTION_DEPARTMENT_SUSPENDED
                         : samkoer::v1::AUDIT_ACTION_DEPARTMENT_RESUMED);
  leaf.set_detail(Detail(change));

  // A department that never pushed has no number.
  const auto department = state.departments.Find(change.department());
  if (department && state.pushes.of(*department).open) {
    state.pushes.GiveUp(*department, /*remember=*/false, tx, *state.sealer);
    AddCount(leaf, "pushes_given_up", 1);
  }
  RecordChanges changes(state, tx);
  if (department &&
      was_left_out != state.suspensions->IsLeftOut(change.department())) {
    std::uint64_t records = 0;
    for (RecordNo n = 0; n < state.index.record_slots(); ++n) {
      const Record& record = state.index.record(n);
      if (record.person == kNone ||
          record.attributes.department != *department) {
        continue;
      }
      changes.Touch(record.person);
      ++records;
    }
    AddCount(leaf, "records", records);
  }
  auto matched = FinishChanges(state, tx, changes, /*push_id=*/"");
  if (!matched.ok()) return tx.Fatal(matched.status());
  AddMatchCounts(leaf, *matched);
  tx.AddLeaf(std::move(leaf));
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
