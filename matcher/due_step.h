// The daily run's part in coordination: raises transitions and what is due.
#ifndef SAMKOER_MATCHER_DUE_STEP_H_
#define SAMKOER_MATCHER_DUE_STEP_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Brings the coordination of every alert up to date for the day and the policy
// in force, with a step "due", a feed entry and DUE_RAISED leaves for those
// that change. Reads each active alert (about 10 us) unless neither policy nor
// alerts coordinate anything. Returns how many changed. An error is fatal.
absl::StatusOr<std::uint64_t> RaiseDues(LoopState& state, Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_DUE_STEP_H_
