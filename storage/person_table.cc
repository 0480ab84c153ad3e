#include "storage/person_table.h"

#include <cstring>

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kEntryBytes = 1 + 16 + 32;

}  // namespace

crypto::SecretBuffer EncodePersonBlock(std::span<const StoredPerson> persons) {
  // Not by appending: a growing string would leave copies of keys behind.
  crypto::SecretBuffer out(2 + persons.size() * kEntryBytes);
  std::uint8_t* at = out.ExposeMutable().data();
  *at++ = kVersion;
  *at++ = static_cast<std::uint8_t>(persons.size());
  for (const StoredPerson& person : persons) {
    *at++ = person.slot;
    std::memcpy(at, person.person_key.data(), 16);
    std::memcpy(at + 16, person.data_key.Expose().data(), 32);
    at += kEntryBytes - 1;
  }
  return out;
}

absl::StatusOr<std::vector<StoredPerson>> DecodePersonBlock(
    const crypto::SecretBuffer& plaintext) {
  ByteReader in(plaintext.Expose());
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a person block has an unknown version; use a newer program");
  }
  const unsigned count = in.U8();
  if (count == 0 || in.remaining() != count * kEntryBytes) {
    return absl::DataLossError("a person block is malformed");
  }
  std::vector<StoredPerson> persons(count);
  int last_slot = -1;
  for (StoredPerson& person : persons) {
    person.slot = in.U8();
    in.Fill(person.person_key);
    in.Fill(person.data_key.ExposeMutable());
    if (person.slot >= kPersonBlockSlots || person.slot <= last_slot) {
      return absl::DataLossError("a person block is malformed");
    }
    last_slot = person.slot;
  }
  return persons;
}

}  // namespace samkoer::storage
