#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/epochs.h"
#include "matcher/push_commands.h"
#include "matcher/snapshot_diff.h"
#include "proto/limits.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::StoredPush;

absl::Status NewerPush() {
  return absl::AbortedError(
      "a newer push of this department has begun; this one is over");
}

// Whether a push that is not open any more gave way to a newer one.
bool WasOvertaken(const DepartmentPushes& book, std::uint64_t number) {
  return (book.open && book.open->number > number) ||
         (book.committed && book.committed->number > number) ||
         std::any_of(
             book.given_up.begin(), book.given_up.end(),
             [&](const NumberedPush& push) { return push.number >= number; });
}

// Same push id: is it the same push?
bool SamePush(const StoredPush& stored, const PushTicket& ticket) {
  return stored.kind == static_cast<std::uint8_t>(ticket.kind) &&
         stored.epoch == ticket.epoch && stored.day == ticket.day.ToString();
}

absl::Status OtherPush() {
  return absl::AlreadyExistsError(
      "the push id was used with another kind, epoch or day; begin with a new "
      "push id");
}

// About four records a bucket.
std::uint32_t BucketCount(std::uint64_t records) {
  const std::uint64_t wanted =
      std::bit_ceil(std::max<std::uint64_t>(records / 4, 1));
  return static_cast<std::uint32_t>(
      std::min<std::uint64_t>(wanted, proto::kMaxBuckets));
}

void FillReceipt(const StoredPush& push, samkoer::v1::CommitReceipt& receipt) {
  receipt.set_record_count(push.held);
  receipt.set_added(push.added);
  receipt.set_changed(push.changed);
  receipt.set_withdrawn(push.withdrawn);
  *receipt.mutable_time() = ToProto(absl::FromUnixMicros(push.time_micros));
}

void GiveUpOlder(LoopState& state, Transaction& tx, const PushTicket& ticket) {
  const auto& book = state.pushes.of(ticket.department);
  if (!book.open) return;
  auto leaf = state.MakeLeaf(tx.now(), ticket.caller,
                             samkoer::v1::AUDIT_ACTION_PUSH_ABORTED);
  leaf.set_push_id(std::string(crypto::AsText(book.open->stored.push_id)));
  AddCount(leaf, "batches", book.open->batches.size());
  AddCount(leaf, "records", book.open->record_count);
  tx.AddLeaf(std::move(leaf));
  state.pushes.GiveUp(ticket.department, /*remember=*/true, tx, *state.sealer);
}

// Also when a push goes on under another word about shrinking: who lifted the
// guard stands in the log.
void AddBegunLeaf(const LoopState& state, Transaction& tx, bool allow_shrink,
                  const PushTicket& ticket) {
  auto leaf = state.MakeLeaf(tx.now(), ticket.caller,
                             samkoer::v1::AUDIT_ACTION_PUSH_BEGUN);
  leaf.set_push_id(ticket.push_id);
  leaf.set_detail(
      absl::StrCat(ticket.kind == PUSH_KIND_SNAPSHOT ? "snapshot" : "delta",
                   allow_shrink ? ", may shrink" : ""));
  tx.AddLeaf(std::move(leaf));
}

void OpenNew(LoopState& state, Transaction& tx, bool allow_shrink,
             const crypto::Hash16& push_id, PushTicket& ticket) {
  NumberedPush push;
  push.number = state.state.next_push++;
  push.stored.department = ticket.department;
  push.stored.push_id = push_id;
  push.stored.kind = static_cast<std::uint8_t>(ticket.kind);
  push.stored.epoch = ticket.epoch;
  push.stored.day = ticket.day.ToString();
  push.stored.allow_shrink = allow_shrink;
  push.stored.policy_version = state.state.policy_version;
  push.stored.actor = ticket.caller.uri;
  push.stored.actor_certificate = ticket.caller.certificate_sha256;
  push.stored.bucket_count =
      BucketCount(state.index.department_records(ticket.department));
  state.pushes.Open(std::move(push), tx, *state.sealer);
  AddBegunLeaf(state, tx, allow_shrink, ticket);
}

}  // namespace

