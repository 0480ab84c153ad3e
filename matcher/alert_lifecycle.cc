#include "matcher/alert_lifecycle.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::AlertHistoryEntry;
using samkoer::v1::AlertState;
using samkoer::v1::Participant;
using samkoer::v1::Reason;

constexpr std::string_view kParticipantsChanged = "participants-changed";
// Steps of the daily run are given up first, too.
constexpr std::string_view kDue = "due";

void SetTime(absl::Time time, google::protobuf::Timestamp& timestamp) {
  const std::int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<std::int32_t>(
      absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
}

// Room for one more step: gives up the oldest change of participants, and only
// where there is none the oldest step after the opening.
void MakeRoom(Alert& alert) {
  auto& history = *alert.mutable_history();
  while (history.size() >= kMaxHistory) {
    auto oldest = std::find_if(
        history.begin(), history.end(), [](const AlertHistoryEntry& entry) {
          return entry.event() == kParticipantsChanged || entry.event() == kDue;
        });
    history.erase(oldest == history.end() ? history.begin() + 1 : oldest);
  }
}

void SortParticipants(std::vector<Participant>& participants) {
  const auto key = [](const Participant& p) {
    return std::tuple(std::string_view(p.department()),
                      std::string_view(p.case_ref()),
                      std::string_view(p.unit()), p.domain(), p.since_month());
  };
  std::sort(participants.begin(), participants.end(),
            [&](const Participant& a, const Participant& b) {
              return key(a) < key(b);
            });
}

template <typename T>
bool SameAs(const google::protobuf::RepeatedPtrField<T>& held,
            const std::vector<T>& given) {
  return std::equal(held.begin(), held.end(), given.begin(), given.end(),
                    [](const T& a, const T& b) {
                      return google::protobuf::util::MessageDifferencer::Equals(
                          a, b);
                    });
}

void TakeContent(AlertContent content, Alert& alert) {
  alert.set_rule(std::move(content.rule));
  alert.set_rule_version(content.rule_version);
  alert.mutable_participants()->Assign(content.participants.begin(),
                                       content.participants.end());
  alert.mutable_reasons()->Assign(content.reasons.begin(),
                                  content.reasons.end());
}

bool IsNominated(const Alert& alert) {
  return !alert.coordination().nominations().empty();
}

bool RuleHeld(const Alert& alert) { return !alert.participants().empty(); }

absl::Status CheckNote(std::string_view note) {
  if (note.size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the note is over ", proto::kMaxNoteBytes, " bytes; shorten it"));
  }
  if (!proto::IsPlainText(note)) {
    return absl::InvalidArgumentError(
        "the note must be UTF-8 without control characters");
  }
  if (proto::LooksLikeCprNumber(note)) {
    return absl::InvalidArgumentError(
        "the note holds something like a CPR number; leave it out");
  }
  return absl::OkStatus();
}

// What the state says must be so, and what is so must not be denied.
absl::Status CheckFacts(const Alert& alert, AlertState to) {
  const bool guide = HasGuide(alert);
  const bool plan = alert.coordination().plan().exists();
  if (to == samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED && !guide) {
    return absl::FailedPreconditionError(
        "no youth guide has accepted; say who the guide is, and the state "
        "follows");
  }
  if (to == samkoer::v1::ALERT_STATE_PLAN_ACTIVE && !plan) {
    return absl::FailedPreconditionError(
        "there is no plan; say that there is one, and the state follows");
  }
  if (!IsActive(alert.state()) || !IsActive(to)) return absl::OkStatus();
  if (plan && alert.state() == samkoer::v1::ALERT_STATE_PLAN_ACTIVE) {
    return absl::FailedPreconditionError(
        "there is a plan; say first that there is none, and the state follows");
  }
  if (guide && alert.state() >= samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED &&
      to < samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED) {
    return absl::FailedPreconditionError(
        "the young person has a youth guide; ask a successor to take over, or "
        "close the alert and open it again");
  }
  return absl::OkStatus();
}

// Of an alert that has ended nobody is asked to take over.
void TakeHandoversBack(Alert& alert, std::string_view actor, absl::Time now) {
  if (!HandoverOpen(alert, samkoer::v1::HANDOVER_ROLE_UNSPECIFIED)) return;
  int taken_back = 0;
  for (auto& handover : *alert.mutable_coordination()->mutable_handovers()) {
    if (handover.state() != samkoer::v1::HANDOVER_STATE_REQUESTED) continue;
    handover.set_state(samkoer::v1::HANDOVER_STATE_TAKEN_BACK);
    SetTime(now, *handover.mutable_answered());
    handover.set_answered_by(std::string(actor));
    ++taken_back;
  }
  for (; taken_back > 0; --taken_back) {
    AddStep(alert, alert.state(), "handover-answered", actor, "", now);
  }
}

}  // namespace

