// What coordination needs to know of a person, from the index alone.
//
// Thread safety: the functions only read; use them while nobody writes.
#ifndef SAMKOER_MATCHER_COORDINATION_FACTS_H_
#define SAMKOER_MATCHER_COORDINATION_FACTS_H_

#include <string_view>

#include "matcher/coordination_refresh.h"
#include "matcher/loop_state.h"

namespace samkoer::matcher {

// The person's open cases of units that the policy in force knows, in the
// index's order, and the birth month that most of them say (of several the
// earliest).
PersonFacts GatherPersonFacts(const LoopState& state, PersonNo person);

// Whether the person has an open case; cheaper than the facts.
bool HasOpenCase(const LoopState& state, PersonNo person);

// The person's open record in the department's case; kNone if there is none.
RecordNo FindOpenCase(const LoopState& state, PersonNo person,
                      std::string_view department, std::string_view case_ref);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_FACTS_H_
