// Why something is held. Pure.
#ifndef SAMKOER_MATCHER_HELD_FACTS_H_
#define SAMKOER_MATCHER_HELD_FACTS_H_

#include <cstdint>
#include <vector>

#include "matcher/calendar.h"
#include "matcher/policy.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::matcher {

// The legal bases of the policy under which the department may have the matcher
// hold a record of this domain about somebody born in `birth`, as of `as_of`;
// in the policy's order. None exactly if CompiledPolicy::Permitted says no.
std::vector<samkoer::v1::HeldLegalBasis> LegalBasesFor(
    const CompiledPolicy& policy, std::uint16_t department,
    samkoer::v1::Domain domain, Month birth, Month as_of);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_HELD_FACTS_H_
