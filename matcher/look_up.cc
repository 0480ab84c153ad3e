#include "matcher/look_up.h"

#include <sodium.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "matcher/alert_store.h"
#include "matcher/held_facts.h"
#include "matcher/pairs.h"
#include "matcher/participant.h"
#include "matcher/record_changes.h"
#include "matcher/retention.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AuditLeaf;
using samkoer::v1::HeldRecord;
using samkoer::v1::LookUpPersonResponse;

// Who was read more often than this needs the whole log, not a list.
constexpr std::size_t kMaxAccesses = 10000;
// Leaves a quarter of the largest message (proto::kMaxMessageBytes) to records
// and alert.
constexpr std::size_t kMaxAccessBytes = std::size_t{3} << 20;

bool IsAccess(samkoer::v1::AuditAction action) {
  switch (action) {
    case samkoer::v1::AUDIT_ACTION_ALERT_STATE_SET:
    case samkoer::v1::AUDIT_ACTION_ALERTS_READ:
    case samkoer::v1::AUDIT_ACTION_FEED_READ:
    case samkoer::v1::AUDIT_ACTION_INBOX_READ:
    case samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP:
    case samkoer::v1::AUDIT_ACTION_COORDINATED:
    case samkoer::v1::AUDIT_ACTION_NOMINATED:
    case samkoer::v1::AUDIT_ACTION_HANDOVER_ANSWERED:
    case samkoer::v1::AUDIT_ACTION_CONFERENCE_CHANGED:
    case samkoer::v1::AUDIT_ACTION_CONFERENCES_READ:
      return true;
    default:
      return false;
  }
}

std::string DayText(const std::optional<Day>& day) {
  return day ? day->ToString() : std::string();
}

void FillWhy(const LoopState& state, const RecordAttributes& attributes,
             HeldRecord& held) {
  const CompiledPolicy& policy = *state.policy;
  const auto department = policy.FindDepartment(held.department());
  if (department != kUnknownIndex) {
    held.set_department_name(policy.department(department).name());
  }
  for (auto& basis :
       LegalBasesFor(policy, department, held.participant().domain(),
                     attributes.birth, state.day.InMonth())) {
    *held.add_legal_bases() = std::move(basis);
  }
  const RetentionPeriods periods(policy.proto().retention());
  held.set_deleted_on(DayText(periods.RecordDueOn(attributes)));
  held.set_kept_months(periods.ClosedCaseMonths(attributes.domain));
}

absl::Status FillHeldRecord(const LoopState& state, ContentReader& contents,
                            RecordNo number, HeldRecord& held) {
  auto bytes = contents.Get(number);
  if (!bytes.ok()) return bytes.status();
  const RecordAttributes& attributes = state.index.record(number).attributes;
  auto content = storage::ParseRecordContent(
      *bytes, state.departments.texts(attributes.department));
  if (!content.ok()) return content.status();
  held.set_department(state.departments.id(attributes.department));
  FillParticipant(state, attributes.department, *content,
                  *held.mutable_participant());
  held.set_status(static_cast<samkoer::v1::CaseStatus>(content->status));
  held.set_closed_month(content->closed_month);
  held.set_birth_month(content->birth_month);
  for (const auto code : content->criteria) {
    held.add_criteria(code.data(), code.size());
  }
  held.mutable_received()->set_seconds(content->times.received);
  if (content->times.changed != 0) {
    held.mutable_changed()->set_seconds(content->times.changed);
  }
  held.set_consent(static_cast<samkoer::v1::Consent>(content->consent));
  held.set_coordinator_exists(content->coordinator_exists);
  if (content->plan_exists || !content->plan_owner_unit.empty() ||
      content->plan_last_review_month != 0) {
    held.mutable_plan()->set_exists(content->plan_exists);
    held.mutable_plan()->set_owner_unit(std::string(content->plan_owner_unit));
    held.mutable_plan()->set_last_review_month(content->plan_last_review_month);
  }
  FillWhy(state, attributes, held);
  return absl::OkStatus();
}

absl::Status FillHeld(LoopState& state, Transaction& tx, PersonNo number,
                      LookUpPersonResponse& answer) {
  const Person& person = state.index.person(number);
  const RecordChanges no_changes(state, tx);
  ContentReader contents(no_changes);
  for (RecordNo r = person.first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    if (absl::Status s =
            FillHeldRecord(state, contents, r, *answer.add_records());
        !s.ok()) {
      return s;
    }
  }
  if (!person.has_alert) return absl::OkStatus();
  if (absl::Status s =
          AlertLoader(state, tx).Load(number, *answer.mutable_alert());
      !s.ok()) {
    return s;
  }
  const RetentionPeriods periods(state.policy->proto().retention());
  answer.set_alert_deleted_on(
      DayText(periods.AlertDueOn(*state.index.FindAlert(number))));
  answer.set_alert_kept_months(periods.LongestEndedAlertMonths());
  return absl::OkStatus();
}

