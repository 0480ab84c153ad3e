#include "storage/matcher_state.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeMatcherState(const MatcherState& state) {
  std::string out;
  PutU8(out, kVersion);
  PutU32(out, state.epoch);
  PutU32(out, state.policy_version);
  PutString16(out, state.day);
  PutU64(out, state.next_alert);
  PutU64(out, state.next_push);
  PutU64(out, state.feed_sequence);
  PutU64(out, static_cast<std::uint64_t>(state.last_time_micros));
  PutBytes(out, state.pinned_keys);
  return out;
}

absl::StatusOr<MatcherState> DecodeMatcherState(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "the matcher's state has an unknown version; use a newer program");
  }
  MatcherState state;
  state.epoch = in.U32();
  state.policy_version = in.U32();
  state.day = in.String16();
  state.next_alert = in.U64();
  state.next_push = in.U64();
  state.feed_sequence = in.U64();
  state.last_time_micros = static_cast<std::int64_t>(in.U64());
  in.Fill(state.pinned_keys);
  if (!in.Done())
    return absl::DataLossError("the matcher's state is malformed");
  return state;
}

}  // namespace samkoer::storage
