#include "matcher/conference_change.h"

#include <functional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/alert_store.h"
#include "matcher/conference_seat.h"
#include "matcher/conference_store.h"
#include "matcher/coordination_commands.h"
#include "matcher/coordination_rules.h"
#include "matcher/coordination_words.h"
#include "matcher/timestamps.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::ChangeConferenceRequest;
using storage::StoredConference;

constexpr int kMaxTeam = 20;

// `expected` is 0 where any will do.
absl::Status CheckAlertRevision(const Alert& alert, std::uint64_t expected) {
  if (expected == 0 || expected == alert.revision()) return absl::OkStatus();
  return absl::AbortedError(absl::StrCat("the alert is at revision ",
                                         alert.revision(), ", not at ",
                                         expected, "; read the agenda again"));
}

// One change of one conference.
class Change {
 public:
  Change(LoopState& state, Transaction& tx, const Caller& caller,
         const ChangeConferenceRequest& request, std::uint64_t id,
         StoredConference& held)
      : state_(state),
        tx_(tx),
        caller_(caller),
        request_(request),
        id_(id),
        held_(held),
        rules_(state.policy->proto()) {}

  // What is refused is refused before anything is staged.
  absl::Status Run() {
    const bool planned =
        held_.conference.state() == samkoer::v1::CONFERENCE_STATE_PLANNED;
    const bool cancelled =
        held_.conference.state() == samkoer::v1::CONFERENCE_STATE_CANCELLED;
    if (request_.has_action() ? cancelled : !planned) {
      return absl::FailedPreconditionError("the conference is over");
    }
    switch (request_.change_case()) {
      case ChangeConferenceRequest::kDetails:
        return ChangeDetails();
      case ChangeConferenceRequest::kAdd:
        return Add();
      case ChangeConferenceRequest::kRemove:
        return Remove();
      case ChangeConferenceRequest::kMove:
        return Move();
      case ChangeConferenceRequest::kAction:
        return SetAction();
      case ChangeConferenceRequest::kCancel:
        return Cancel();
      case ChangeConferenceRequest::kClose:
        return Close();
      default:
        return absl::InvalidArgumentError("change: must be given");
    }
  }

  const std::vector<crypto::Hash16>& subjects() const { return subjects_; }

