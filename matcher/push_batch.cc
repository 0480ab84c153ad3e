#include <algorithm>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "matcher/case_limit.h"
#include "matcher/epochs.h"
#include "matcher/match_step.h"
#include "matcher/notices.h"
#include "matcher/pairs.h"
#include "matcher/push_commands.h"
#include "matcher/record_changes.h"
#include "matcher/same_content.h"
#include "proto/limits.h"
#include "storage/key_layout.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {
namespace {

samkoer::v1::BatchReceipt Receipt(std::uint64_t number,
                                  const OpenPush::Batch& batch) {
  samkoer::v1::BatchReceipt receipt;
  receipt.set_number(number);
  receipt.set_record_count(batch.records);
  receipt.set_digest(std::string(crypto::AsText(batch.digest)));
  return receipt;
}

// Replacing what an earlier batch of the same push said of a case would
// withdraw the persons that the earlier batch named, and nobody would notice.
absl::Status CheckCasesAreNew(
    const OpenPush& push, const PreparedBatch& batch,
    const std::vector<storage::StagedRecord>& records) {
  const auto check = [&](const crypto::Hash16& case_id, absl::string_view what,
                         std::size_t index,
                         absl::string_view field) -> absl::Status {
    const auto found = push.mentioned.find(case_id);
    if (found == push.mentioned.end()) return absl::OkStatus();
    return absl::InvalidArgumentError(absl::StrCat(
        "batch ", batch.number, ", ", what, " ", index, ", field ", field,
        ": batch ", found->second,
        " of this push speaks of the same case; put all that a push says of a "
        "case reference into one batch, and begin a new push"));
  };
  auto objected = batch.objected.begin();
  for (std::uint32_t i = 0, n = 0; i < batch.record_count; ++i) {
    const bool left_out =
        objected != batch.objected.end() && objected->record == i;
    const crypto::Hash16& case_id =
        left_out ? (objected++)->case_id : records[n++].case_id;
    if (absl::Status s = check(case_id, "record", i, "case_ref"); !s.ok()) {
      return s;
    }
  }
  for (std::size_t i = 0; i < batch.withdrawn.size(); ++i) {
    if (absl::Status s = check(batch.withdrawn[i], "withdrawn reference", i,
                               "withdrawn_case_refs");
        !s.ok()) {
      return s;
    }
  }
  return absl::OkStatus();
}

// The cases that the batch states or withdraws, each once.
std::vector<crypto::Hash16> MentionedCases(
    const PreparedBatch& batch,
    const std::vector<storage::StagedRecord>& records) {
  std::vector<crypto::Hash16> cases = batch.withdrawn;
  for (const storage::StagedRecord& record : records) {
    cases.push_back(record.case_id);
  }
  for (const auto& objected : batch.objected) {
    cases.push_back(objected.case_id);
  }
  std::sort(cases.begin(), cases.end());
  cases.erase(std::unique(cases.begin(), cases.end()), cases.end());
  return cases;
}

// Brings a delta's records in force: for every case it states, what it states
// replaces all that was known; withdrawn cases lose all their records.
absl::Status ApplyDelta(LoopState& state, Transaction& tx,
                        const PushTicket& ticket, const PreparedBatch& batch,
                        const std::vector<storage::StagedRecord>& records,
                        ChangeCounts& counts) {
  const Index& index = state.index;
  RecordChanges changes(state, tx, PersonEpoch(*state.epochs, ticket.epoch));
  Pairs pairs(state, changes, ticket.epoch);
  for (const storage::StagedRecord& record : records) {
    if (absl::Status s = pairs.Apply(record); !s.ok()) return s;
  }

  absl::flat_hash_map<crypto::Hash16, std::vector<PersonNo>> stated;
  for (const storage::StagedRecord& record : records) {
    stated[record.case_id].push_back(index.FindPerson(record.person_key));
  }
  // Their cases are stated, too, with whoever else stands in them.
  for (const auto& objected : batch.objected) stated[objected.case_id];
  std::vector<RecordNo> unmentioned;
  for (const auto& [case_id, persons] : stated) {
    for (RecordNo r = index.FirstOfCase(case_id); r != kNone;
         r = index.record(r).next_of_case) {
      if (std::find(persons.begin(), persons.end(), index.record(r).person) ==
          persons.end()) {
        unmentioned.push_back(r);
      }
    }
  }
  for (const crypto::Hash16& case_id : batch.withdrawn) {
    for (RecordNo r = index.FirstOfCase(case_id); r != kNone;
         r = index.record(r).next_of_case) {
      unmentioned.push_back(r);
    }
  }
  // The same reference may be withdrawn twice in a batch.
  std::sort(unmentioned.begin(), unmentioned.end());
  unmentioned.erase(std::unique(unmentioned.begin(), unmentioned.end()),
                    unmentioned.end());

  std::vector<RecordNo> existing;
  for (const storage::StagedRecord& record : records) {
    const PersonNo person = index.FindPerson(record.person_key);
    existing.push_back(
        person == kNone ? kNone : index.FindRecord(record.case_id, person));
  }
  auto same = FindSameContents(state, changes, records, existing);
  if (!same.ok()) return same.status();
  for (const RecordNo record : unmentioned) changes.Withdraw(record);
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (absl::Status s = changes.Upsert(
            ticket.department, records[i], existing[i],
            index.FindPerson(records[i].person_key), (*same)[i] != 0);
        !s.ok()) {
      return s;
    }
  }
  if (absl::Status s = pairs.Finish(); !s.ok()) return s;
  AddRekeyedLeaf(state, tx, ticket.caller.uri, ticket.caller.certificate_sha256,
                 ticket.push_id, pairs.counts());
  auto matched = FinishChanges(state, tx, changes, ticket.push_id);
  if (!matched.ok()) return matched.status();
  counts = changes.counts();
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<samkoer::v1::BatchReceipt> RunBatch(LoopState& state,
                                                   Transaction& tx,
                                                   const PushTicket& ticket,
                                                   PreparedBatch batch) {
  auto open = FindOpenPush(state, ticket);
  if (!open.ok()) return open.status();
  OpenPush& push = **open;
  if (batch.number > push.batches.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch ", batch.number, " came where batch ",
                     push.batches.size(), " was expected"));
  }
  if (batch.number >= proto::kMaxPushBatches) {
    return absl::InvalidArgumentError(
        absl::StrCat("batch ", batch.number, ": a push holds at most ",
                     proto::kMaxPushBatches, " batches; fill them"));
  }
  const OpenPush::Batch summary{batch.digest, batch.record_count};
  if (batch.number < push.batches.size()) {
    if (push.batches[batch.number].digest != batch.digest) {
      return absl::AlreadyExistsError(
          absl::StrCat("batch ", batch.number,
                       " was received with other contents; begin a new push"));
    }
    return Receipt(batch.number, push.batches[batch.number]);
  }

  const bool is_delta = ticket.kind == samkoer::v1::PUSH_KIND_DELTA;
  std::vector<storage::StagedRecord> records;
  std::vector<crypto::Hash16> mentioned;
  if (is_delta) {
    auto head = storage::DecodeStagedBatch(batch.staged, records);
    if (!head.ok()) return head.status();
    if (absl::Status s = CheckCasesAreNew(push, batch, records); !s.ok()) {
      return s;
    }
    if (push.mentioned.size() + batch.record_count + batch.withdrawn.size() >
        proto::kMaxDeltaCases) {
      return absl::FailedPreconditionError(
          absl::StrCat("batch ", batch.number, ": a delta speaks of at most ",
                       proto::kMaxDeltaCases, " cases; push a snapshot"));
    }
    mentioned = MentionedCases(batch, records);
    if (absl::Status s = CheckDeltaCases(state, ticket.department, batch,
                                         records, mentioned);
        !s.ok()) {
      return s;
    }
  }

  auto leaf = state.MakeLeaf(tx.now(), ticket.caller,
                             samkoer::v1::AUDIT_ACTION_BATCH_STORED);
  leaf.set_push_id(ticket.push_id);
  leaf.set_digest(std::string(crypto::AsText(batch.digest)));
  AddCount(leaf, "records", batch.record_count);
  if (!batch.objected.empty()) {
    AddCount(leaf, "objected", batch.objected.size());
  }
  std::string key = storage::StagedBatchKey(ticket.push_number, batch.number);
  std::string value;
  if (!is_delta) {
    // Sealed on another thread, perhaps before the key-encryption key changed.
    auto again = state.sealer->Reseal(key, batch.staged);
    if (!again.ok()) {
      return absl::UnavailableError(
          "the store's keys changed while the batch was on its way; send it "
          "again");
    }
    value = again->has_value() ? **std::move(again) : std::move(batch.staged);
  } else {
    ChangeCounts counts;
    if (absl::Status s = ApplyDelta(state, tx, ticket, batch, records, counts);
        !s.ok()) {
      return tx.Fatal(s);
    }
    push.stored.added += counts.added;
    push.stored.changed += counts.changed;
    push.stored.withdrawn += counts.withdrawn;
    AddCount(leaf, "added", counts.added);
    AddCount(leaf, "changed", counts.changed);
    AddCount(leaf, "withdrawn", counts.withdrawn);
    storage::StagedBatchHead head;
    head.digest = batch.digest;
    head.record_count = batch.record_count;
    head.added = static_cast<std::uint32_t>(counts.added);
    head.changed = static_cast<std::uint32_t>(counts.changed);
    head.withdrawn = static_cast<std::uint32_t>(counts.withdrawn);
    head.mentioned = std::move(mentioned);
    for (const crypto::Hash16& case_id : head.mentioned) {
      push.mentioned.emplace(case_id, static_cast<std::uint32_t>(batch.number));
    }
    std::string plaintext;
    storage::PutStagedBatchHead(plaintext, head);
    storage::PutStagedCarries(plaintext, batch.carries);
    value = state.sealer->Seal(key, plaintext);
  }
  for (const auto& objected : batch.objected) {
    if (absl::Status s =
            NoteObjectedCase(state, tx, ticket.department, objected.case_ref);
        !s.ok()) {
      return tx.Fatal(s);
    }
  }
  tx.writes().Put(std::move(key), std::move(value));
  tx.AddLeaf(std::move(leaf));
  push.batches.push_back(summary);
  push.record_count += batch.record_count;
  return Receipt(batch.number, summary);
}

}  // namespace samkoer::matcher
