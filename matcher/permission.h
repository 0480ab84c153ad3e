// Withdrawing what the policy in force does not permit any more: nobody else
// would ever do it, as its department cannot push it, or is not asked for it.
#ifndef SAMKOER_MATCHER_PERMISSION_H_
#define SAMKOER_MATCHER_PERMISSION_H_

#include <cstdint>

#include "matcher/loop_state.h"
#include "matcher/record_changes.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Withdraws every record that its department could not push on state.day: the
// department, its unit or domain is not in the policy, or no legal basis covers
// the person's age. Returns how many. The last push of a department that lost
// records is over: who goes on with it learns ABORTED, and pushes anew.
std::uint64_t WithdrawWhatIsNotPermitted(LoopState& state, Transaction& tx,
                                         RecordChanges& changes);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PERMISSION_H_
