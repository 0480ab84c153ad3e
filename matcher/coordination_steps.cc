#include "matcher/coordination_steps.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_rules.h"
#include "matcher/coordination_words.h"
#include "matcher/measure_consents.h"
#include "matcher/timestamps.h"
#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::AlertState;
using samkoer::v1::CoordinateRequest;
using samkoer::v1::Coordination;
using samkoer::v1::Handover;
using samkoer::v1::HandoverRole;
using samkoer::v1::Holder;

absl::Status Refused(std::string_view why) {
  return absl::FailedPreconditionError(std::string(why));
}

absl::Status HandOverInstead() {
  return Refused(
      "somebody has this task; ask a successor to take it over instead "
      "(nobody is released before)");
}

bool BeforeGuide(AlertState state) {
  return IsActive(state) && state < samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED;
}

bool ContactPersonRuns(const Coordination& coordination) {
  return coordination.has_contact_person() &&
         !coordination.contact_person().has_ended();
}

// Who has the task; null if nobody has.
const Holder* HolderOf(const Coordination& coordination, HandoverRole role) {
  switch (role) {
    case samkoer::v1::HANDOVER_ROLE_GUIDE:
      return coordination.guide().state() == samkoer::v1::GUIDE_STATE_ACCEPTED
                 ? &coordination.guide().holder()
                 : nullptr;
    case samkoer::v1::HANDOVER_ROLE_CASEWORKER:
      return coordination.has_caseworker() ? &coordination.caseworker().holder()
                                           : nullptr;
    case samkoer::v1::HANDOVER_ROLE_CONTACT_PERSON:
      return ContactPersonRuns(coordination)
                 ? &coordination.contact_person().holder()
                 : nullptr;
    default:
      return nullptr;
  }
}

void GiveTo(Coordination& coordination, const Handover& handover,
            std::string_view actor, absl::Time now) {
  switch (handover.role()) {
    case samkoer::v1::HANDOVER_ROLE_GUIDE: {
      auto& guide = *coordination.mutable_guide();
      *guide.mutable_holder() = handover.to();
      guide.set_state(samkoer::v1::GUIDE_STATE_ACCEPTED);
      guide.set_wished(false);
      *guide.mutable_since() = ToTimestamp(now);
      guide.clear_conference_id();
      break;
    }
    case samkoer::v1::HANDOVER_ROLE_CASEWORKER: {
      auto& caseworker = *coordination.mutable_caseworker();
      *caseworker.mutable_holder() = handover.to();
      *caseworker.mutable_since() = ToTimestamp(now);
      caseworker.set_decided_by(std::string(actor));
      break;
    }
    default: {
      auto& contact = *coordination.mutable_contact_person();
      *contact.mutable_holder() = handover.to();
      *contact.mutable_since() = ToTimestamp(now);
    }
  }
}

bool SameHolder(const Holder& a, const Holder& b) {
  return google::protobuf::util::MessageDifferencer::Equals(a, b);
}

// One command on a copy of the alert. The methods return the state after.
class Step {
 public:
  Step(Alert& alert, const StepContext& context)
      : alert_(alert),
        coordination_(CoordinationOf(alert)),
        context_(context),
        rules_(context.policy->proto()) {}

  absl::StatusOr<AlertState> Take(const CoordinateRequest& request) {
    switch (request.command_case()) {
      case CoordinateRequest::kOffer:
        *coordination_.mutable_offered() = Now();
        return alert_.state() == samkoer::v1::ALERT_STATE_IDENTIFIED
                   ? samkoer::v1::ALERT_STATE_OFFERED
                   : alert_.state();
      case CoordinateRequest::kAssignGuide:
        return AssignGuide(request.assign_guide());
      case CoordinateRequest::kAnswerGuide:
        return AnswerGuide(request.answer_guide().accepted());
      case CoordinateRequest::kAppointCaseworker:
        return AppointCaseworker(request.appoint_caseworker().holder());
      case CoordinateRequest::kAppointContactPerson:
        return AppointContactPerson(request.appoint_contact_person());
      case CoordinateRequest::kContinueContactPerson:
        if (!ContactPersonRuns(coordination_)) return NoContactPerson();
        coordination_.mutable_contact_person()->set_by_agreement(true);
        return alert_.state();
      case CoordinateRequest::kEndContactPerson:
        return EndContactPerson(request.end_contact_person().reason());
      case CoordinateRequest::kSetPlan:
        return SetPlan(request.set_plan());
      case CoordinateRequest::kRecordConsent:
        return Kept(RecordConsent(coordination_,
                                  request.record_consent().measure(),
                                  request.record_consent().given(), Now()));
      case CoordinateRequest::kJoinMeasure:
        return Kept(JoinMeasure(coordination_, request.join_measure().measure(),
                                Now()));
      case CoordinateRequest::kLeaveMeasure:
        return Kept(
            LeaveMeasure(coordination_, request.leave_measure().measure()));
      case CoordinateRequest::kRequestHandover:
        return RequestHandover(request.request_handover());
      case CoordinateRequest::kPlanHalfYear:
        return PlanHalfYear(request.plan_half_year().half_year());
      case CoordinateRequest::kSetMarker:
        return SetMarker(request.set_marker());
      case CoordinateRequest::kActionDone:
        return ActionDone();
      default:
        return absl::InvalidArgumentError("command: must be given");
    }
  }

