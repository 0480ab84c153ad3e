// The policies that have been in force, by version.
//
// Plaintext, version 1 (integers little-endian; texts as u32 length, bytes):
//   version (u8 = 1), samkoer.v1.Policy (text), the file's text (text)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_POLICY_TABLE_H_
#define SAMKOER_STORAGE_POLICY_TABLE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "samkoer/v1/policy.pb.h"

namespace samkoer::storage {

struct StoredPolicy {
  samkoer::v1::Policy policy;
  // The policy as the municipality wrote it.
  std::string text;
};

std::string EncodePolicy(const StoredPolicy& policy);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredPolicy> DecodePolicy(std::string_view plaintext);

// The message's bytes, the same for equal messages of this program.
std::string PolicyBytes(const samkoer::v1::Policy& policy);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_POLICY_TABLE_H_
