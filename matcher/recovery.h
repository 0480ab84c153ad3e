// Rebuilds the loop's state from the store.
#ifndef SAMKOER_MATCHER_RECOVERY_H_
#define SAMKOER_MATCHER_RECOVERY_H_

#include "absl/status/status.h"
#include "matcher/loop_state.h"

namespace samkoer::matcher {

// Fills a new state (engine, sealer and threads are set) with everything that
// is stored but the policy. A new store gives the initial state.
// Errors: DATA_LOSS if tables are damaged or contradict each other;
// FAILED_PRECONDITION for unknown versions or key generations.
absl::Status LoadState(LoopState& state);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_RECOVERY_H_
