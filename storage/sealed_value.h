// The outer sealing of values, under the key-encryption key (KEK), which is
// kept outside the store: a store or a backup without it is noise.
//
// Format of a sealed value:
//   version (u8, 1), generation of the KEK (u32 LE),
//   nonce (24), ciphertext, tag (16)
// 45 bytes longer than the plaintext. Associated data: the five header bytes
// and the full store key, whose first byte is the table's tag; so a value that
// was moved to another key does not open. Does not show that a value was
// replaced by an older one of the same key; the audit log's root and the
// checkpoint outside show that the store as a whole is old.
#ifndef SAMKOER_STORAGE_SEALED_VALUE_H_
#define SAMKOER_STORAGE_SEALED_VALUE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/envelope.h"

namespace samkoer::storage {

inline constexpr std::size_t kSealedValueOverheadBytes =
    5 + crypto::kSealOverheadBytes;

// The keys can be replaced while others seal and open: each value is sealed and
// opened with the keys of one moment.
//
// Thread safety: all methods may be called from many threads at once.
class ValueSealer {
 public:
  // INVALID_ARGUMENT unless `keys` holds `current_generation`.
  static absl::StatusOr<ValueSealer> Create(
      std::map<std::uint32_t, crypto::SealKey> keys,
      std::uint32_t current_generation);

  // Seals under the current generation. `store_key` is the full key.
  std::string Seal(std::string_view store_key, crypto::Bytes plaintext) const;
  std::string Seal(std::string_view store_key,
                   std::string_view plaintext) const {
    return Seal(store_key, crypto::AsBytes(plaintext));
  }

  // The plaintext.
  //  * DATA_LOSS: too short, changed, or sealed for another key of the store.
  //  * FAILED_PRECONDITION: an unknown version, or a generation whose key is
  //    not here (the message says which).
  absl::StatusOr<std::string> Open(std::string_view store_key,
                                   std::string_view value) const;
  // The same into a buffer that is wiped.
  absl::StatusOr<crypto::SecretBuffer> OpenSecret(std::string_view store_key,
                                                  std::string_view value) const;

  // Seals and opens with other keys from now on; those that are not among them
  // are wiped when the last call that uses them has ended. INVALID_ARGUMENT as
  // Create.
  absl::Status Replace(std::map<std::uint32_t, crypto::SealKey> keys,
                       std::uint32_t current_generation);
  // The value sealed under the current generation; none if it is so already.
  // Errors of Open.
  absl::StatusOr<std::optional<std::string>> Reseal(
      std::string_view store_key, std::string_view value) const;

  std::uint32_t current_generation() const { return Now()->current; }
  // Whether this key is the one of that generation here. Constant time.
  bool Holds(std::uint32_t generation, const crypto::SealKey& key) const;
  // Which generation a value was sealed under; FAILED_PRECONDITION or DATA_LOSS
  // as Open.
  static absl::StatusOr<std::uint32_t> GenerationOf(std::string_view store_key,
                                                    std::string_view value);

 private:
  struct Keys {
    std::map<std::uint32_t, crypto::SealKey> by_generation;
    std::uint32_t current = 0;
  };
  struct Slot {
    std::mutex mutex;
    std::shared_ptr<const Keys> keys;  // under mutex
  };

  ValueSealer() : slot_(std::make_unique<Slot>()) {}
  std::shared_ptr<const Keys> Now() const;
  // Keeps the keys of the moment for as long as it is held.
  absl::StatusOr<std::shared_ptr<const crypto::SealKey>> KeyFor(
      std::string_view store_key, std::string_view value) const;

  std::unique_ptr<Slot> slot_;  // so that the sealer can be moved
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_SEALED_VALUE_H_
