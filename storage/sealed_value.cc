#include "storage/sealed_value.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 5;

// Errors name the table only: that is enough to know where, and never too much.
std::string TableName(std::string_view store_key) {
  const auto table = TableOf(store_key);
  return table ? absl::StrCat("table '",
                              std::string(1, static_cast<char>(*table)), "'")
               : "an unknown table";
}

std::string AssociatedData(std::string_view header, std::string_view key) {
  std::string data(header);
  data.append(key);
  return data;
}

absl::Status DamagedError(std::string_view store_key) {
  return absl::DataLossError(absl::StrCat(
      "a value of ", TableName(store_key),
      " does not open: it is damaged, was moved, or was sealed with another "
      "key; check that this keyring belongs to this store"));
}

}  // namespace

absl::StatusOr<ValueSealer> ValueSealer::Create(
    std::map<std::uint32_t, crypto::SealKey> keys,
    std::uint32_t current_generation) {
  ValueSealer sealer;
  const absl::Status status =
      sealer.Replace(std::move(keys), current_generation);
  if (!status.ok()) return status;
  return sealer;
}

absl::Status ValueSealer::Replace(std::map<std::uint32_t, crypto::SealKey> keys,
                                  std::uint32_t current_generation) {
  if (!keys.contains(current_generation)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the current key-encryption key, generation ",
                     current_generation, ", is not among the keys"));
  }
  std::shared_ptr<const Keys> next =
      std::make_shared<const Keys>(Keys{std::move(keys), current_generation});
  const std::lock_guard lock(slot_->mutex);
  slot_->keys.swap(next);
  return absl::OkStatus();
}

std::shared_ptr<const ValueSealer::Keys> ValueSealer::Now() const {
  const std::lock_guard lock(slot_->mutex);
  return slot_->keys;
}

bool ValueSealer::Holds(std::uint32_t generation,
                        const crypto::SealKey& key) const {
  const auto keys = Now();
  const auto found = keys->by_generation.find(generation);
  return found != keys->by_generation.end() && found->second == key;
}

std::string ValueSealer::Seal(std::string_view store_key,
                              crypto::Bytes plaintext) const {
  thread_local crypto::NonceSource nonces;
  const auto keys = Now();
  std::string value;
  value.reserve(plaintext.size() + kSealedValueOverheadBytes);
  PutU8(value, kVersion);
  PutU32(value, keys->current);
  const std::string associated = AssociatedData(value, store_key);
  crypto::SealTo(keys->by_generation.at(keys->current),
                 crypto::AsBytes(associated), plaintext, nonces, value);
  return value;
}

absl::StatusOr<std::uint32_t> ValueSealer::GenerationOf(
    std::string_view store_key, std::string_view value) {
  ByteReader reader(value);
  const std::uint8_t version = reader.U8();
  if (reader.ok() && version != kVersion) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a value of ", TableName(store_key), " has format version ", version,
        ", which this program does not know; run the version that wrote it"));
  }
  const std::uint32_t generation = reader.U32();
  if (!reader.ok() || reader.remaining() < crypto::kSealOverheadBytes) {
    return absl::DataLossError(
        absl::StrCat("a value of ", TableName(store_key), " is truncated"));
  }
  return generation;
}

absl::StatusOr<std::shared_ptr<const crypto::SealKey>> ValueSealer::KeyFor(
    std::string_view store_key, std::string_view value) const {
  const auto generation = GenerationOf(store_key, value);
  if (!generation.ok()) return generation.status();
  const auto keys = Now();
  const auto key = keys->by_generation.find(*generation);
  if (key == keys->by_generation.end()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "a value of ", TableName(store_key),
        " is sealed with the key-encryption key of generation ", *generation,
        ", which the keyring does not have; use the keyring that holds it"));
  }
  return std::shared_ptr<const crypto::SealKey>(keys, &key->second);
}

absl::StatusOr<std::string> ValueSealer::Open(std::string_view store_key,
                                              std::string_view value) const {
  const auto key = KeyFor(store_key, value);
  if (!key.ok()) return key.status();
  const std::string associated =
      AssociatedData(value.substr(0, kHeaderBytes), store_key);
  auto plaintext = crypto::Open(**key, crypto::AsBytes(associated),
                                crypto::AsBytes(value.substr(kHeaderBytes)));
  if (!plaintext.ok()) return DamagedError(store_key);
  return plaintext;
}

absl::StatusOr<crypto::SecretBuffer> ValueSealer::OpenSecret(
    std::string_view store_key, std::string_view value) const {
  const auto key = KeyFor(store_key, value);
  if (!key.ok()) return key.status();
  const std::string associated =
      AssociatedData(value.substr(0, kHeaderBytes), store_key);
  auto plaintext =
      crypto::OpenSecret(**key, crypto::AsBytes(associated),
                         crypto::AsBytes(value.substr(kHeaderBytes)));
  if (!plaintext.ok()) return DamagedError(store_key);
  return plaintext;
}

absl::StatusOr<std::optional<std::string>> ValueSealer::Reseal(
    std::string_view store_key, std::string_view value) const {
  const auto generation = GenerationOf(store_key, value);
  if (!generation.ok()) return generation.status();
  if (*generation == current_generation()) return std::nullopt;
  const auto plaintext = OpenSecret(store_key, value);
  if (!plaintext.ok()) return plaintext.status();
  return Seal(store_key, plaintext->Expose());
}

}  // namespace samkoer::storage
