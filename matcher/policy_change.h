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
// unfinished pushes up, and evaluates everybody. Does nothing if the same
// policy is in force.
//  * FAILED_PRECONDITION: its version is lower, or equal with other contents;
//    or it is another municipality's or purpose's.
absl::Status ChangePolicy(LoopState& state, Transaction& tx,
                          std::shared_ptr<const CompiledPolicy> policy);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_POLICY_CHANGE_H_
