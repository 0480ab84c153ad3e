// Nominations of an alert: pure steps beside coordination_steps.h.
//
//   no alert, IDENTIFIED, OFFERED, WITHDRAWN -> NOMINATED
//   CLOSED -> NOMINATED, and what was agreed before is forgotten
//   later active states and DECLINED stay: a department's word does not
//   overrule the young person's
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_MATCHER_NOMINATION_STEPS_H_
#define SAMKOER_MATCHER_NOMINATION_STEPS_H_

#include <functional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// How many an alert keeps: one a case.
inline constexpr int kMaxNominations = 20;

// A department nominates; the nomination is complete and checked. Another one
// of the same case gives way. The alert may be new (revision 0, id set).
// RESOURCE_EXHAUSTED if there are kMaxNominations.
absl::Status Nominate(samkoer::v1::Alert& alert,
                      samkoer::v1::Nomination nomination,
                      std::string_view actor, absl::Time now);
// Drops the nominations that do not stand any more, with one step; false if
// there were none.
bool DropNominations(
    samkoer::v1::Alert& alert,
    const std::function<bool(const samkoer::v1::Nomination&)>& stands,
    absl::Time now);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_NOMINATION_STEPS_H_
