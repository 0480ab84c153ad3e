#include "storage/push_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

bool HasCommit(PushPhase phase) {
  return phase == PushPhase::kIntent || phase == PushPhase::kCommitted;
}

}  // namespace

std::string EncodePush(const StoredPush& push) {
  std::string out;
  PutU8(out, kVersion);
  PutU16(out, push.department);
  PutBytes(out, push.push_id);
  PutU8(out, static_cast<std::uint8_t>(push.phase));
  PutU8(out, push.kind);
  PutU32(out, push.epoch);
  PutString16(out, push.day);
  PutU8(out, push.allow_shrink ? 1 : 0);
  PutU32(out, push.policy_version);
  PutString16(out, push.actor);
  PutString16(out, push.actor_certificate);
  PutU32(out, push.bucket_count);
  PutString16(out, push.digests_hash);
  PutString16(out, push.differing);
  if (HasCommit(push.phase)) {
    PutU64(out, push.batch_count);
    PutU64(out, push.record_count);
    PutBytes(out, push.digest);
    PutU64(out, push.held);
    PutU64(out, push.added);
    PutU64(out, push.changed);
    PutU64(out, push.withdrawn);
    PutU64(out, static_cast<std::uint64_t>(push.time_micros));
  }
  return out;
}

absl::StatusOr<StoredPush> DecodePush(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a stored push has an unknown version; use a newer program");
  }
  StoredPush push;
  push.department = in.U16();
  in.Fill(push.push_id);
  const std::uint8_t phase = in.U8();
  push.phase = static_cast<PushPhase>(phase);
  push.kind = in.U8();
  push.epoch = in.U32();
  push.day = in.String16();
  push.allow_shrink = in.U8() != 0;
  push.policy_version = in.U32();
  push.actor = in.String16();
  push.actor_certificate = in.String16();
  push.bucket_count = in.U32();
  push.digests_hash = in.String16();
  push.differing = in.String16();
  if (HasCommit(push.phase)) {
    push.batch_count = in.U64();
    push.record_count = in.U64();
    in.Fill(push.digest);
    push.held = in.U64();
    push.added = in.U64();
    push.changed = in.U64();
    push.withdrawn = in.U64();
    push.time_micros = static_cast<std::int64_t>(in.U64());
  }
  if (!in.Done() || phase < 1 || phase > 4) {
    return absl::DataLossError("a stored push is malformed");
  }
  return push;
}

}  // namespace samkoer::storage
