#include "storage/policy_table.h"

#include "storage/coding.h"
#include "storage/message_bytes.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string PolicyBytes(const samkoer::v1::Policy& policy) {
  return MessageBytes(policy);
}

std::string EncodePolicy(const StoredPolicy& policy) {
  std::string out;
  PutU8(out, kVersion);
  PutString32(out, PolicyBytes(policy.policy));
  PutString32(out, policy.text);
  return out;
}

absl::StatusOr<StoredPolicy> DecodePolicy(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a stored policy has an unknown version; use a newer program");
  }
  StoredPolicy policy;
  const std::string_view message = in.String32();
  policy.text = in.String32();
  if (!in.Done() || !policy.policy.ParseFromArray(
                        message.data(), static_cast<int>(message.size()))) {
    return absl::DataLossError("a stored policy is malformed");
  }
  return policy;
}

}  // namespace samkoer::storage
