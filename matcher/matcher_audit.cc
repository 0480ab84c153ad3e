// The part of the facade that privacy officers and witnesses use.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/alert_store.h"
#include "matcher/core.h"
#include "matcher/matcher.h"
#include "matcher/participant.h"
#include "matcher/record_changes.h"
#include "proto/cpr_shape.h"
#include "proto/limits.h"
#include "proto/plain_text.h"
#include "storage/record_content.h"

namespace samkoer::matcher {
namespace {

constexpr std::uint64_t kMaxPageLeaves = 1000;
constexpr std::size_t kMaxPageBytes = std::size_t{1} << 20;
// Leaves searched for accesses: a person who was read more often than this
// needs the whole log, not a list.
constexpr std::size_t kMaxAccesses = 10000;

absl::Status CheckReason(const std::string& reason) {
  if (reason.empty() || reason.size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError("reason: must have 1 to 500 bytes");
  }
  if (!proto::IsPlainText(reason)) {
    return absl::InvalidArgumentError("reason: must be UTF-8 text");
  }
  if (proto::LooksLikeCprNumber(reason)) {
    return absl::InvalidArgumentError(
        "reason: holds something like a CPR number; write it without");
  }
  return absl::OkStatus();
}

bool IsAccess(samkoer::v1::AuditAction action) {
  switch (action) {
    case samkoer::v1::AUDIT_ACTION_ALERT_STATE_SET:
    case samkoer::v1::AUDIT_ACTION_ALERTS_READ:
    case samkoer::v1::AUDIT_ACTION_FEED_READ:
    case samkoer::v1::AUDIT_ACTION_INBOX_READ:
    case samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP:
      return true;
    default:
      return false;
  }
}

absl::Status FillHeldRecord(const LoopState& state, ContentReader& contents,
                            RecordNo number, samkoer::v1::HeldRecord& held) {
  auto bytes = contents.Get(number);
  if (!bytes.ok()) return bytes.status();
  auto content = storage::ParseRecordContent(*bytes);
  if (!content.ok()) return content.status();
  const std::uint16_t department =
      state.index.record(number).attributes.department;
  held.set_department(state.departments.id(department));
  FillParticipant(state, department, *content, *held.mutable_participant());
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
  return absl::OkStatus();
}

// What the loop knows of the person, logged in the same command.
absl::StatusOr<samkoer::v1::LookUpPersonResponse> Collect(
    LoopState& state, Transaction& tx, const Caller& caller,
    const std::string& reason, const crypto::Hash16& person_key) {
  samkoer::v1::LookUpPersonResponse response;
  auto leaf = state.MakeLeaf(tx.now(), caller,
                             samkoer::v1::AUDIT_ACTION_PERSON_LOOKED_UP);
  leaf.set_reason(reason);
  const PersonNo number = state.index.FindPerson(person_key);
  AddCount(leaf, "known", number == kNone ? 0 : 1);
  if (number != kNone) {
    const Person& person = state.index.person(number);
    SetSubjects(leaf, {person.subject_id});
    response.set_known(true);
    response.set_subject_id(std::string(crypto::AsText(person.subject_id)));
    const RecordChanges no_changes(state, tx);
    ContentReader contents(no_changes);
    for (RecordNo r = person.first_record; r != kNone;
         r = state.index.record(r).next_of_person) {
      if (absl::Status s =
              FillHeldRecord(state, contents, r, *response.add_records());
          !s.ok()) {
        return s;
      }
    }
    if (person.has_alert) {
      if (absl::Status s =
              AlertLoader(state, tx).Load(number, *response.mutable_alert());
          !s.ok()) {
        return s;
      }
    }
  }
  tx.AddLeaf(std::move(leaf));
  return response;
}

}  // namespace

absl::StatusOr<samkoer::v1::GetCheckpointResponse> Matcher::GetCheckpoint() {
  samkoer::v1::GetCheckpointResponse response;
  response.set_signed_note(core_->options().audit->SignedCheckpoint());
  return response;
}

absl::Status Matcher::ReadLeaves(
    const Caller& caller, const samkoer::v1::ReadLeavesRequest& request,
    const std::function<bool(const samkoer::v1::LeafBatch&)>& sink) {
  const storage::AuditLog& audit = *core_->options().audit;
  const std::uint64_t size = audit.size();
  const std::uint64_t start = request.start();
  const std::uint64_t end = request.end() == 0 ? size : request.end();
  if (start > end || end > size) {
    return absl::OutOfRangeError(absl::StrCat("leaves ", start, " to ", end,
                                              " are not all in the log, ",
                                              "which has ", size));
  }
  if (absl::Status s = core_->Log(caller, samkoer::v1::AUDIT_ACTION_LOG_READ,
                                  [&](samkoer::v1::AuditLeaf& leaf) {
                                    AddCount(leaf, "start", start);
                                    AddCount(leaf, "end", end);
                                  });
      !s.ok()) {
    return s;
  }
  // A client may read slowly, and an open scan holds on to what the engine
  // would throw away: so every page is a scan of its own.
  for (std::uint64_t next = start; next < end;) {
    samkoer::v1::LeafBatch page;
    page.set_start(next);
    std::size_t bytes = 0;
    if (absl::Status s = audit.ReadLeaves(
            *core_->options().engine, next,
            std::min<std::uint64_t>(end, next + kMaxPageLeaves),
            [&](std::uint64_t, std::string_view leaf) {
              bytes += leaf.size();
              page.add_leaves(leaf.data(), leaf.size());
              return bytes < kMaxPageBytes;
            });
        !s.ok()) {
      return s;
    }
    next += static_cast<std::uint64_t>(page.leaves_size());
    if (!sink(page)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<samkoer::v1::GetConsistencyProofResponse>
Matcher::ConsistencyProof(
    const Caller& caller,
    const samkoer::v1::GetConsistencyProofRequest& request) {
  auto proof = core_->options().audit->ConsistencyProof(
      *core_->options().engine, request.first_size(), request.second_size());
  if (!proof.ok()) return proof.status();
  if (absl::Status s =
          core_->Log(caller, samkoer::v1::AUDIT_ACTION_LOG_READ,
                     [&](samkoer::v1::AuditLeaf& leaf) {
                       leaf.set_detail("consistency proof");
                       AddCount(leaf, "first_size", request.first_size());
                       AddCount(leaf, "second_size", request.second_size());
                     });
      !s.ok()) {
    return s;
  }
  samkoer::v1::GetConsistencyProofResponse response;
  for (const crypto::Hash32& hash : *proof) {
    response.add_hashes(hash.data(), hash.size());
  }
  return response;
}

absl::StatusOr<samkoer::v1::GetInclusionProofResponse> Matcher::InclusionProof(
    const Caller& caller,
    const samkoer::v1::GetInclusionProofRequest& request) {
  auto proof = core_->options().audit->InclusionProof(
      *core_->options().engine, request.index(), request.tree_size());
  if (!proof.ok()) return proof.status();
  if (absl::Status s = core_->Log(caller, samkoer::v1::AUDIT_ACTION_LOG_READ,
                                  [&](samkoer::v1::AuditLeaf& leaf) {
                                    leaf.set_detail("inclusion proof");
                                    AddCount(leaf, "index", request.index());
                                    AddCount(leaf, "tree_size",
                                             request.tree_size());
                                  });
      !s.ok()) {
    return s;
  }
  samkoer::v1::GetInclusionProofResponse response;
  for (const crypto::Hash32& hash : *proof) {
    response.add_hashes(hash.data(), hash.size());
  }
  return response;
}

absl::StatusOr<samkoer::v1::LookUpPersonResponse> Matcher::LookUpPerson(
    const Caller& caller, const samkoer::v1::LookUpPersonRequest& request) {
  if (absl::Status s = CheckReason(request.reason()); !s.ok()) return s;
  if (request.pseudonym().size() != proto::kPseudonymBytes) {
    return absl::InvalidArgumentError("pseudonym: must have 64 bytes");
  }
  const PinnedOprfKey& key = core_->oprf_key();
  if (request.epoch() != key.epoch) {
    return absl::FailedPreconditionError(absl::StrCat(
        "epoch ", request.epoch(), " is not live, epoch ", key.epoch, " is"));
  }
  if (request.self_test() != key.self_test) {
    return absl::FailedPreconditionError(
        "the self-test differs from the pinned one; client and matcher do not "
        "work with the same key or algorithm");
  }
  const crypto::Hash16 person_key = crypto::PersonKey(
      core_->options().match_key, core_->Read().policy->proto().purpose(),
      key.epoch, crypto::AsBytes(request.pseudonym()));
  using Response = samkoer::v1::LookUpPersonResponse;
  auto response = core_->Call<Response>([&](LoopState& state, Transaction& tx) {
    return Collect(state, tx, caller, request.reason(), person_key);
  });
  if (!response.ok() || !response->known()) return response;

  const storage::AuditLog& audit = *core_->options().audit;
  const auto snapshot = core_->options().engine->Snapshot();
  auto leaves =
      audit.LeafIndicesFor(*snapshot, response->subject_id(), kMaxAccesses + 1);
  if (!leaves.ok()) return leaves.status();
  if (leaves->size() > kMaxAccesses) {
    leaves->erase(leaves->begin());
    response->set_accesses_cut(true);
  }
  for (const std::uint64_t index : *leaves) {
    if (index >= audit.size()) continue;
    samkoer::v1::AuditLeaf leaf;
    bool parsed = false;
    if (absl::Status s = audit.ReadLeaves(
            *snapshot, index, index + 1,
            [&](std::uint64_t, std::string_view bytes) {
              parsed = leaf.ParseFromArray(bytes.data(),
                                           static_cast<int>(bytes.size()));
              return true;
            });
        !s.ok()) {
      return s;
    }
    if (!parsed) return absl::DataLossError("a leaf of the log is malformed");
    if (!IsAccess(leaf.action())) continue;
    samkoer::v1::AccessRecord* access = response->add_accesses();
    access->set_leaf_index(index);
    *access->mutable_time() = leaf.time();
    access->set_actor(leaf.actor());
    access->set_action(samkoer::v1::AuditAction_Name(leaf.action()));
    access->set_reason(leaf.reason());
  }
  return response;
}

}  // namespace samkoer::matcher
