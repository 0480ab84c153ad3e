#include "storage/policy_table.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

void PutText32(std::string& out, std::string_view text) {
  PutU32(out, static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

}  // namespace

std::string PolicyBytes(const samkoer::v1::Policy& policy) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    policy.SerializeToCodedStream(&coded);
  }
  return bytes;
}

std::string EncodePolicy(const StoredPolicy& policy) {
  std::string out;
  PutU8(out, kVersion);
  PutText32(out, PolicyBytes(policy.policy));
  PutText32(out, policy.text);
  return out;
}

absl::StatusOr<StoredPolicy> DecodePolicy(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a stored policy has an unknown version; use a newer program");
  }
  StoredPolicy policy;
  const std::string_view message = in.Text(in.U32());
  policy.text = in.Text(in.U32());
  if (!in.Done() || !policy.policy.ParseFromArray(
                        message.data(), static_cast<int>(message.size()))) {
    return absl::DataLossError("a stored policy is malformed");
  }
  return policy;
}

}  // namespace samkoer::storage
