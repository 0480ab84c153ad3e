// Persons, in blocks of up to 64. A block is where a person's data key lies:
// writing the block again without it is what destroys a person.
//
// A person number is block * 64 + slot. Numbers are used again; the data key,
// and with it the subject id, never is.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), count (u8, 1 to 64), then for each person, ascending by
//   slot: slot (u8), person key (16), data key (32)
// Version 2, written once one of the block's persons has been touched by a
// rotation of the pseudonyms' key: the slot's byte has bit 6 set if a pair has
// named the person, and bit 7 if a previous person key follows; after it comes
// the epoch of the person key (u16; 0: the store's first), and after the data
// key the previous person key (16), if there is one.
// The name of the person in the audit log is derived from the data key
// (crypto::SubjectId) and is not kept.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_PERSON_TABLE_H_
#define SAMKOER_STORAGE_PERSON_TABLE_H_

#include <cstdint>
#include <optional>
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
  // Of which epoch the person key is; 0: the store's first.
  std::uint16_t epoch = 0;
  // A pair of pseudonyms has named the person in this epoch.
  bool paired = false;
  // The person's key under the epoch before, while its window is open.
  std::optional<crypto::Hash16> previous_key;
};

// `persons` ascending by slot, 1 to 64 of them. Version 1 if it can say all.
crypto::SecretBuffer EncodePersonBlock(std::span<const StoredPerson> persons);

// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<std::vector<StoredPerson>> DecodePersonBlock(
    const crypto::SecretBuffer& plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_PERSON_TABLE_H_