absl::Status RunBegin(LoopState& state, Transaction& tx, bool allow_shrink,
                      PushTicket& ticket) {
  ticket.policy = state.policy;
  ticket.policy_department = state.policy->FindDepartment(ticket.caller.name);
  const auto department = state.departments.Find(ticket.caller.name);
  if (ticket.policy_department == kUnknownIndex || !department) {
    return absl::PermissionDeniedError("not permitted");
  }
  if (absl::Status s = state.suspensions->CheckOn(ticket.caller.name);
      !s.ok()) {
    return s;
  }
  ticket.department = *department;
  // Perhaps its window has ended since the caller looked.
  if (!state.epochs->empty() &&
      FindLive(*state.epochs, ticket.epoch) == nullptr) {
    return absl::FailedPreconditionError(
        absl::StrCat("epoch ", ticket.epoch,
                     " is not live; fetch the intake info and start again"));
  }
  ticket.objections = state.objections;
  if (std::abs(ticket.day - state.day) > 1) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the push is for ", ticket.day.ToString(), ", the matcher's day is ",
        state.day.ToString(), "; check both machines' clocks"));
  }
  crypto::Hash16 push_id;
  std::copy(ticket.push_id.begin(), ticket.push_id.end(), push_id.begin());

  DepartmentPushes& book = state.pushes.of(*department);
  samkoer::v1::PushBegun& begun = ticket.begun;
  if (book.committed && book.committed->stored.push_id == push_id) {
    if (!SamePush(book.committed->stored, ticket)) return OtherPush();
    ticket.push_number = book.committed->number;
    begun.set_next_batch(book.committed->stored.batch_count);
    begun.set_bucket_count(book.committed->stored.bucket_count);
    begun.set_committed(true);
    FillReceipt(book.committed->stored, ticket.receipt);
    return absl::OkStatus();
  }
  for (const NumberedPush& push : book.given_up) {
    if (push.stored.push_id == push_id) {
      return absl::AbortedError(
          "this push is over: a newer push of this department has begun, or a "
          "new policy or month has withdrawn records that it brought; begin a "
          "new push");
    }
  }
  if (book.open && book.open->stored.push_id == push_id) {
    if (!SamePush(book.open->stored, ticket)) return OtherPush();
    if (allow_shrink != book.open->stored.allow_shrink) {
      book.open->stored.allow_shrink = allow_shrink;
      state.pushes.Update(*book.open, tx, *state.sealer);
      AddBegunLeaf(state, tx, allow_shrink, ticket);
    }
  } else {
    GiveUpOlder(state, tx, ticket);
    OpenNew(state, tx, allow_shrink, push_id, ticket);
  }
  const OpenPush& open = *book.open;
  ticket.push_number = open.number;
  begun.set_next_batch(open.batches.size());
  begun.set_bucket_count(open.stored.bucket_count);
  if (!open.stored.differing.empty()) {
    begun.mutable_difference()->set_differing(open.stored.differing);
  }
  return absl::OkStatus();
}

absl::StatusOr<OpenPush*> FindOpenPush(LoopState& state,
                                       const PushTicket& ticket) {
  if (OpenPush* open =
          state.pushes.FindOpen(ticket.department, ticket.push_number)) {
    return open;
  }
  if (absl::Status s = state.suspensions->CheckOn(ticket.caller.name);
      !s.ok()) {
    return s;
  }
  const DepartmentPushes& book = state.pushes.of(ticket.department);
  if (book.committed && book.committed->number == ticket.push_number) {
    return absl::FailedPreconditionError(
        "the push is committed; begin a new one");
  }
  if (ticket.policy->proto().version() != state.state.policy_version) {
    return absl::UnavailableError(
        "the policy has changed; begin the push again");
  }
  if (WasOvertaken(book, ticket.push_number)) return NewerPush();
  return absl::UnavailableError(
      "the push was given up here; begin it again from its first batch");
}

absl::StatusOr<samkoer::v1::DigestDifference> RunDigests(
    LoopState& state, Transaction& tx, const PushTicket& ticket,
    const samkoer::v1::BucketDigests& digests) {
  auto open = FindOpenPush(state, ticket);
  if (!open.ok()) return open.status();
  StoredPush& push = (*open)->stored;
  if (ticket.kind != PUSH_KIND_SNAPSHOT) {
    return absl::FailedPreconditionError(
        "only a snapshot can send bucket digests");
  }
  if (digests.digests().size() != std::size_t{push.bucket_count} * 16) {
    return absl::InvalidArgumentError(absl::StrCat(
        "digests: ", push.bucket_count, " buckets of 16 bytes are ",
        "expected, ", digests.digests().size(), " bytes came"));
  }
  const crypto::Hash32 hash =
      crypto::Blake2b256(crypto::AsBytes(digests.digests()));
  const std::string_view hash_text = crypto::AsText(hash);
  samkoer::v1::DigestDifference difference;
  if (!push.digests_hash.empty()) {
    if (push.digests_hash != hash_text) {
      return absl::AlreadyExistsError(
          "this push has sent other digests; begin with a new push id");
    }
    difference.set_differing(push.differing);
    return difference;
  }
  if (!(*open)->batches.empty()) {
    return absl::FailedPreconditionError(
        "digests must come before the first batch");
  }
  push.digests_hash = std::string(hash_text);
  push.differing = DifferingBuckets(state, ticket.department, digests.digests(),
                                    push.bucket_count);
  state.pushes.Update(**open, tx, *state.sealer);
  difference.set_differing(push.differing);
  return difference;
}

}  // namespace samkoer::matcher
