#include "matcher/coordination_commands.h"

#include <algorithm>
#include <map>
#include <utility>

#include "matcher/alert_id.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/alert_store.h"
#include "matcher/coordination_steps.h"
#include "matcher/match_step.h"
#include "matcher/nomination_steps.h"
#include "matcher/record_changes.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using samkoer::v1::AuditAction;

void Stage(LoopState& state, Transaction& tx, PersonNo person, AlertInfo info,
           Alert& alert) {
  RefreshCoordination(alert, GatherPersonFacts(state, person),
                      CoordinationRules(state.policy->proto()), state.day,
                      tx.now());
  AlertChange change = MakeAlertChange(state, person, std::move(info), alert);
  StageAlertChanges(state, tx, {&change, 1});
}

samkoer::v1::AuditLeaf LeafOf(const LoopState& state, Transaction& tx,
                              const Caller& caller, AuditAction action,
                              PersonNo person) {
  auto leaf = state.MakeLeaf(tx.now(), caller, action);
  SetSubjects(leaf, {state.index.person(person).subject_id()});
  return leaf;
}

// The number and id of an alert that is opened now.
AlertInfo NewInfo(LoopState& state) {
  AlertInfo info;
  info.number = state.state.next_alert++;
  do {
    randombytes_buf(&info.id, sizeof(info.id));
    info.id &= kAlertIdMask;
  } while (state.index.FindAlertId(info.id) != kNone);
  return info;
}

absl::Status NoSuchCase() {
  return absl::NotFoundError(
      "the matcher holds no such open case of the department; push it first");
}

// The person of the department's open case.
absl::StatusOr<PersonNo> PersonOfCase(const LoopState& state,
                                      std::string_view department,
                                      std::string_view case_ref,
                                      const crypto::Hash16* person_key) {
  if (person_key != nullptr) {
    const PersonNo person = state.index.FindPerson(*person_key);
    if (person == kNone ||
        FindOpenCase(state, person, department, case_ref) == kNone) {
      return NoSuchCase();
    }
    return person;
  }
  const crypto::Hash16 case_id =
      crypto::CaseId(crypto::DigestKey(state.match_key, department), case_ref);
  PersonNo person = kNone;
  for (RecordNo r = state.index.FirstOfCase(case_id); r != kNone;
       r = state.index.record(r).next_of_case) {
    if (!state.index.record(r).attributes.open) continue;
    if (person != kNone) {
      return absl::FailedPreconditionError(
          "the case has several persons; say whose it is");
    }
    person = state.index.record(r).person;
  }
  if (person == kNone) return NoSuchCase();
  return person;
}

// Evaluates the person once more: takes today's participants, or ends what
// nothing keeps open any more.
absl::Status MatchAgain(LoopState& state, Transaction& tx, PersonNo person) {
  const RecordChanges none(state, tx);
  const PersonNo persons[] = {person};
  if (auto matched = MatchPersons(state, tx, none, persons, "");
      !matched.ok()) {
    return tx.Fatal(matched.status());
  }
  return absl::OkStatus();
}

std::vector<RecordNo> OpenRecordsOf(const LoopState& state, PersonNo person,
                                    std::string_view department) {
  std::vector<RecordNo> records;
  for (RecordNo r = state.index.person(person).first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    const RecordAttributes& attributes = state.index.record(r).attributes;
    if (attributes.open &&
        state.departments.id(attributes.department) == department) {
      records.push_back(r);
    }
  }
  return records;
}

}  // namespace

absl::Status NoSuchAlert() {
  return absl::NotFoundError("there is no such alert");
}

absl::StatusOr<PersonNo> FindAlertOwner(const LoopState& state,
                                        std::string_view alert_id) {
  auto id = ParseAlertId(alert_id);
  if (!id.ok()) return NoSuchAlert();
  const PersonNo person = state.index.FindAlertId(*id);
  if (person == kNone) return NoSuchAlert();
  return person;
}

absl::StatusOr<Alert> ChangeAlert(
    LoopState& state, Transaction& tx, PersonNo person,
    const std::function<absl::Status(Alert&)>& step) {
  Alert alert;
  if (absl::Status s = AlertLoader(state, tx).Load(person, alert); !s.ok()) {
    return s;
  }
  if (absl::Status s = step(alert); !s.ok()) return s;
  Stage(state, tx, person, *state.index.FindAlert(person), alert);
  return alert;
}

absl::StatusOr<samkoer::v1::CoordinateResponse> RunCoordinate(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::CoordinateRequest& request) {
  auto person = FindAlertOwner(state, request.alert_id());
  if (!person.ok()) return person.status();
  auto alert = ChangeAlert(state, tx, *person, [&](Alert& changed) {
    StepContext context;
    context.policy = state.policy.get();
    context.birth = GatherPersonFacts(state, *person).birth;
    context.day = state.day;
    context.actor = caller.uri;
    context.now = tx.now();
    return Coordinate(changed, request, context);
  });
  if (!alert.ok()) return alert.status();
  auto leaf =
      LeafOf(state, tx, caller, samkoer::v1::AUDIT_ACTION_COORDINATED, *person);
  leaf.set_detail(CommandName(request));
  tx.AddLeaf(std::move(leaf));
  samkoer::v1::CoordinateResponse response;
  *response.mutable_alert() = *std::move(alert);
  // The contact person may have been all that kept it open.
  if (request.has_end_contact_person() &&
      response.alert().participants().empty()) {
    if (absl::Status s = MatchAgain(state, tx, *person); !s.ok()) return s;
    if (absl::Status s =
            AlertLoader(state, tx).Load(*person, *response.mutable_alert());
        !s.ok()) {
      return tx.Fatal(s);
    }
  }
  return response;
}

