// What a proposed policy or switch would do to those who are held now, as
// counts that give nobody away.
#ifndef SAMKOER_MATCHER_PROPOSAL_EFFECT_H_
#define SAMKOER_MATCHER_PROPOSAL_EFFECT_H_

#include <cstdint>

#include "matcher/loop_state.h"
#include "matcher/policy.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::matcher {

// Counts of persons from 0 to one below this are withheld: the policy's
// withhold_below, or 5 where it says 0.
std::uint32_t WithholdBelow(const samkoer::v1::Policy& policy);

// The exact counts.
struct ProposedEffect {
  std::uint64_t persons = 0;
  std::uint64_t matching_now = 0;
  std::uint64_t matching_then = 0;
  std::uint64_t more = 0;
  std::uint64_t fewer = 0;
  std::uint64_t records_withdrawn = 0;
  std::uint64_t deleted_at_once = 0;
};
// Evaluates everybody under the policy in force and under `then`, for today.
// Changes nothing. About a microsecond a record.
ProposedEffect EffectOf(const LoopState& state, const CompiledPolicy& then);
// The same of a switch; no record goes.
ProposedEffect EffectOf(const LoopState& state,
                        const samkoer::v1::DepartmentSwitch& then);

// As it may be told. Counts of persons are rounded down to multiples of
// `limit`, so that one person more or less seldom shows; 0 to one below the
// limit look alike and are withheld. matching_then is worked out from the other
// told counts. Counts of records and alerts are rounded up, and 0 to the limit
// look alike: none would be a false comfort. Pure.
samkoer::v1::ProposalEffect Told(const ProposedEffect& effect,
                                 std::uint32_t limit);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PROPOSAL_EFFECT_H_
