// Objections: the persons of whom nothing is taken in. The key holds a keyed
// hash of the person key (key_layout.h, ObjectionKey), which tells nothing
// without the store's index key; a CPR number is nowhere.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), since when (i64, microseconds since 1970)
// Version 2 goes on with the hash (16) in the key of the same person's
// objection under the epoch before, which ends with this one.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_OBJECTION_TABLE_H_
#define SAMKOER_STORAGE_OBJECTION_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

// The label of IndexHash under which a person key stands in the key.
inline constexpr std::string_view kObjectionLabel = "objection";

struct StoredObjection {
  std::int64_t since_micros = 0;
  std::optional<crypto::Hash16> before = std::nullopt;
};

std::string EncodeObjection(const StoredObjection& objection);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredObjection> DecodeObjection(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_OBJECTION_TABLE_H_
