#include "matcher/erase.h"

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "matcher/alert_deletion.h"
#include "matcher/epochs.h"
#include "matcher/match_step.h"
#include "matcher/notices.h"
#include "matcher/objection_epochs.h"
#include "matcher/pairs.h"
#include "matcher/record_changes.h"
#include "storage/failpoint.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

struct HeldCase {
  RecordNo record = kNone;
  std::uint16_t department = 0;
  std::string case_ref;
};

absl::StatusOr<std::vector<HeldCase>> CasesOf(const LoopState& state,
                                              const RecordChanges& changes,
                                              PersonNo person) {
  std::vector<HeldCase> cases;
  ContentReader contents(changes);
  for (RecordNo r = state.index.person(person).first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    auto bytes = contents.Get(r);
    if (!bytes.ok()) return bytes.status();
    const std::uint16_t department =
        state.index.record(r).attributes.department;
    auto content = storage::ParseRecordContent(
        *bytes, state.departments.texts(department));
    if (!content.ok()) return content.status();
    cases.push_back({r, department, std::string(content->case_ref)});
  }
  return cases;
}

// Everything that is held of a known person.
absl::Status EraseKnown(LoopState& state, Transaction& tx,
                        const storage::AuditLog& audit, RecordChanges& changes,
                        const std::vector<PersonNo>& persons,
                        const std::vector<HeldCase>& cases,
                        std::uint64_t& alerts) {
  std::vector<crypto::Hash16> subjects, keys;
  std::vector<PersonNo> with_alert;
  for (const PersonNo person : persons) {
    subjects.push_back(state.index.person(person).subject_id());
    keys.push_back(state.index.person(person).person_key);
    if (state.index.person(person).has_alert) with_alert.push_back(person);
  }
  alerts = with_alert.size();
  if (absl::Status s = DeleteAlerts(state, tx, with_alert,
                                    samkoer::v1::TOMBSTONE_CAUSE_ERASURE);
      !s.ok()) {
    return s;
  }
  for (const HeldCase& held : cases) changes.Withdraw(held.record);
  for (const PersonNo person : persons) changes.Touch(person);
  // Evaluated, the person has neither records nor an alert, and goes.
  auto matched = FinishChanges(state, tx, changes, /*push_id=*/"");
  if (!matched.ok()) return matched.status();
  for (const crypto::Hash16& key : keys) {
    if (state.index.FindPerson(key) != kNone) {
      return absl::InternalError("an erased person is still in the index");
    }
  }
  for (const crypto::Hash16& subject : subjects) {
    absl::Status deleted = audit.SubjectIndexKeys(
        *state.store, crypto::AsText(subject),
        [&](std::string_view key) { tx.writes().Delete(std::string(key)); });
    if (!deleted.ok()) return deleted;
  }
  return absl::OkStatus();
}

// The keys under which the person may be sent, now and while the epoch before
// is taken.
std::vector<crypto::Hash16> KeysOf(const LoopState& state, PersonNo person,
                                   const crypto::Hash16& asked) {
  std::vector<crypto::Hash16> keys = {asked};
  if (person == kNone) return keys;
  keys = {state.index.person(person).person_key};
  if (const auto* previous = state.index.PreviousKey(person)) {
    keys.push_back(*previous);
  }
  return keys;
}

// The index that the next leaf of the transaction will have.
std::uint64_t NextLeaf(Transaction& tx, const storage::AuditLog& audit) {
  return audit.staged_size() + tx.leaves().size();
}

}  // namespace

absl::StatusOr<Erased> EraseHolder(LoopState& state, Transaction& tx,
                                   const storage::AuditLog& audit,
                                   const crypto::Hash16& person_key,
                                   samkoer::v1::NoticeKind kind) {
  RecordChanges changes(state, tx);
  const PersonNo person = state.index.FindPerson(person_key);
  std::vector<PersonNo> persons = MergedInto(
      state,
      person == kNone ? person_key : state.index.person(person).person_key);
  std::vector<HeldCase> cases;
  if (person != kNone) {
    persons.push_back(person);
    auto found = CasesOf(state, changes, person);
    if (!found.ok()) return found.status();
    cases = *std::move(found);
  }
  Erased erased;
  if (persons.empty()) return erased;
  if (absl::Status s =
          EraseKnown(state, tx, audit, changes, persons, cases, erased.alerts);
      !s.ok()) {
    return tx.Fatal(s);
  }
  std::set<std::uint16_t> departments;
  for (const HeldCase& held : cases) {
    departments.insert(held.department);
    PutNotice(state, tx, held.department, held.case_ref, kind);
  }
  erased.records = cases.size();
  erased.departments = static_cast<std::uint32_t>(departments.size());
  return erased;
}

absl::StatusOr<samkoer::v1::ErasePersonResponse> RunErase(
    LoopState& state, Transaction& tx, const storage::AuditLog& audit,
    const Caller& caller, const samkoer::v1::ErasePersonRequest& request,
    const crypto::Hash16& person_key) {
  // The feed and the log's index are read from the store.
  if (absl::Status s = tx.WriteNow(); !s.ok()) return tx.Fatal(s);
  const std::vector<crypto::Hash16> keys =
      KeysOf(state, state.index.FindPerson(person_key), person_key);
  auto erased =
      EraseHolder(state, tx, audit, person_key,
                  request.objection() ? samkoer::v1::NOTICE_KIND_OBJECTION
                                      : samkoer::v1::NOTICE_KIND_ERASED);
  if (!erased.ok()) return erased.status();
  const std::uint64_t given_up = state.pushes.GiveUpAll(tx, *state.sealer);
  if (request.objection()) {
    if (keys.size() > 1) {
      const std::uint32_t newest = state.epochs->back().epoch;
      const auto* before = EpochBefore(*state.epochs, newest);
      RegisterObjectionUnder(state, tx, keys.back(),
                             before != nullptr ? before->epoch : newest);
      RegisterObjectionUnder(state, tx, keys.front(), newest, keys.back());
    } else {
      RegisterObjectionUnder(state, tx, keys.front(), request.epoch());
    }
  }

  samkoer::v1::ErasePersonResponse response;
  response.set_records(erased->records);
  response.set_alerts(erased->alerts);
  response.set_departments(erased->departments);
  response.set_leaf_index(NextLeaf(tx, audit));
  auto leaf =
      state.MakeLeaf(tx.now(), caller, samkoer::v1::AUDIT_ACTION_PERSON_ERASED);
  leaf.set_reason(request.reason());
  AddCount(leaf, "records", response.records());
  AddCount(leaf, "alerts", response.alerts());
  AddCount(leaf, "departments", response.departments());
  AddCount(leaf, "objection", request.objection() ? 1 : 0);
  AddCount(leaf, "pushes_given_up", given_up);
  tx.AddLeaf(std::move(leaf));
  SAMKOER_FAILPOINT("erase.before-write");
  return response;
}

absl::StatusOr<samkoer::v1::LiftObjectionResponse> RunLiftObjection(
    LoopState& state, Transaction& tx, const storage::AuditLog& audit,
    const Caller& caller, const samkoer::v1::LiftObjectionRequest& request,
    const crypto::Hash16& person_key) {
  samkoer::v1::LiftObjectionResponse response;
  response.set_lifted(LiftObjection(state, tx, person_key));
  response.set_leaf_index(NextLeaf(tx, audit));
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_OBJECTION_LIFTED);
  leaf.set_reason(request.reason());
  AddCount(leaf, "lifted", response.lifted() ? 1 : 0);
  tx.AddLeaf(std::move(leaf));
  return response;
}

}  // namespace samkoer::matcher