 private:
  absl::Status Seated(PersonNo person,
                      const std::function<absl::Status(Alert&)>& step) {
    auto changed = ChangeAlert(state_, tx_, person, step);
    if (!changed.ok()) return changed.status();
    subjects_.push_back(state_.index.person(person).subject_id());
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<AgendaCase>> Agenda() {
    return LoadAgenda(state_, tx_, held_);
  }
  absl::StatusOr<PersonNo> SeatOf(std::string_view alert_id) {
    auto person = FindAlertOwner(state_, alert_id);
    if (!person.ok()) return person;
    Alert alert;
    if (absl::Status s = AlertLoader(state_, tx_).Load(*person, alert);
        !s.ok()) {
      return s;
    }
    if (!HasSeat(alert, held_.conference.conference_id())) {
      return absl::NotFoundError("the alert is not on this agenda");
    }
    return person;
  }
  absl::Status CheckRoom(const StoredConference& conference) {
    auto agenda = LoadAgenda(state_, tx_, conference);
    if (!agenda.ok()) return agenda.status();
    if (agenda->size() >= rules_.conference_cases) {
      return absl::FailedPreconditionError(absl::StrCat(
          "the agenda is full: ", rules_.conference_cases, " cases"));
    }
    return absl::OkStatus();
  }
  std::uint64_t AlertIdOf(PersonNo person) const {
    return state_.index.FindAlert(person)->id;
  }
  const std::string& id() const { return held_.conference.conference_id(); }
  static void Drop(StoredConference& conference, std::uint64_t alert_id) {
    std::erase(conference.alerts, alert_id);
  }

  absl::Status ChangeDetails() {
    if (request_.expected_revision() == 0) {
      return absl::InvalidArgumentError(
          "expected_revision: must be given to replace the details");
    }
    if (absl::Status s = CheckConferenceDetails(request_.details()); !s.ok())
      return s;
    const auto& before = held_.conference.details();
    // What stands in the cases' seats.
    const bool moved =
        before.start().seconds() != request_.details().start().seconds() ||
        before.place() != request_.details().place();
    auto agenda = Agenda();
    if (!agenda.ok()) return agenda.status();
    *held_.conference.mutable_details() = request_.details();
    if (!moved) return absl::OkStatus();
    for (const AgendaCase& found : *agenda) {
      if (absl::Status s = Seated(found.person,
                                  [&](Alert& alert) {
                                    MoveSeat(alert, held_.conference,
                                             caller_.uri, request_.reason(),
                                             tx_.now());
                                    return absl::OkStatus();
                                  });
          !s.ok()) {
        return tx_.Fatal(s);
      }
    }
    return absl::OkStatus();
  }

  // A conference that was never closed is deleted at last, seats and all.
  absl::Status ForgetLostSeat(Alert& alert) {
    const auto& seat = alert.coordination().conference();
    if (!alert.coordination().has_conference() || seat.held()) {
      return absl::OkStatus();
    }
    auto seat_id = ParseConferenceId(seat.conference_id());
    if (!seat_id.ok()) return seat_id.status();
    const absl::Status found = LoadConference(state_, tx_, *seat_id).status();
    if (!absl::IsNotFound(found)) return found;
    alert.mutable_coordination()->clear_conference();
    return absl::OkStatus();
  }

  absl::Status Add() {
    if (absl::Status s = CheckRoom(held_); !s.ok()) return s;
    auto person = FindAlertOwner(state_, request_.add().alert_id());
    if (!person.ok()) return person.status();
    if (absl::Status s = Seated(
            *person,
            [&](Alert& alert) {
              if (absl::Status lost = ForgetLostSeat(alert); !lost.ok()) {
                return lost;
              }
              return TakeSeat(alert, held_.conference,
                              request_.add().expected_alert_revision(),
                              caller_.uri, request_.reason(), tx_.now());
            });
        !s.ok()) {
      return s;
    }
    Drop(held_, AlertIdOf(*person));
    held_.alerts.push_back(AlertIdOf(*person));
    return absl::OkStatus();
  }

  absl::Status Remove() {
    const auto& remove = request_.remove();
    auto person = SeatOf(remove.alert_id());
    if (!person.ok()) return person.status();
    if (absl::Status s = Seated(*person,
                                [&](Alert& alert) {
                                  absl::Status seen = CheckAlertRevision(
                                      alert, remove.expected_alert_revision());
                                  if (!seen.ok()) return seen;
                                  LeaveSeat(alert, "conference-removed",
                                            caller_.uri, request_.reason(),
                                            tx_.now());
                                  return absl::OkStatus();
                                });
        !s.ok()) {
      return s;
    }
    Drop(held_, AlertIdOf(*person));
    return absl::OkStatus();
  }

  absl::Status Move() {
    const auto& move = request_.move();
    auto person = SeatOf(move.alert_id());
    if (!person.ok()) return person.status();
    auto other_id = ParseConferenceId(move.to_conference_id());
    if (!other_id.ok()) return other_id.status();
    if (*other_id == id_) {
      return absl::InvalidArgumentError("to_conference_id: is the same");
    }
    auto other = LoadConference(state_, tx_, *other_id);
    if (!other.ok()) return other.status();
    if (other->conference.state() != samkoer::v1::CONFERENCE_STATE_PLANNED) {
      return absl::FailedPreconditionError("the other conference is over");
    }
    if (absl::Status s = CheckRoom(*other); !s.ok()) return s;
    if (absl::Status s = Seated(*person,
                                [&](Alert& alert) {
                                  absl::Status seen = CheckAlertRevision(
                                      alert, move.expected_alert_revision());
                                  if (!seen.ok()) return seen;
                                  MoveSeat(alert, other->conference,
                                           caller_.uri, request_.reason(),
                                           tx_.now());
                                  return absl::OkStatus();
                                });
        !s.ok()) {
      return s;
    }
    const std::uint64_t alert_id = AlertIdOf(*person);
    Drop(held_, alert_id);
    Drop(*other, alert_id);
    other->alerts.push_back(alert_id);
    MarkChanged(other->conference, caller_, tx_.now());
    PutConference(state_, tx_, *other_id, *other);
    return absl::OkStatus();
  }

  // What somebody has written gives way to one who has seen it.
  absl::Status CheckSeen(const Alert& alert) const {
    const std::uint64_t expected = request_.action().expected_alert_revision();
    if (absl::Status s = CheckAlertRevision(alert, expected); !s.ok()) return s;
    const auto& seat = alert.coordination().conference();
    const auto& action = request_.action().action();
    if (expected != 0 || request_.expected_revision() != 0 ||
        !seat.has_action() ||
        (seat.action().text() == action.text() &&
         seat.action().department() == action.department() &&
         seat.action().unit() == action.unit() &&
         seat.action().due_day() == action.due_day())) {
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(
        "the case has another action already; read the agenda, and say which "
        "revision was seen to replace it");
  }

  absl::Status SetAction() {
    auto person = SeatOf(request_.action().alert_id());
    if (!person.ok()) return person.status();
    return Seated(*person, [&](Alert& alert) {
      if (absl::Status s = CheckSeen(alert); !s.ok()) return s;
      return SetSeatAction(alert, request_.action().action(), *state_.policy,
                           caller_.uri, tx_.now());
    });
  }

  absl::Status Cancel() {
    auto agenda = Agenda();
    if (!agenda.ok()) return agenda.status();
    for (const AgendaCase& found : *agenda) {
      if (absl::Status s = Seated(found.person,
                                  [&](Alert& alert) {
                                    LeaveSeat(alert, "conference-cancelled",
                                              caller_.uri, request_.reason(),
                                              tx_.now());
                                    return absl::OkStatus();
                                  });
          !s.ok()) {
        return tx_.Fatal(s);
      }
    }
    held_.alerts.clear();
    held_.conference.set_state(samkoer::v1::CONFERENCE_STATE_CANCELLED);
    return absl::OkStatus();
  }

  absl::Status Close() {
    auto agenda = Agenda();
    if (!agenda.ok()) return agenda.status();
    int without = 0;
    for (const AgendaCase& found : *agenda) {
      without += found.alert.coordination().conference().has_action() ? 0 : 1;
    }
    if (without != 0) {
      return absl::FailedPreconditionError(absl::StrCat(
          without,
          " cases have no action yet; each gets one concrete action, "
          "or leaves the agenda"));
    }
    held_.alerts.clear();
    for (const AgendaCase& found : *agenda) {
      held_.alerts.push_back(AlertIdOf(found.person));
      if (absl::Status s = Seated(found.person,
                                  [&](Alert& alert) {
                                    HoldSeat(alert, caller_.uri,
                                             request_.reason(), tx_.now());
                                    return absl::OkStatus();
                                  });
          !s.ok()) {
        return tx_.Fatal(s);
      }
    }
    held_.conference.set_state(samkoer::v1::CONFERENCE_STATE_HELD);
    return absl::OkStatus();
  }

  LoopState& state_;
  Transaction& tx_;
  const Caller& caller_;
  const ChangeConferenceRequest& request_;
  const std::uint64_t id_;
  StoredConference& held_;
  const CoordinationRules rules_;
  std::vector<crypto::Hash16> subjects_;
};

}  // namespace

absl::Status CheckConferenceDetails(
    const samkoer::v1::ConferenceDetails& details) {
  if (!details.has_start() || details.start().seconds() % 60 != 0 ||
      details.start().nanos() != 0 || details.start().seconds() < 0 ||
      DayOf(details.start()) < *Day::Make(2000, 1, 1)) {
    return absl::InvalidArgumentError("start: must be given, in whole minutes");
  }
  if (details.minutes() != 0 &&
      (details.minutes() < 10 || details.minutes() > 600)) {
    return absl::InvalidArgumentError("minutes: must be 10 to 600, or 0");
  }
  if (absl::Status s = CheckWords("place", details.place(), 0, kMaxNameBytes);
      !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckWords("leader", details.leader(), 1, kMaxNameBytes);
      !s.ok()) {
    return s;
  }
  if (details.team_size() > kMaxTeam) {
    return absl::InvalidArgumentError("team: must be at most 20");
  }
  for (const std::string& member : details.team()) {
    if (absl::Status s = CheckWords("team", member, 1, kMaxNameBytes);
        !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<crypto::Hash16>> ApplyConferenceChange(
    LoopState& state, Transaction& tx, const Caller& caller,
    const ChangeConferenceRequest& request, std::uint64_t id,
    StoredConference& held) {
  Change change(state, tx, caller, request, id, held);
  if (absl::Status s = change.Run(); !s.ok()) return s;
  return change.subjects();
}

}  // namespace samkoer::matcher
