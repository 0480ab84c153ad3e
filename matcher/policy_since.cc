#include "matcher/policy_since.h"

#include <string>
#include <utility>

#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::matcher {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

void PutPolicySince(const LoopState& state, Transaction& tx) {
  std::string value;
  storage::PutU8(value, kVersion);
  storage::PutU32(value, state.state.policy_version);
  storage::PutU64(value, static_cast<std::uint64_t>(ToMicros(tx.now())));
  std::string key = storage::MetaKey(kPolicySinceWord);
  std::string sealed = state.sealer->Seal(key, value);
  tx.writes().Put(std::move(key), std::move(sealed));
}

absl::StatusOr<std::optional<absl::Time>> LoadPolicySince(
    const LoopState& state, const Transaction& tx) {
  const std::string key = storage::MetaKey(kPolicySinceWord);
  auto sealed = tx.writes().Get(key);
  if (absl::IsNotFound(sealed.status())) return std::nullopt;
  if (!sealed.ok()) return sealed.status();
  auto plaintext = state.sealer->Open(key, *sealed);
  if (!plaintext.ok()) return plaintext.status();
  storage::ByteReader in(*plaintext);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "the note of the policy's beginning has an unknown version; use a "
        "newer program");
  }
  const std::uint32_t policy = in.U32();
  const auto micros = static_cast<std::int64_t>(in.U64());
  if (!in.Done()) {
    return absl::DataLossError("the note of the policy's beginning is damaged");
  }
  if (policy != state.state.policy_version) return std::nullopt;
  return absl::FromUnixMicros(micros);
}

}  // namespace samkoer::matcher