 private:
  google::protobuf::Timestamp Now() const { return ToTimestamp(context_.now); }
  Month ThisMonth() const { return context_.day.InMonth(); }
  static absl::Status NoContactPerson() {
    return Refused("there is no contact person now");
  }

  // A step that leaves the state as it is.
  absl::StatusOr<AlertState> Kept(const absl::Status& taken) const {
    if (!taken.ok()) return taken;
    return alert_.state();
  }

  AlertState WithGuide() const {
    return BeforeGuide(alert_.state()) ? samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED
                                       : alert_.state();
  }

  absl::StatusOr<AlertState> AssignGuide(
      const samkoer::v1::AssignGuide& command) {
    if (absl::Status s =
            CheckHolder("guide", command.holder(), *context_.policy, true);
        !s.ok()) {
      return s;
    }
    if (HasGuide(alert_)) return HandOverInstead();
    if (command.at_conference() && !coordination_.has_conference()) {
      return Refused("the alert has had no conference");
    }
    auto& guide = *coordination_.mutable_guide();
    *guide.mutable_holder() = command.holder();
    guide.set_state(command.accepted() ? samkoer::v1::GUIDE_STATE_ACCEPTED
                                       : samkoer::v1::GUIDE_STATE_PROPOSED);
    *guide.mutable_since() = Now();
    guide.set_wished(command.wished());
    guide.set_conference_id(command.at_conference()
                                ? coordination_.conference().conference_id()
                                : "");
    return command.accepted() ? WithGuide() : alert_.state();
  }

  absl::StatusOr<AlertState> AnswerGuide(bool accepted) {
    if (coordination_.guide().state() != samkoer::v1::GUIDE_STATE_PROPOSED) {
      return Refused("nobody is asked to be the guide now");
    }
    if (!accepted) {
      coordination_.clear_guide();
      return alert_.state();
    }
    auto& guide = *coordination_.mutable_guide();
    guide.set_state(samkoer::v1::GUIDE_STATE_ACCEPTED);
    *guide.mutable_since() = Now();
    return WithGuide();
  }

  absl::StatusOr<AlertState> AppointCaseworker(const Holder& holder) {
    if (absl::Status s =
            CheckHolder("caseworker", holder, *context_.policy, false);
        !s.ok()) {
      return s;
    }
    if (coordination_.has_caseworker()) return HandOverInstead();
    auto& caseworker = *coordination_.mutable_caseworker();
    *caseworker.mutable_holder() = holder;
    *caseworker.mutable_since() = Now();
    caseworker.set_decided_by(std::string(context_.actor));
    return alert_.state();
  }

  absl::StatusOr<AlertState> AppointContactPerson(
      const samkoer::v1::AppointContactPerson& command) {
    if (absl::Status s = CheckHolder("contact person", command.holder(),
                                     *context_.policy, true);
        !s.ok()) {
      return s;
    }
    if (ContactPersonRuns(coordination_)) return HandOverInstead();
    if (!rules_.OldEnoughForContactPerson(context_.birth, ThisMonth())) {
      return Refused("the young person is below the contact person's age");
    }
    const bool again = coordination_.has_contact_person();
    if (rules_.TooOldForContactPerson(context_.birth, ThisMonth()) &&
        !(command.by_agreement() && again)) {
      return Refused(
          "the young person is over the contact person's age; one from before "
          "goes on by agreement only");
    }
    const std::uint32_t before = coordination_.contact_person().reestablished();
    auto& contact = *coordination_.mutable_contact_person();
    contact.Clear();
    *contact.mutable_holder() = command.holder();
    *contact.mutable_since() = Now();
    contact.set_reestablished(before + (again ? 1 : 0));
    contact.set_by_agreement(command.by_agreement());
    contact.set_extended(command.extended());
    return alert_.state();
  }