void AddStep(Alert& alert, AlertState state, std::string_view event,
             std::string_view actor, std::string_view note, absl::Time now) {
  // Also where it ended before this rule was there, and opens again.
  if (IsEnded(state) || IsEnded(alert.state())) {
    TakeHandoversBack(alert, actor, now);
  }
  alert.set_state(state);
  // Nobody speaks at a conference to come of somebody whose alert has ended, or
  // of whom no department is told.
  if (!IsConvened(state) && alert.coordination().has_conference() &&
      !alert.coordination().conference().held()) {
    alert.mutable_coordination()->clear_conference();
  }
  alert.set_revision(alert.revision() + 1);
  SetTime(now, *alert.mutable_updated());
  MakeRoom(alert);
  AlertHistoryEntry& entry = *alert.add_history();
  SetTime(now, *entry.mutable_time());
  entry.set_state(state);
  entry.set_actor(std::string(actor));
  entry.set_note(std::string(note));
  entry.set_event(std::string(event));
}

Alert OpenAlert(std::string alert_id, AlertContent content, absl::Time now) {
  Alert alert;
  alert.set_alert_id(std::move(alert_id));
  SortParticipants(content.participants);
  TakeContent(std::move(content), alert);
  SetTime(now, *alert.mutable_created());
  AddStep(alert, samkoer::v1::ALERT_STATE_IDENTIFIED, "opened", kMatcherActor,
          "", now);
  return alert;
}

bool ApplyRuleHolds(Alert& alert, AlertContent content, absl::Time now) {
  const bool held = RuleHeld(alert);
  if (IsEnded(alert.state()) && held) return false;
  SortParticipants(content.participants);
  if (alert.has_coordination()) {
    alert.mutable_coordination()->set_matched(true);
  }
  if (!held) {
    TakeContent(std::move(content), alert);
    if (IsActive(alert.state())) {
      AddStep(alert, alert.state(), "matched", kMatcherActor, "", now);
      return true;
    }
    if (alert.state() != samkoer::v1::ALERT_STATE_WITHDRAWN) BeginAgain(alert);
    AddStep(alert, samkoer::v1::ALERT_STATE_IDENTIFIED, "reopened",
            kMatcherActor, "", now);
    return true;
  }
  const bool same_people = SameAs(alert.participants(), content.participants);
  const bool same_rule = alert.rule() == content.rule;
  if (same_people && same_rule && SameAs(alert.reasons(), content.reasons)) {
    return false;
  }
  TakeContent(std::move(content), alert);
  AddStep(alert, alert.state(),
          same_rule && !same_people ? kParticipantsChanged : "rule-changed",
          kMatcherActor, "", now);
  return true;
}

bool ApplyRuleCeased(Alert& alert, absl::Time now, bool open_case) {
  const bool kept = IsNominated(alert) || (open_case && SomebodyHasTask(alert));
  if (!RuleHeld(alert)) {
    if (!IsActive(alert.state()) || kept) return false;
    AddStep(alert, samkoer::v1::ALERT_STATE_WITHDRAWN, "withdrawn",
            kMatcherActor, "", now);
    return true;
  }
  alert.clear_participants();
  alert.clear_reasons();
  const bool ends = IsActive(alert.state()) && !kept;
  AddStep(alert, ends ? samkoer::v1::ALERT_STATE_WITHDRAWN : alert.state(),
          IsActive(alert.state()) && kept ? "rule-ceased" : "withdrawn",
          kMatcherActor, "", now);
  return true;
}

void BeginAgain(Alert& alert) {
  if (!alert.has_coordination()) return;
  auto& coordination = *alert.mutable_coordination();
  coordination.clear_guide();
  coordination.clear_caseworker();
  coordination.clear_handovers();
  coordination.clear_offered();
  coordination.clear_conference();
  coordination.clear_half_year();
  coordination.clear_dues();
  for (auto& consent : *coordination.mutable_consents()) {
    consent.clear_joined();
  }
}

bool HasGuide(const Alert& alert) {
  return alert.coordination().guide().state() ==
         samkoer::v1::GUIDE_STATE_ACCEPTED;
}

