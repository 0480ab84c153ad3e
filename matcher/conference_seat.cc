#include "matcher/conference_seat.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/calendar.h"
#include "matcher/coordination_steps.h"
#include "matcher/coordination_words.h"
#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::AlertState;

void Fill(const samkoer::v1::Conference& conference, Alert& alert) {
  auto& seat = *CoordinationOf(alert).mutable_conference();
  seat.set_conference_id(conference.conference_id());
  *seat.mutable_start() = conference.details().start();
  seat.set_place(conference.details().place());
}

// Without a rule there are no participants: the alert then names those who have
// a task of it. Where it names nobody at all, as with a contact person from
// outside, the action is whose the coordinator says: a conference is not held
// before each case has one.
bool TakesPart(const Alert& alert, std::string_view department) {
  const auto is_it = [&](const auto& known) {
    return known.department() == department;
  };
  const auto& participants = alert.participants();
  const auto& nominations = alert.coordination().nominations();
  if (std::any_of(participants.begin(), participants.end(), is_it) ||
      std::any_of(nominations.begin(), nominations.end(), is_it)) {
    return true;
  }
  if (!participants.empty()) return false;
  const std::vector<std::string> tasks = TaskDepartments(alert);
  return std::find(tasks.begin(), tasks.end(), department) != tasks.end() ||
         (tasks.empty() && nominations.empty());
}

// The active state before the conference was planned.
AlertState StateBefore(const Alert& alert) {
  for (auto step = alert.history().rbegin(); step != alert.history().rend();
       ++step) {
    if (step->state() < samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED) {
      return step->state();
    }
    if (!IsActive(step->state())) break;
  }
  return alert.coordination().nominations().empty()
             ? samkoer::v1::ALERT_STATE_IDENTIFIED
             : samkoer::v1::ALERT_STATE_NOMINATED;
}

}  // namespace

bool HasSeat(const Alert& alert, std::string_view conference_id) {
  return alert.coordination().has_conference() &&
         alert.coordination().conference().conference_id() == conference_id;
}

absl::Status TakeSeat(Alert& alert, const samkoer::v1::Conference& conference,
                      std::uint64_t expected_revision, std::string_view actor,
                      std::string_view note, absl::Time now) {
  if (expected_revision != 0 && expected_revision != alert.revision()) {
    return absl::AbortedError(
        absl::StrCat("the alert is at revision ", alert.revision(), ", not at ",
                     expected_revision, "; read it again"));
  }
  if (!IsActive(alert.state())) {
    return absl::FailedPreconditionError(
        "the alert has ended; open it again first");
  }
  if (alert.coordination().has_conference() &&
      !alert.coordination().conference().held()) {
    return absl::FailedPreconditionError(
        "the alert is on a conference's agenda already; move it instead");
  }
  CoordinationOf(alert).clear_conference();
  Fill(conference, alert);
  const bool planned =
      alert.state() < samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED;
  AddStep(alert,
          planned ? samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED : alert.state(),
          "conference-added", actor, note, now);
  return absl::OkStatus();
}

void LeaveSeat(Alert& alert, std::string_view event, std::string_view actor,
               std::string_view note, absl::Time now) {
  CoordinationOf(alert).clear_conference();
  AddStep(alert,
          alert.state() == samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED
              ? StateBefore(alert)
              : alert.state(),
          event, actor, note, now);
}

void MoveSeat(Alert& alert, const samkoer::v1::Conference& conference,
              std::string_view actor, std::string_view note, absl::Time now) {
  const bool same = HasSeat(alert, conference.conference_id());
  Fill(conference, alert);
  AddStep(alert, alert.state(),
          same ? "conference-rescheduled" : "conference-moved", actor, note,
          now);
}

absl::Status SetSeatAction(Alert& alert,
                           const samkoer::v1::ConferenceAction& action,
                           const CompiledPolicy& policy, std::string_view actor,
                           absl::Time now) {
  if (!IsActive(alert.state())) {
    return absl::FailedPreconditionError(
        "the alert has ended; open it again first");
  }
  if (absl::Status s =
          CheckWords("action", action.text(), 1, proto::kMaxNoteBytes);
      !s.ok()) {
    return s;
  }
  if (absl::Status s =
          CheckUnit("action", action.department(), action.unit(), policy);
      !s.ok()) {
    return s;
  }
  if (!TakesPart(alert, action.department())) {
    return absl::FailedPreconditionError(
        "action: the department has no case in this alert; the action is one "
        "of those that do");
  }
  if (!Day::Parse(action.due_day()).ok()) {
    return absl::InvalidArgumentError(
        "action: due_day must be a day, \"YYYY-MM-DD\"");
  }
  auto& held = *CoordinationOf(alert).mutable_conference()->mutable_action();
  held = action;
  held.clear_done();
  AddStep(alert, alert.state(), "conference-action", actor, action.text(), now);
  return absl::OkStatus();
}

void HoldSeat(Alert& alert, std::string_view actor, std::string_view note,
              absl::Time now) {
  CoordinationOf(alert).mutable_conference()->set_held(true);
  AddStep(alert, alert.state(), "conference-held", actor, note, now);
}

}  // namespace samkoer::matcher