// The alert that ended when two persons turned out to be one.
absl::Status FillMergedAlert(const LoopState& state, Transaction& tx,
                             PersonNo number, LookUpPersonResponse& answer) {
  samkoer::v1::Alert alert;
  if (absl::Status s = AlertLoader(state, tx).Load(number, alert); !s.ok()) {
    return s;
  }
  if (!answer.has_alert()) {
    *answer.mutable_alert() = std::move(alert);
    return absl::OkStatus();
  }
  for (const auto& step : alert.history()) {
    auto& told = *answer.mutable_alert()->add_history() = step;
    told.set_note(step.note().empty() ? alert.alert_id()
                                      : alert.alert_id() + ": " + step.note());
  }
  return absl::OkStatus();
}

absl::StatusOr<AuditLeaf> ReadLeaf(const storage::AuditLog& audit,
                                   const storage::Reader& reader,
                                   std::uint64_t index) {
  AuditLeaf leaf;
  bool parsed = false;
  absl::Status read = audit.ReadLeaves(
      reader, index, index + 1, [&](std::uint64_t, std::string_view bytes) {
        parsed =
            leaf.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
        return true;
      });
  if (!read.ok()) return read;
  if (!parsed) return absl::DataLossError("a leaf of the log is malformed");
  return leaf;
}

samkoer::v1::AccessRecord ToAccess(std::uint64_t index, AuditLeaf&& leaf) {
  samkoer::v1::AccessRecord access;
  access.set_leaf_index(index);
  *access.mutable_time() = leaf.time();
  access.set_actor(leaf.actor());
  access.set_action(samkoer::v1::AuditAction_Name(leaf.action()));
  access.set_reason(leaf.reason());
  access.set_detail(leaf.detail());
  return access;
}

}  // namespace

absl::StatusOr<LookUpPersonResponse> LookUpFacts(
    LoopState& state, Transaction& tx, const Caller& caller,
    const std::string& reason, const crypto::Hash16& person_key,
    std::vector<crypto::Hash16>& merged) {
  LookUpPersonResponse answer;
  answer.set_policy_version(state.policy->proto().version());
  answer.set_objection(state.objections->Contains(person_key));
  // Drawn for everybody, so that nobody's look-up lacks the work.
  crypto::Hash16 subject;
  randombytes_buf(subject.data(), subject.size());
  const PersonNo number = state.index.FindPerson(person_key);
  if (number != kNone) {
    answer.set_known(true);
    subject = state.index.person(number).subject_id();
    if (absl::Status s = FillHeld(state, tx, number, answer); !s.ok()) return s;
  }
  merged.clear();
  for (const PersonNo other :
       MergedInto(state, number != kNone ? state.index.person(number).person_key
                                         : person_key)) {
    if (!state.index.person(other).has_alert) continue;
    answer.set_known(true);
    merged.push_back(state.index.person(other).subject_id());
    if (absl::Status s = FillMergedAlert(state, tx, other, answer); !s.ok()) {
      return s;
    }
  }
  answer.set_subject_id(std::string(crypto::AsText(subject)));
  AuditLeaf leaf = state.MakeLeaf(tx.now(), caller,
                                  samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP);
  leaf.set_reason(reason);
  SetSubjects(leaf, {subject});
  tx.AddLeaf(std::move(leaf));
  return answer;
}

absl::Status FillAccesses(const storage::AuditLog& audit,
                          const storage::Reader& reader,
                          const std::vector<crypto::Hash16>& merged,
                          LookUpPersonResponse& answer) {
  // ALERTS_MATCHED is nobody's access, so the long ones are not searched.
  auto leaves =
      audit.LeafIndicesFor(reader, answer.subject_id(), kMaxAccesses + 1,
                           storage::LongLeaves::kLeaveOut);
  if (!leaves.ok()) return leaves.status();
  for (const crypto::Hash16& subject : merged) {
    auto more =
        audit.LeafIndicesFor(reader, crypto::AsText(subject), kMaxAccesses + 1,
                             storage::LongLeaves::kLeaveOut);
    if (!more.ok()) return more.status();
    leaves->insert(leaves->end(), more->begin(), more->end());
  }
  if (!merged.empty()) {
    std::sort(leaves->begin(), leaves->end());
    leaves->erase(std::unique(leaves->begin(), leaves->end()), leaves->end());
  }
  if (leaves->size() > kMaxAccesses) {
    leaves->erase(leaves->begin(),
                  leaves->end() - static_cast<std::ptrdiff_t>(kMaxAccesses));
    answer.set_accesses_cut(true);
  }
  std::vector<samkoer::v1::AccessRecord> newest_first;
  std::size_t bytes = 0;
  for (auto index = leaves->rbegin(); index != leaves->rend(); ++index) {
    if (*index >= audit.size()) continue;
    auto leaf = ReadLeaf(audit, reader, *index);
    if (!leaf.ok()) return leaf.status();
    if (!IsAccess(leaf->action())) continue;
    auto access = ToAccess(*index, *std::move(leaf));
    bytes += access.ByteSizeLong() + 4;  // its tag and length
    if (bytes > kMaxAccessBytes) {
      answer.set_accesses_cut(true);
      break;
    }
    newest_first.push_back(std::move(access));
  }
  for (auto access = newest_first.rbegin(); access != newest_first.rend();
       ++access) {
    *answer.add_accesses() = std::move(*access);
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
