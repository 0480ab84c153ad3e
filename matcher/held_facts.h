// Why something is held, and how long. Pure.
#ifndef SAMKOER_MATCHER_HELD_FACTS_H_
#define SAMKOER_MATCHER_HELD_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
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

// The first day on which retention deletes what ended in `since`, when `months`
// whole months have to lie between. None if `since` is none, or the day would
// lie beyond 2999.
std::optional<Day> FirstDayOfDeletion(Month since, std::uint32_t months);

// Whether that day has come.
bool RetentionIsOver(Month since, std::uint32_t months, Day day);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_HELD_FACTS_H_
