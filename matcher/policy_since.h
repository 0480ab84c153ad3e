// Since when the policy in force has been so, kept in the store.
#ifndef SAMKOER_MATCHER_POLICY_SINCE_H_
#define SAMKOER_MATCHER_POLICY_SINCE_H_

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// The meta word. Plaintext (integers little-endian): version (u8 = 1), policy
// version (u32), since (i64, microseconds since 1970).
inline constexpr std::string_view kPolicySinceWord = "policy-since";

// Notes that state.state.policy_version comes into force now; in the write that
// brings it.
void PutPolicySince(const LoopState& state, Transaction& tx);
// None if nothing was noted of the version in force: it came into force under a
// program that did not note it. DATA_LOSS if the note is malformed.
absl::StatusOr<std::optional<absl::Time>> LoadPolicySince(
    const LoopState& state, const Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_POLICY_SINCE_H_