  absl::StatusOr<AlertState> EndContactPerson(const std::string& reason) {
    if (absl::Status s = CheckWords("reason", reason, 1, proto::kMaxNoteBytes);
        !s.ok()) {
      return s;
    }
    if (!ContactPersonRuns(coordination_)) return NoContactPerson();
    if (HandoverOpen(alert_, samkoer::v1::HANDOVER_ROLE_CONTACT_PERSON)) {
      return Refused("a handover of the contact person waits for its answer");
    }
    auto& contact = *coordination_.mutable_contact_person();
    *contact.mutable_ended() = Now();
    contact.set_ended_reason(reason);
    return alert_.state();
  }

  absl::StatusOr<AlertState> SetPlan(const samkoer::v1::SetPlan& command) {
    if (absl::Status s = CheckWords("owner", command.owner(), 0, kMaxNameBytes);
        !s.ok()) {
      return s;
    }
    const std::uint32_t month = command.last_review_month();
    if (month != 0 && (!command.exists() || !Month::FromYyyymm(month).given() ||
                       Month::FromYyyymm(month) > ThisMonth())) {
      return absl::InvalidArgumentError(
          "last_review_month: must be a month (YYYYMM) of an existing plan, "
          "not in the future");
    }
    auto& plan = *coordination_.mutable_plan();
    plan.set_exists(command.exists());
    plan.set_owner(command.owner());
    plan.set_last_review_month(month);
    const bool begins =
        command.exists() &&
        alert_.state() == samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED;
    if (begins) return samkoer::v1::ALERT_STATE_PLAN_ACTIVE;
    const bool ends = !command.exists() &&
                      alert_.state() == samkoer::v1::ALERT_STATE_PLAN_ACTIVE;
    return ends ? WithoutPlan() : alert_.state();
  }

  // Where an alert stands whose plan turns out not to exist.
  AlertState WithoutPlan() const {
    if (HasGuide(alert_)) return samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED;
    if (coordination_.has_conference()) {
      return samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED;
    }
    if (!coordination_.nominations().empty()) {
      return samkoer::v1::ALERT_STATE_NOMINATED;
    }
    return coordination_.has_offered() ? samkoer::v1::ALERT_STATE_OFFERED
                                       : samkoer::v1::ALERT_STATE_IDENTIFIED;
  }

  absl::StatusOr<AlertState> RequestHandover(
      const samkoer::v1::RequestHandover& command) {
    const bool known_role =
        command.role() != samkoer::v1::HANDOVER_ROLE_UNSPECIFIED &&
        samkoer::v1::HandoverRole_IsValid(command.role());
    if (!known_role) return absl::InvalidArgumentError("role: must be given");
    if (absl::Status s = CheckHolder(
            "to", command.to(), *context_.policy,
            command.role() != samkoer::v1::HANDOVER_ROLE_CASEWORKER);
        !s.ok()) {
      return s;
    }
    const Holder* from = HolderOf(coordination_, command.role());
    if (from == nullptr) return Refused("nobody has this task now");
    if (SameHolder(*from, command.to())) {
      return Refused("the successor has the task already");
    }
    if (HandoverOpen(alert_, command.role())) {
      return Refused(
          "a handover of this task waits for its answer; take it back first");
    }
    auto& handovers = *coordination_.mutable_handovers();
    std::uint32_t last = 0;
    for (const Handover& h : handovers) last = std::max(last, h.handover_id());
    if (handovers.size() >= kMaxHandovers) {
      // At most one of each role waits, so there is an answered one.
      handovers.erase(std::find_if(
          handovers.begin(), handovers.end(), [](const Handover& h) {
            return h.state() != samkoer::v1::HANDOVER_STATE_REQUESTED;
          }));
    }
    const Holder holder = *from;
    Handover& handover = *handovers.Add();
    handover.set_handover_id(last + 1);
    handover.set_role(command.role());
    *handover.mutable_from() = holder;
    *handover.mutable_to() = command.to();
    handover.set_state(samkoer::v1::HANDOVER_STATE_REQUESTED);
    *handover.mutable_requested() = Now();
    return alert_.state();
  }

  absl::StatusOr<AlertState> PlanHalfYear(std::uint32_t half_year) {
    const std::uint32_t year = half_year / 10, half = half_year % 10;
    if (half_year != 0 &&
        (year < 2000 || year > 2999 || half < 1 || half > 2)) {
      return absl::InvalidArgumentError(
          "half_year: must be year * 10 + 1 or 2, or 0");
    }
    coordination_.set_half_year(half_year);
    return alert_.state();
  }

  absl::StatusOr<AlertState> SetMarker(const samkoer::v1::SetMarker& command) {
    if (command.marker() == samkoer::v1::MARKER_UNSPECIFIED ||
        !samkoer::v1::Marker_IsValid(command.marker())) {
      return absl::InvalidArgumentError("marker: must be given");
    }
    auto& markers = *coordination_.mutable_markers();
    markers.erase(std::remove(markers.begin(), markers.end(),
                              static_cast<int>(command.marker())),
                  markers.end());
    if (command.set()) {
      markers.Add(command.marker());
      std::sort(markers.begin(), markers.end());
    }
    return alert_.state();
  }

