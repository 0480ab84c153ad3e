#include "storage/person_table.h"

#include <algorithm>
#include <cstring>

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kPlainVersion = 1;
constexpr std::uint8_t kEpochVersion = 2;
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kPlainBytes = 1 + kKeyBytes + 32;
constexpr std::size_t kEpochBytes = kPlainBytes + 2;
constexpr std::uint8_t kPaired = 1u << 6;
constexpr std::uint8_t kHasPrevious = 1u << 7;

bool NeedsEpochs(const StoredPerson& person) {
  return person.epoch != 0 || person.paired || person.previous_key.has_value();
}

// The bytes must be written in place.
class Writer {
 public:
  explicit Writer(std::uint8_t* at) : at_(at) {}
  void Byte(unsigned value) { *at_++ = static_cast<std::uint8_t>(value); }
  void Bytes(std::span<const std::uint8_t> bytes) {
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }

 private:
  std::uint8_t* at_;
};

}  // namespace

crypto::SecretBuffer EncodePersonBlock(std::span<const StoredPerson> persons) {
  const bool epochs = std::any_of(persons.begin(), persons.end(), NeedsEpochs);
  std::size_t size = 2 + persons.size() * (epochs ? kEpochBytes : kPlainBytes);
  for (const StoredPerson& person : persons) {
    if (person.previous_key) size += kKeyBytes;
  }
  // Not by appending: a growing string would leave copies of keys behind.
  crypto::SecretBuffer out(size);
  Writer writer(out.ExposeMutable().data());
  writer.Byte(epochs ? kEpochVersion : kPlainVersion);
  writer.Byte(static_cast<unsigned>(persons.size()));
  for (const StoredPerson& person : persons) {
    writer.Byte(person.slot | (person.paired ? kPaired : 0u) |
                (person.previous_key ? kHasPrevious : 0u));
    if (epochs) {
      writer.Byte(person.epoch & 0xffu);
      writer.Byte(person.epoch >> 8u);
    }
    writer.Bytes(person.person_key);
    writer.Bytes(person.data_key.Expose());
    if (person.previous_key) writer.Bytes(*person.previous_key);
  }
  return out;
}

absl::StatusOr<std::vector<StoredPerson>> DecodePersonBlock(
    const crypto::SecretBuffer& plaintext) {
  ByteReader in(plaintext.Expose());
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kPlainVersion && version != kEpochVersion) {
    return absl::FailedPreconditionError(
        "a person block has an unknown version; use a newer program");
  }
  const unsigned count = in.U8();
  if (count == 0 || count > kPersonBlockSlots ||
      in.remaining() < count * kPlainBytes) {
    return absl::DataLossError("a person block is malformed");
  }
  std::vector<StoredPerson> persons(count);
  int last_slot = -1;
  for (StoredPerson& person : persons) {
    person.slot = in.U8();
    bool has_previous = false;
    if (version == kEpochVersion) {
      person.paired = (person.slot & kPaired) != 0;
      has_previous = (person.slot & kHasPrevious) != 0;
      person.slot &= kPaired - 1;
      person.epoch = in.U16();
    }
    in.Fill(person.person_key);
    in.Fill(person.data_key.ExposeMutable());
    if (has_previous) in.Fill(person.previous_key.emplace());
    if (!in.ok() || person.slot >= kPersonBlockSlots ||
        person.slot <= last_slot) {
      return absl::DataLossError("a person block is malformed");
    }
    last_slot = person.slot;
  }
  if (!in.Done()) return absl::DataLossError("a person block is malformed");
  return persons;
}

}  // namespace samkoer::storage