absl::StatusOr<samkoer::v1::NominateResponse> RunNominate(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::NominateRequest& request,
    const crypto::Hash16* person_key) {
  // Perhaps it was switched off while this waited.
  if (absl::Status s = state.suspensions->CheckOn(caller.name); !s.ok()) {
    return s;
  }
  auto person =
      PersonOfCase(state, caller.name, request.case_ref(), person_key);
  if (!person.ok()) return person.status();
  const RecordNo record =
      FindOpenCase(state, *person, caller.name, request.case_ref());
  const RecordAttributes& attributes = state.index.record(record).attributes;
  samkoer::v1::Nomination nomination;
  nomination.set_department(caller.name);
  if (const auto number = state.policy->FindDepartment(caller.name);
      number != kUnknownIndex) {
    nomination.set_department_name(state.policy->department(number).name());
  }
  nomination.set_unit(
      state.departments.units(attributes.department)[attributes.unit]);
  nomination.set_case_ref(request.case_ref());
  nomination.set_reason(request.reason());
  *nomination.mutable_time() = ToProto(tx.now());

  Alert alert;
  AlertInfo info;
  const AlertInfo* held = state.index.FindAlert(*person);
  if (held != nullptr) {
    info = *held;
    if (absl::Status s = AlertLoader(state, tx).Load(*person, alert); !s.ok()) {
      return s;
    }
  }
  const bool was_closed = alert.state() == samkoer::v1::ALERT_STATE_CLOSED;
  if (absl::Status s =
          Nominate(alert, std::move(nomination), caller.uri, tx.now());
      !s.ok()) {
    return s;
  }
  if (held == nullptr) {
    info = NewInfo(state);
    alert.set_alert_id(FormatAlertId(info.id));
  }
  Stage(state, tx, *person, std::move(info), alert);
  tx.AddLeaf(
      LeafOf(state, tx, caller, samkoer::v1::AUDIT_ACTION_NOMINATED, *person));
  if (was_closed) {
    if (absl::Status s = MatchAgain(state, tx, *person); !s.ok()) return s;
  }
  samkoer::v1::NominateResponse response;
  *response.mutable_time() = ToProto(tx.now());
  return response;
}

absl::StatusOr<samkoer::v1::AnswerHandoverResponse> RunAnswerHandover(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::AnswerHandoverRequest& request) {
  const absl::Status not_found =
      absl::NotFoundError("the inbox has no such handover");
  auto person = FindAlertOwner(state, request.alert_id());
  if (!person.ok()) return not_found;
  samkoer::v1::AnswerHandoverResponse response;
  *response.mutable_time() = ToProto(tx.now());
  const auto state_asked = request.accepted()
                               ? samkoer::v1::HANDOVER_STATE_ACCEPTED
                               : samkoer::v1::HANDOVER_STATE_REFUSED;
  bool changed = false;
  auto alert = ChangeAlert(state, tx, *person, [&](Alert& a) -> absl::Status {
    // No department learns of other alerts.
    if (!InboxShowedHandover(
            a, caller.name, request.handover_id(),
            !OpenRecordsOf(state, *person, caller.name).empty())) {
      return not_found;
    }
    absl::Status answered =
        AnswerHandover(a, request.handover_id(), state_asked, caller.uri, "",
                       tx.now(), changed);
    if (answered.ok() && !changed) return absl::CancelledError("no change");
    return answered;
  });
  if (absl::IsCancelled(alert.status())) return response;
  if (!alert.ok()) return alert.status();
  auto leaf = LeafOf(state, tx, caller,
                     samkoer::v1::AUDIT_ACTION_HANDOVER_ANSWERED, *person);
  AddCount(leaf, "accepted", request.accepted() ? 1 : 0);
  tx.AddLeaf(std::move(leaf));
  return response;
}

absl::StatusOr<std::vector<std::vector<OwnCase>>> OpenCasesOf(
    LoopState& state, Transaction& tx, std::span<const std::string> alert_ids,
    std::string_view department) {
  const RecordChanges none(state, tx);
  ContentReader contents(none);
  std::vector<std::vector<OwnCase>> own(alert_ids.size());
  for (std::size_t i = 0; i < alert_ids.size(); ++i) {
    const auto person = FindAlertOwner(state, alert_ids[i]);
    if (!person.ok()) continue;
    std::map<std::string, std::string> cases;
    for (const RecordNo r : OpenRecordsOf(state, *person, department)) {
      auto bytes = contents.Get(r);
      if (!bytes.ok()) return bytes.status();
      const std::uint16_t number = state.index.record(r).attributes.department;
      auto record =
          storage::ParseRecordContent(*bytes, state.departments.texts(number));
      if (!record.ok()) return record.status();
      cases.emplace(std::string(record->case_ref),
                    state.departments.units(number)[record->unit]);
    }
    for (auto& [case_ref, unit] : cases) own[i].push_back({case_ref, unit});
  }
  return own;
}

}  // namespace samkoer::matcher
