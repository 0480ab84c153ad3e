// How long a young person waited for a youth guide, from an alert's own
// history.
//
// Thread safety: the function is pure.
#ifndef SAMKOER_MATCHER_GUIDE_WAIT_H_
#define SAMKOER_MATCHER_GUIDE_WAIT_H_

#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// Whole days (UTC), at least 0, from the day on which the alert was made, or
// was opened again after it had been closed, declined or withdrawn without a
// guide, to the day on which a guide accepted. Handovers do not count: the
// young person had a guide. The alert must have one (HasGuide).
int DaysToGuide(const samkoer::v1::Alert& alert);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_GUIDE_WAIT_H_
