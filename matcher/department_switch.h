// Switching a department off or on, when two people have agreed to.
#ifndef SAMKOER_MATCHER_DEPARTMENT_SWITCH_H_
#define SAMKOER_MATCHER_DEPARTMENT_SWITCH_H_

#include "absl/status/status.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::matcher {

// Whether it would change anything now.
//  * INVALID_ARGUMENT: the content, or the policy knows no such department and
//    none is off.
//  * FAILED_PRECONDITION: it is so already, or no policy is in force.
absl::Status CheckSwitch(const LoopState& state,
                         const samkoer::v1::DepartmentSwitch& change);

// Switches, after CheckSwitch: gives the department's open push up, evaluates
// everybody of whom it holds a record if these begin or cease to count, and
// writes the leaf. Records are neither changed nor deleted; alerts keep their
// ids. An error is fatal, and told to `tx`.
absl::Status SwitchDepartment(LoopState& state, Transaction& tx,
                              const Caller& caller,
                              const samkoer::v1::DepartmentSwitch& change);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_DEPARTMENT_SWITCH_H_