  absl::StatusOr<AlertState> ActionDone() {
    if (!coordination_.conference().has_action()) {
      return Refused("no action was agreed on");
    }
    auto& action = *coordination_.mutable_conference()->mutable_action();
    if (action.has_done()) return Refused("the action is done already");
    *action.mutable_done() = Now();
    return alert_.state();
  }

  Alert& alert_;
  Coordination& coordination_;
  const StepContext& context_;
  const CoordinationRules rules_;
};

}  // namespace

Coordination& CoordinationOf(Alert& alert) {
  if (!alert.has_coordination()) {
    alert.mutable_coordination()->set_matched(!alert.rule().empty());
  }
  return *alert.mutable_coordination();
}

std::string CommandName(const CoordinateRequest& request) {
  const auto* field = CoordinateRequest::descriptor()->FindFieldByNumber(
      request.command_case());
  return field == nullptr ? std::string() : std::string(field->name());
}

absl::Status Coordinate(Alert& alert, const CoordinateRequest& request,
                        const StepContext& context) {
  if (absl::Status s =
          CheckWords("note", request.note(), 0, proto::kMaxNoteBytes);
      !s.ok()) {
    return s;
  }
  if (request.expected_revision() != 0 &&
      request.expected_revision() != alert.revision()) {
    return absl::AbortedError(
        absl::StrCat("the alert is at revision ", alert.revision(), ", not at ",
                     request.expected_revision(), "; read it again"));
  }
  if (request.command_case() == CoordinateRequest::COMMAND_NOT_SET) {
    return absl::InvalidArgumentError("command: must be given");
  }
  if (!IsActive(alert.state())) {
    return Refused("the alert has ended; open it again first");
  }
  if (request.has_settle_handover()) {
    bool changed = false;
    return AnswerHandover(alert, request.settle_handover().handover_id(),
                          request.settle_handover().state(), context.actor,
                          request.note(), context.now, changed);
  }
  Alert after = alert;
  auto state = Step(after, context).Take(request);
  if (!state.ok()) return state.status();
  AddStep(after, *state, CommandName(request), context.actor, request.note(),
          context.now);
  alert = std::move(after);
  return absl::OkStatus();
}

std::vector<std::string> TaskDepartments(const Alert& alert) {
  std::set<std::string> departments;
  const auto& coordination = alert.coordination();
  for (int role = 1; role < samkoer::v1::HandoverRole_ARRAYSIZE; ++role) {
    const Holder* holder =
        HolderOf(coordination, static_cast<HandoverRole>(role));
    if (holder != nullptr) departments.insert(holder->department());
  }
  for (const Handover& handover : coordination.handovers()) {
    if (handover.state() == samkoer::v1::HANDOVER_STATE_REQUESTED) {
      departments.insert(handover.to().department());
    }
  }
  departments.erase("");  // somebody external
  return {departments.begin(), departments.end()};
}

absl::Status AnswerHandover(Alert& alert, std::uint32_t handover_id,
                            samkoer::v1::HandoverState state,
                            std::string_view actor, std::string_view note,
                            absl::Time now, bool& changed) {
  changed = false;
  if (state != samkoer::v1::HANDOVER_STATE_ACCEPTED &&
      state != samkoer::v1::HANDOVER_STATE_REFUSED &&
      state != samkoer::v1::HANDOVER_STATE_TAKEN_BACK) {
    return absl::InvalidArgumentError(
        "state: must be ACCEPTED, REFUSED or TAKEN_BACK");
  }
  const auto& held = alert.coordination().handovers();
  const auto place = std::find_if(held.begin(), held.end(),
                                  [&](const Handover& h) {
                                    return h.handover_id() == handover_id;
                                  }) -
                     held.begin();
  if (handover_id == 0 || place == held.size()) {
    return absl::NotFoundError("there is no such handover");
  }
  Coordination& coordination = *alert.mutable_coordination();
  Handover* found = coordination.mutable_handovers(static_cast<int>(place));
  if (found->state() == state) return absl::OkStatus();
  if (found->state() != samkoer::v1::HANDOVER_STATE_REQUESTED) {
    return Refused("the handover was answered otherwise or taken back");
  }
  found->set_state(state);
  *found->mutable_answered() = ToTimestamp(now);
  found->set_answered_by(std::string(actor));
  if (state == samkoer::v1::HANDOVER_STATE_ACCEPTED) {
    GiveTo(coordination, *found, actor, now);
  }
  AddStep(alert, alert.state(), "handover-answered", actor, note, now);
  changed = true;
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
