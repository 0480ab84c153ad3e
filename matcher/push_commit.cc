#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/case_limit.h"
#include "matcher/epochs.h"
#include "matcher/match_step.h"
#include "matcher/objection_epochs.h"
#include "matcher/pairs.h"
#include "matcher/push_commands.h"
#include "matcher/record_changes.h"
#include "matcher/retention.h"
#include "matcher/same_content.h"
#include "matcher/snapshot_diff.h"
#include "storage/failpoint.h"

namespace samkoer::matcher {
namespace {

using storage::PushPhase;
using storage::StoredPush;

samkoer::v1::CommitReceipt Receipt(const StoredPush& push) {
  samkoer::v1::CommitReceipt receipt;
  receipt.set_record_count(push.held);
  receipt.set_added(push.added);
  receipt.set_changed(push.changed);
  receipt.set_withdrawn(push.withdrawn);
  *receipt.mutable_time() = ToProto(absl::FromUnixMicros(push.time_micros));
  return receipt;
}

// Does the commit speak of the push that `stored` is?
absl::Status CheckCommit(std::uint64_t batches, std::uint64_t records,
                         const crypto::Hash32& digest,
                         const samkoer::v1::PushCommit& commit) {
  if (commit.batch_count() != batches) {
    return absl::FailedPreconditionError(
        absl::StrCat("batch_count: the commit says ", commit.batch_count(),
                     ", received were ", batches));
  }
  if (commit.record_count() != records) {
    return absl::FailedPreconditionError(
        absl::StrCat("record_count: the commit says ", commit.record_count(),
                     ", received were ", records));
  }
  if (commit.digest() != crypto::AsText(digest)) {
    return absl::FailedPreconditionError(
        "digest: the commit's differs from that of the batches received");
  }
  return absl::OkStatus();
}

absl::Status CheckShrink(const LoopState& state, const StoredPush& push,
                         std::uint64_t withdrawn) {
  const std::uint64_t held = state.index.department_records(push.department);
  const std::uint64_t limit = state.policy->proto().shrink_limit_percent();
  if (push.allow_shrink || withdrawn * 100 <= held * limit) {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "the snapshot would remove ", withdrawn, " of the ", held,
      " records held of this department, more than the ", limit,
      " percent the policy allows; if the export is complete, push it with "
      "--allow-shrink"));
}

// Closes the push in the book, with its leaf.
void CloseOpenPush(LoopState& state, Transaction& tx, const OpenPush& push,
                   const ChangeCounts& counts) {
  StoredPush receipt = push.stored;
  receipt.batch_count = push.batches.size();
  receipt.record_count = push.record_count;
  receipt.digest = push.Digest();
  receipt.held = state.index.department_records(push.stored.department);
  receipt.added = counts.added;
  receipt.changed = counts.changed;
  receipt.withdrawn = counts.withdrawn;
  receipt.time_micros = ToMicros(tx.now());
  receipt.digests_hash.clear();
  receipt.differing.clear();

  auto leaf = state.MakeLeaf(tx.now(), receipt.actor, receipt.actor_certificate,
                             samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED);
  leaf.set_push_id(std::string(crypto::AsText(receipt.push_id)));
  leaf.set_digest(std::string(crypto::AsText(receipt.digest)));
  AddCount(leaf, "held", receipt.held);
  AddCount(leaf, "added", receipt.added);
  AddCount(leaf, "changed", receipt.changed);
  AddCount(leaf, "withdrawn", receipt.withdrawn);
  AddRetentionFigures(
      leaf,
      DueUnder(RetentionPeriods(state.policy->proto().retention()),
               state.index),
      state.day);
  tx.AddLeaf(std::move(leaf));
  state.pushes.Commit(push.stored.department, std::move(receipt), tx,
                      *state.sealer);
}

// The one place where a snapshot comes in force. Errors are fatal.
absl::Status ApplySnapshot(LoopState& state, Transaction& tx,
                           const OpenPush& push, StagedSnapshot& snapshot,
                           SnapshotDiff diff) {
  const std::uint32_t epoch = push.stored.epoch;
  PairCounts counts;
  std::vector<crypto::Hash16> carried;
  if (absl::Status s = CarryObjections(state, tx, push.stored.department, epoch,
                                       snapshot.carries, counts, carried);
      !s.ok()) {
    return s;
  }
  if (!carried.empty()) LeaveOut(snapshot, carried);
  RecordChanges changes(state, tx, PersonEpoch(*state.epochs, epoch));
  Pairs pairs(state, changes, epoch);
  if (snapshot.has_pairs || !carried.empty()) {
    for (const storage::StagedRecord& record : snapshot.records) {
      if (absl::Status s = pairs.Apply(record); !s.ok()) return s;
    }
    auto again = DiffSnapshot(state, push, snapshot, PairsState::kApplied);
    if (!again.ok()) return again.status();
    diff = *std::move(again);
  }
  state.index.Reserve(diff.new_persons_at_most, diff.new_records);
  auto same = FindSameContents(state, changes, snapshot.records, diff.existing);
  if (!same.ok()) return same.status();
  for (const RecordNo record : diff.withdrawn) changes.Withdraw(record);
  for (std::size_t i = 0; i < snapshot.records.size(); ++i) {
    if (i + Index::kRecordsAhead < snapshot.records.size()) {
      const storage::StagedRecord& ahead =
          snapshot.records[i + Index::kRecordsAhead];
      state.index.Prefetch(ahead.case_id, ahead.person_key);
      state.index.PrefetchChange(push.stored.department, ahead.case_id,
                                 diff.persons[i + Index::kRecordsAhead]);
    }
    if (absl::Status s =
            changes.Upsert(push.stored.department, snapshot.records[i],
                           diff.existing[i], diff.persons[i], (*same)[i] != 0);
        !s.ok()) {
      return s;
    }
  }
  if (absl::Status s = pairs.Finish(); !s.ok()) return s;
  const std::string push_id(crypto::AsText(push.stored.push_id));
  AddRekeyedLeaf(state, tx, push.stored.actor, push.stored.actor_certificate,
                 push_id, Sum(counts, pairs.counts()));
  auto matched = FinishChanges(state, tx, changes, push_id);
  if (!matched.ok()) return matched.status();
  CloseOpenPush(state, tx, push, changes.counts());
  return absl::OkStatus();
}

// A delta's records are in force already; objections wait for the commit.
absl::Status CarryOfDelta(LoopState& state, Transaction& tx,
                          const OpenPush& push) {
  // Before the first rotation there are no pairs.
  if (state.epochs->size() < 2) return absl::OkStatus();
  auto staged = LoadStagedSnapshot(state, tx, push);
  if (!staged.ok()) return staged.status();
  if (staged->carries.empty()) return absl::OkStatus();
  if (absl::Status s = tx.WriteNow(); !s.ok()) return s;
  PairCounts counts;
  std::vector<crypto::Hash16> carried;
  if (absl::Status s =
          CarryObjections(state, tx, push.stored.department, push.stored.epoch,
                          staged->carries, counts, carried);
      !s.ok()) {
    return s;
  }
  AddRekeyedLeaf(state, tx, push.stored.actor, push.stored.actor_certificate,
                 crypto::AsText(push.stored.push_id), counts);
  return absl::OkStatus();
}

absl::Status CommitSnapshot(LoopState& state, Transaction& tx, OpenPush& push,
                            std::optional<StagedSnapshot> ahead) {
  absl::StatusOr<StagedSnapshot> snapshot =
      ahead && IsReceipted(*ahead, push) ? *std::move(ahead)
                                         : LoadStagedSnapshot(state, tx, push);
  if (!snapshot.ok()) return tx.Fatal(snapshot.status());
  auto diff = DiffSnapshot(state, push, *snapshot, PairsState::kToCome);
  if (!diff.ok()) return diff.status();
  if (absl::Status s = CheckShrink(state, push.stored, diff->withdrawn.size());
      !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckSnapshotCases(state, push, *snapshot, *diff);
      !s.ok()) {
    return s;
  }
  SAMKOER_FAILPOINT("commit.before-intent");
  push.stored.phase = PushPhase::kIntent;
  push.stored.batch_count = push.batches.size();
  push.stored.record_count = push.record_count;
  push.stored.digest = push.Digest();
  state.pushes.Update(push, tx, *state.sealer);
  // The intent is durable before the push is, whenever that may be; the commit
  // of the department before need not be for this one to go on.
  absl::Status intent =
      tx.WriteInOrder([] { SAMKOER_FAILPOINT("commit.after-intent"); });
  if (!intent.ok()) return tx.Fatal(intent);
  if (absl::Status s =
          ApplySnapshot(state, tx, push, *snapshot, *std::move(diff));
      !s.ok()) {
    return tx.Fatal(s);
  }
  // By now it mostly is; and so no more than one large group is in memory
  // beside this one.
  if (absl::Status s = tx.Settle(); !s.ok()) return tx.Fatal(s);
  SAMKOER_FAILPOINT("commit.applied");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<samkoer::v1::CommitReceipt> RunCommit(
    LoopState& state, Transaction& tx, const PushTicket& ticket,
    const samkoer::v1::PushCommit& commit, TakeAhead take_ahead) {
  const DepartmentPushes& book = state.pushes.of(ticket.department);
  if (book.committed && book.committed->number == ticket.push_number) {
    const StoredPush& push = book.committed->stored;
    if (absl::Status s = CheckCommit(push.batch_count, push.record_count,
                                     push.digest, commit);
        !s.ok()) {
      return s;
    }
    return Receipt(push);
  }
  auto open = FindOpenPush(state, ticket);
  if (!open.ok()) return open.status();
  OpenPush& push = **open;
  if (absl::Status s = CheckCommit(push.batches.size(), push.record_count,
                                   push.Digest(), commit);
      !s.ok()) {
    return s;
  }
  if (ticket.kind == samkoer::v1::PUSH_KIND_SNAPSHOT) {
    absl::Status s = CommitSnapshot(state, tx, push, take_ahead());
    if (!s.ok()) return s;
  } else {
    if (absl::Status s = CarryOfDelta(state, tx, push); !s.ok()) {
      return tx.Fatal(s);
    }
    const ChangeCounts counts{push.stored.added, push.stored.changed,
                              push.stored.withdrawn};
    CloseOpenPush(state, tx, push, counts);
  }
  return Receipt(state.pushes.of(ticket.department).committed->stored);
}

absl::Status RollForward(LoopState& state, Transaction& tx,
                         std::uint16_t department) {
  DepartmentPushes& book = state.pushes.of(department);
  if (!book.open || book.open->stored.phase != PushPhase::kIntent) {
    return absl::OkStatus();
  }
  SAMKOER_FAILPOINT("rollforward.before");
  OpenPush& push = *book.open;
  auto snapshot = LoadStagedSnapshot(state, tx, push);
  if (!snapshot.ok()) return tx.Fatal(snapshot.status());
  if (push.Digest() != push.stored.digest ||
      push.batches.size() != push.stored.batch_count) {
    return tx.Fatal(absl::DataLossError(
        "batches of a push that must be carried through are missing"));
  }
  auto diff = DiffSnapshot(state, push, *snapshot, PairsState::kToCome);
  if (!diff.ok()) return tx.Fatal(diff.status());
  if (absl::Status s =
          ApplySnapshot(state, tx, push, *snapshot, *std::move(diff));
      !s.ok()) {
    return tx.Fatal(s);
  }
  return absl::OkStatus();
}

}  // namespace samkoer::matcher
