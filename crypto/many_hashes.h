// Case ids, fingerprints and person keys (keyed_hash.h) of many things at once:
// the same values, four at a time in the lanes of one processor's vector unit
// (AVX2), several times as fast. A push is mostly hashing.
//
// Without AVX2, and for a message alone, libsodium makes them one by one.
//
// Thread safety: const methods may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_MANY_HASHES_H_
#define SAMKOER_CRYPTO_MANY_HASHES_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "crypto/keyed_hash.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

class ManyHashes {
 public:
  // As the functions of keyed_hash.h; their conditions hold.
  static ManyHashes CaseIds(const HashKey& digest_key);
  static ManyHashes Fingerprints(const HashKey& digest_key);
  static ManyHashes PersonKeys(const HashKey& match_key,
                               std::string_view purpose, std::uint32_t epoch);

  // Wipes what it knows of the key.
  ~ManyHashes();
  ManyHashes(const ManyHashes&) = default;
  ManyHashes& operator=(const ManyHashes&) = delete;

  // The hash of each message, in order. Both spans have the same length.
  void Hash(std::span<const std::string_view> messages,
            std::span<Hash16> hashes) const;

  // How many are made at a time here: 4 or 1.
  static unsigned Lanes();

 private:
  friend class ManyHashesTest;
  // `digest_bytes`: BLAKE2b's own, 16 to 64; hashes are its first 16 bytes.
  // `prefix` stands before every message; one that is empty or longer than 127
  // bytes is left to libsodium.
  ManyHashes(const HashKey& key, std::size_t digest_bytes, std::string prefix);
  void HashOne(std::string_view message, Hash16& hash) const;

  HashKey key_;
  std::size_t digest_bytes_;
  std::string prefix_;
  bool in_lanes_;
  // BLAKE2b's state after the block that holds the key.
  std::array<std::uint64_t, 8> keyed_{};
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_MANY_HASHES_H_
