// The life of an alert: a pure state machine over samkoer.v1.Alert. Times are
// passed in; every change counts up the revision, sets `updated` and adds a
// step to the history.
//
// What people may set (rows: from; "x": allowed):
//
//                 IDENT OFFER NOMIN CONF  GUIDE PLAN  CLOSED DECLINED WITHDRAWN
//   IDENTIFIED      -     x     x     x     g     p     x       x         -
//   OFFERED         x     -     x     x     g     p     x       x         -
//   NOMINATED       x     x     -     x     g     p     x       x         -
//   CONFERENCE_PL.  x     x     x     -     g     p     x       x         -
//   GUIDE_ASSIGNED  n     n     n     n     -     p     x       x         -
//   PLAN_ACTIVE     n     n     n     n     n     -     x       x         -
//   CLOSED          x*    -     -     -     -     -     -       x         -
//   DECLINED        x*    -     -     -     -     -     -       -         -
//   WITHDRAWN       -     -     -     -     -     -     -       x         -
//
//   * only while the rule holds or a nomination stands.
//   g  only where a youth guide has accepted; p: only where a plan exists.
//   n  only where neither is there any more: a guide goes by a handover, or by
//      closing the alert and opening it again; a plan by saying that there is
//      none. GUIDE_ASSIGNED -> earlier looks at the guide alone, PLAN_ACTIVE ->
//      GUIDE_ASSIGNED at the plan alone.
//   The other steps between active states are free in both directions: a wrong
//   click must be mendable. The young person may always say no.
//
// What the rule does:
//   * It ceases to hold: an active alert is WITHDRAWN, whichever active state
//     it had. CLOSED and DECLINED keep their state. All of them lose
//     participants and reasons, which would otherwise keep case references that
//     no longer fulfil anything. An active alert keeps its state while a
//     nomination stands, and while somebody has a task of it (SomebodyHasTask)
//     and the person still has an open case: nobody is released by a rule
//     (kædeansvar).
//   * It holds again: WITHDRAWN, CLOSED and DECLINED become IDENTIFIED under
//     the same id, whatever they were before: a state that convenes departments
//     must be set by a person for the departments that take part now. An active
//     alert keeps its state.
//   * It goes on holding: active alerts take the new participants and reasons;
//     CLOSED and DECLINED stay as they are.
// So an alert has participants exactly while the rule holds.
//
// A nomination opens an alert as NOMINATED (nomination_steps.h).
#ifndef SAMKOER_MATCHER_ALERT_LIFECYCLE_H_
#define SAMKOER_MATCHER_ALERT_LIFECYCLE_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// History steps an alert keeps: enough for years of work; bounds its size.
inline constexpr int kMaxHistory = 200;
// The actor of steps that the rule takes.
inline constexpr std::string_view kMatcherActor = "matcher";

// What the rule says about a person for whom it holds. At least one
// participant.
struct AlertContent {
  std::string rule;
  std::uint32_t rule_version = 0;
  // In any order; an alert orders them by department and reference.
  std::vector<samkoer::v1::Participant> participants;
  std::vector<samkoer::v1::Reason> reasons;
};

// A new alert, IDENTIFIED, revision 1.
samkoer::v1::Alert OpenAlert(std::string alert_id, AlertContent content,
                             absl::Time now);

// The rule holds, with this content: opens again, updates or leaves alone, as
// the table says. Returns whether the alert changed; if not, it is the same
// byte for byte and needs no feed entry. A new rule version alone is no change:
// an alert names the version that made it what it is.
bool ApplyRuleHolds(samkoer::v1::Alert& alert, AlertContent content,
                    absl::Time now);

// The rule does not hold. `open_case`: the person still has an open case.
// Returns whether the alert changed.
bool ApplyRuleCeased(samkoer::v1::Alert& alert, absl::Time now,
                     bool open_case = false);

// One step: a revision, a line of history; for coordination_steps.h, too. Where
// the alert ends, open handovers are taken back before, each by its own step.
void AddStep(samkoer::v1::Alert& alert, samkoer::v1::AlertState state,
             std::string_view event, std::string_view actor,
             std::string_view note, absl::Time now);

// Forgets what was agreed before the alert was closed or declined: it opens
// again, and measures join anew. What may be established again (contact
// person), the plan, answers about measures, marks and nominations stay.
void BeginAgain(samkoer::v1::Alert& alert);

// A youth guide has accepted.
bool HasGuide(const samkoer::v1::Alert& alert);
// Somebody is responsible for something: a youth guide who has accepted, a
// coordinating caseworker, a contact person that has not ended, or whoever is
// to be followed in a handover that waits for its answer.
bool SomebodyHasTask(const samkoer::v1::Alert& alert);
// A handover of the role waits for its answer; any role: UNSPECIFIED.
bool HandoverOpen(const samkoer::v1::Alert& alert,
                  samkoer::v1::HandoverRole role);

// A person sets a state. After a reopening of a closed or declined alert the
// caller evaluates the person again, so that the participants are today's.
//
// Errors (the alert is then unchanged):
//  * INVALID_ARGUMENT: a state that people cannot set, or a note over 500
//  bytes,
//    with control characters, or with something like a CPR number in it.
//  * ABORTED: `expected_revision` is neither 0 nor the alert's.
//  * FAILED_PRECONDITION: the table does not allow the step, or what is agreed
//    on (g, p and n in it) does not, or the alert would be CLOSED while a
//    handover waits for its answer.
absl::Status SetAlertState(samkoer::v1::Alert& alert,
                           samkoer::v1::AlertState state,
                           std::string_view actor, std::string_view note,
                           std::uint64_t expected_revision, absl::Time now);

// IDENTIFIED to PLAN_ACTIVE: somebody has to do something.
bool IsActive(samkoer::v1::AlertState state);
// CLOSED, DECLINED or WITHDRAWN: retention counts from `updated`.
bool IsEnded(samkoer::v1::AlertState state);
// CONFERENCE_PLANNED, GUIDE_ASSIGNED or PLAN_ACTIVE: each department may see
// its own case references in its inbox.
bool IsConvened(samkoer::v1::AlertState state);
// Since when the alert has been convened without a break; none if it is not.
std::optional<absl::Time> ConvenedSince(const samkoer::v1::Alert& alert);
// Whether the table allows a person the step, its footnotes aside.
bool PersonMaySet(samkoer::v1::AlertState from, samkoer::v1::AlertState to);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_LIFECYCLE_H_
