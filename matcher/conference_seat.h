// An alert's seat on a conference's agenda: pure steps beside
// coordination_steps.h. A refused step leaves the alert as it was.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_MATCHER_CONFERENCE_SEAT_H_
#define SAMKOER_MATCHER_CONFERENCE_SEAT_H_

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "matcher/policy.h"
#include "samkoer/v1/conferences.pb.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// Whether the alert's latest conference is this one: it has a seat there, or,
// once the conference was held, had. An ended alert has no seat at a conference
// that is still to be held (alert_lifecycle.h, AddStep).
bool HasSeat(const samkoer::v1::Alert& alert, std::string_view conference_id);

// Gives the alert a seat. IDENTIFIED, OFFERED and NOMINATED become
// CONFERENCE_PLANNED. FAILED_PRECONDITION: the alert has ended, or has a seat
// on a conference that is still to be held; ABORTED: `expected_revision` is
// neither 0 nor the alert's.
absl::Status TakeSeat(samkoer::v1::Alert& alert,
                      const samkoer::v1::Conference& conference,
                      std::uint64_t expected_revision, std::string_view actor,
                      std::string_view note, absl::Time now);
// Takes the seat away, with the history event; CONFERENCE_PLANNED goes back to
// the active state before it. The alert must have a seat.
void LeaveSeat(samkoer::v1::Alert& alert, std::string_view event,
               std::string_view actor, std::string_view note, absl::Time now);
// The seat is another conference's, or the same one's at another time.
void MoveSeat(samkoer::v1::Alert& alert,
              const samkoer::v1::Conference& conference, std::string_view actor,
              std::string_view note, absl::Time now);
// Writes the action down; its words stand in the history as the step's note.
// FAILED_PRECONDITION: the alert has ended, or the department has no case in
// it, has nominated nobody and, where no rule holds, has no task of it; an
// alert that names no department at all takes any. INVALID_ARGUMENT as
// Conferences.ChangeConference.
absl::Status SetSeatAction(samkoer::v1::Alert& alert,
                           const samkoer::v1::ConferenceAction& action,
                           const CompiledPolicy& policy, std::string_view actor,
                           absl::Time now);
// The conference was held.
void HoldSeat(samkoer::v1::Alert& alert, std::string_view actor,
              std::string_view note, absl::Time now);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CONFERENCE_SEAT_H_
