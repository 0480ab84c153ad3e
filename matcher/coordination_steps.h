// The steps of coordination that people take on an alert: a pure state machine
// beside alert_lifecycle.h. A refused step leaves the alert as it was; a step
// that is taken counts up the revision and adds one line of history.
//
//   nominate          see nomination_steps.h
//   offer             IDENTIFIED -> OFFERED
//   guide accepts     any earlier active state -> GUIDE_ASSIGNED
//   plan exists       GUIDE_ASSIGNED -> PLAN_ACTIVE; no plan after all: back to
//                     what else is agreed on
//   seat              IDENTIFIED, OFFERED, NOMINATED -> CONFERENCE_PLANNED;
//   lost
//                     again: the state before
//
// Whoever has a task (guide, coordinating caseworker, contact person) keeps it
// until a successor has accepted (kædeansvar): there is no step that takes it
// away, but the contact person's end where the young person is anchored.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_MATCHER_COORDINATION_STEPS_H_
#define SAMKOER_MATCHER_COORDINATION_STEPS_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "matcher/calendar.h"
#include "matcher/policy.h"
#include "samkoer/v1/alerts.pb.h"

namespace samkoer::matcher {

// Handovers that an alert keeps: years of work, and a bound of its size.
inline constexpr int kMaxHandovers = 20;

// What a step is taken under.
struct StepContext {
  const CompiledPolicy* policy = nullptr;
  Month birth;  // none: not known
  Day day;
  std::string_view actor;
  absl::Time now;
};

// The alert's coordination, made where there was none.
samkoer::v1::Coordination& CoordinationOf(samkoer::v1::Alert& alert);

// The name of the request's command ("assign_guide"); empty if it has none.
std::string CommandName(const samkoer::v1::CoordinateRequest& request);

// Takes a coordinator's step. Errors: as Alerts.Coordinate says.
absl::Status Coordinate(samkoer::v1::Alert& alert,
                        const samkoer::v1::CoordinateRequest& request,
                        const StepContext& context);

// The departments in which somebody has a task of the alert, or is asked to
// take one over; each once, by id.
std::vector<std::string> TaskDepartments(const samkoer::v1::Alert& alert);

// Answers a handover: `state` is ACCEPTED, REFUSED or TAKEN_BACK. NOT_FOUND,
// or FAILED_PRECONDITION if it was answered otherwise; the same answer again
// changes nothing (`changed` false).
absl::Status AnswerHandover(samkoer::v1::Alert& alert,
                            std::uint32_t handover_id,
                            samkoer::v1::HandoverState state,
                            std::string_view actor, std::string_view note,
                            absl::Time now, bool& changed);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_STEPS_H_
