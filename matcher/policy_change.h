// Bringing a policy in force.
#ifndef SAMKOER_MATCHER_POLICY_CHANGE_H_
#define SAMKOER_MATCHER_POLICY_CHANGE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Binds `policy` to the state without evaluating anybody: at the start, for the
// policy that is in force already.
void BindPolicy(LoopState& state, std::shared_ptr<const CompiledPolicy> policy);

// The policy in force, compiled from the store. NOT_FOUND if there is none.
absl::StatusOr<std::shared_ptr<const CompiledPolicy>> LoadPolicyInForce(
    const LoopState& state);

// Brings `policy` in force: numbers its departments, stores it, gives
// unfinished pushes up, deletes what its retention ends today (with the leaf of
// a sweep), withdraws every record that its department could not
// push today (the department, its unit or domain is gone from the policy, or no
// legal basis covers it), and evaluates everybody. Does nothing if the same
// policy is in force. The last push of a department that lost records is over:
// who goes on with it learns ABORTED, and pushes anew.
//  * FAILED_PRECONDITION: its version is lower, or equal with other contents;
//    or it is another municipality's or purpose's.
absl::Status ChangePolicy(LoopState& state, Transaction& tx,
                          std::shared_ptr<const CompiledPolicy> policy);

// ChangePolicy and RunSweep in one: at a start both may be new. Everybody is
// evaluated once, for `day` under `policy`, so that nothing is seen in the feed
// that was true for neither yesterday nor today.
absl::Status ChangePolicyAndDay(LoopState& state, Transaction& tx,
                                std::shared_ptr<const CompiledPolicy> policy,
                                Day day);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_POLICY_CHANGE_H_