bool SomebodyHasTask(const Alert& alert) {
  const auto& coordination = alert.coordination();
  return HasGuide(alert) || coordination.has_caseworker() ||
         (coordination.has_contact_person() &&
          !coordination.contact_person().has_ended()) ||
         HandoverOpen(alert, samkoer::v1::HANDOVER_ROLE_UNSPECIFIED);
}

bool HandoverOpen(const Alert& alert, samkoer::v1::HandoverRole role) {
  const auto& handovers = alert.coordination().handovers();
  return std::any_of(handovers.begin(), handovers.end(), [&](const auto& h) {
    return h.state() == samkoer::v1::HANDOVER_STATE_REQUESTED &&
           (role == samkoer::v1::HANDOVER_ROLE_UNSPECIFIED || role == h.role());
  });
}

absl::Status SetAlertState(Alert& alert, AlertState state,
                           std::string_view actor, std::string_view note,
                           std::uint64_t expected_revision, absl::Time now) {
  if (!IsActive(state) && state != samkoer::v1::ALERT_STATE_CLOSED &&
      state != samkoer::v1::ALERT_STATE_DECLINED) {
    return absl::InvalidArgumentError(
        "people cannot set this state; an alert is withdrawn by its rule "
        "alone");
  }
  if (absl::Status status = CheckNote(note); !status.ok()) return status;
  if (expected_revision != 0 && expected_revision != alert.revision()) {
    return absl::AbortedError(
        absl::StrCat("the alert is at revision ", alert.revision(), ", not at ",
                     expected_revision, "; read it again"));
  }
  if (!PersonMaySet(alert.state(), state)) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the step from ", samkoer::v1::AlertState_Name(alert.state()), " to ",
        samkoer::v1::AlertState_Name(state), " is not allowed"));
  }
  if (IsActive(state) && !RuleHeld(alert) && !IsNominated(alert) &&
      !(IsActive(alert.state()) && SomebodyHasTask(alert))) {
    return absl::FailedPreconditionError(
        "the rule no longer holds for this person; the alert opens again by "
        "itself when it does");
  }
  if (absl::Status status = CheckFacts(alert, state); !status.ok()) {
    return status;
  }
  // A young person may say no all the same.
  if (state == samkoer::v1::ALERT_STATE_CLOSED &&
      HandoverOpen(alert, samkoer::v1::HANDOVER_ROLE_UNSPECIFIED)) {
    return absl::FailedPreconditionError(
        "a handover waits for its answer; nobody is released before the "
        "successor has accepted");
  }
  if (IsActive(state) && IsEnded(alert.state())) BeginAgain(alert);
  AddStep(alert, state, "state-set", actor, note, now);
  return absl::OkStatus();
}

bool IsActive(AlertState state) {
  return state >= samkoer::v1::ALERT_STATE_IDENTIFIED &&
         state <= samkoer::v1::ALERT_STATE_PLAN_ACTIVE;
}

bool IsEnded(AlertState state) {
  return state == samkoer::v1::ALERT_STATE_CLOSED ||
         state == samkoer::v1::ALERT_STATE_DECLINED ||
         state == samkoer::v1::ALERT_STATE_WITHDRAWN;
}

bool IsConvened(AlertState state) {
  return state >= samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED &&
         state <= samkoer::v1::ALERT_STATE_PLAN_ACTIVE;
}

bool PersonMaySet(AlertState from, AlertState to) {
  if (to == samkoer::v1::ALERT_STATE_DECLINED) {
    return from != to && (IsActive(from) || IsEnded(from));
  }
  if (IsActive(from)) {
    return from != to &&
           (IsActive(to) || to == samkoer::v1::ALERT_STATE_CLOSED);
  }
  return to == samkoer::v1::ALERT_STATE_IDENTIFIED &&
         (from == samkoer::v1::ALERT_STATE_CLOSED ||
          from == samkoer::v1::ALERT_STATE_DECLINED);
}

std::optional<absl::Time> ConvenedSince(const Alert& alert) {
  if (!IsConvened(alert.state())) return std::nullopt;
  // The oldest of the convened steps at the history's end.
  const AlertHistoryEntry* since = nullptr;
  for (auto entry = alert.history().rbegin();
       entry != alert.history().rend() && IsConvened(entry->state()); ++entry) {
    since = &*entry;
  }
  if (since == nullptr) return std::nullopt;
  return absl::FromUnixSeconds(since->time().seconds()) +
         absl::Nanoseconds(since->time().nanos());
}

}  // namespace samkoer::matcher
