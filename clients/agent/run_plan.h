// When `samkoer-agent run` works again. Pure: no clock, no random numbers of
// its own.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_RUN_PLAN_H_
#define SAMKOER_CLIENTS_AGENT_RUN_PLAN_H_

#include <cstdint>

#include "absl/time/time.h"

namespace samkoer::agent {

// The last time before or at `now` when the clock of `zone` showed `minutes`
// after midnight. A time that a day of summer time does not have counts as the
// first one after it; of two, the first.
absl::Time LastDaily(absl::Time now, int minutes, absl::TimeZone zone);

// When the next daily push begins: `jitter` after the last daily time, if there
// was none since, and now if that has passed; else `jitter` after the next one.
// The caller keeps one `jitter` until a push went through, so that asking again
// gives the same time. Now, if none ever went through (`last_success` is the
// Unix epoch): who installs an agent waits for it.
absl::Time NextDaily(absl::Time now, absl::Time last_success, int minutes,
                     absl::TimeZone zone, absl::Duration jitter);

// How long to wait after `failures` failures in a row (at least 1): `first`,
// doubled each time, at most `most`; `share` (0 to 1) takes away up to a
// quarter of it, so that a municipality's agents do not come back all at once.
absl::Duration Backoff(std::uint32_t failures, absl::Duration first,
                       absl::Duration most, double share);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_RUN_PLAN_H_
