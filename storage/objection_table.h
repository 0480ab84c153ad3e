// Objections: the persons of whom nothing is taken in. The key holds a keyed
// hash of the person key (key_layout.h, ObjectionKey), which tells nothing
// without the store's index key; a CPR number is nowhere.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), since when (i64, microseconds since 1970)
// Version 2 goes on with the hash (16) in the key of the same person's
// objection under the epoch before. Version 3, which is written now, is:
// version, since when, epoch of the person key (u32), 1 or 0 (u8): does that
// hash follow, the hash (16).
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
  // When it was registered, or last registered again.
  std::int64_t since_micros = 0;
  std::optional<crypto::Hash16> before = std::nullopt;
  // Of the person key; 0: an older program did not note it.
  std::uint32_t epoch = 0;
};

std::string EncodeObjection(const StoredObjection& objection);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredObjection> DecodeObjection(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_OBJECTION_TABLE_H_
