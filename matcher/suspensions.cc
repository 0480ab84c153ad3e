#include "matcher/suspensions.h"

namespace samkoer::matcher {

using samkoer::v1::DepartmentSwitch;

void Suspensions::Apply(const DepartmentSwitch& change) {
  if (change.suspended()) {
    off_[change.department()] =
        change.records() == samkoer::v1::SUSPENDED_RECORDS_DO_NOT_COUNT;
  } else {
    off_.erase(change.department());
  }
}

bool Suspensions::IsLeftOut(std::string_view department) const {
  const auto found = off_.find(department);
  return found != off_.end() && found->second;
}

DepartmentSwitch Suspensions::Of(const std::string& department) const {
  DepartmentSwitch now;
  now.set_department(department);
  now.set_suspended(IsOff(department));
  if (now.suspended()) {
    now.set_records(IsLeftOut(department)
                        ? samkoer::v1::SUSPENDED_RECORDS_DO_NOT_COUNT
                        : samkoer::v1::SUSPENDED_RECORDS_COUNT);
  }
  return now;
}

std::vector<std::string> Suspensions::Departments() const {
  std::vector<std::string> ids;
  for (const auto& [id, left_out] : off_) ids.push_back(id);
  return ids;
}

absl::Status Suspensions::CheckOn(std::string_view department) const {
  return IsOff(department) ? SwitchedOff() : absl::OkStatus();
}

absl::Status SwitchedOff() {
  return absl::PermissionDeniedError(
      "the department is switched off: nothing is taken from it or given to "
      "it until the operator and the privacy officer switch it on again with: "
      "samkoer-audit department resume");
}

absl::Status CheckSwitchContent(const DepartmentSwitch& change) {
  if (change.department().empty()) {
    return absl::InvalidArgumentError("department: must be given");
  }
  const bool said =
      change.records() == samkoer::v1::SUSPENDED_RECORDS_COUNT ||
      change.records() == samkoer::v1::SUSPENDED_RECORDS_DO_NOT_COUNT;
  if (change.suspended() && !said) {
    return absl::InvalidArgumentError(
        "records: a switch that suspends says whether they count");
  }
  if (!change.suspended() &&
      change.records() != samkoer::v1::SUSPENDED_RECORDS_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "records: only for a switch that suspends");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
