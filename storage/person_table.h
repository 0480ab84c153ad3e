// Persons, in blocks of up to 64. A block is where a person's data key lies:
// writing the block again without it is what destroys a person.
//
// A person number is block * 64 + slot. Numbers are used again; the data key,
// and with it the subject id, never is.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), count (u8, 1 to 64), then for each person, ascending by
//   slot: slot (u8), person key (16), data key (32)
// The name of the person in the audit log is derived from the data key
// (crypto::SubjectId) and is not kept.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_PERSON_TABLE_H_
#define SAMKOER_STORAGE_PERSON_TABLE_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"
#include "crypto/secret.h"

namespace samkoer::storage {

inline constexpr std::uint32_t kPersonBlockSlots = 64;

struct StoredPerson {
  std::uint8_t slot = 0;
  // crypto::PersonKey: what everything joins on.
  crypto::Hash16 person_key{};
  // Random; seals everything of the person.
  crypto::SealKey data_key;
};

// `persons` ascending by slot, 1 to 64 of them.
crypto::SecretBuffer EncodePersonBlock(std::span<const StoredPerson> persons);

// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<std::vector<StoredPerson>> DecodePersonBlock(
    const crypto::SecretBuffer& plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_PERSON_TABLE_H_
