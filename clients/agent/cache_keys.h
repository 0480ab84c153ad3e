// The keys of the pseudonym cache: a random root, sealed under a passphrase in
// "cache.key" of the state directory, and what is derived from it.
#ifndef SAMKOER_CLIENTS_AGENT_CACHE_KEYS_H_
#define SAMKOER_CLIENTS_AGENT_CACHE_KEYS_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"
#include "crypto/sealed_file.h"
#include "crypto/secret.h"

namespace samkoer::agent {

// The label of the sealed file.
inline constexpr std::string_view kCacheKeyLabel = "agent-cache-key";

// crypto_kdf (BLAKE2b) of the root with context "smk-agnt": number 1 seals,
// number 2 indexes.
struct CacheKeys {
  crypto::SealKey seal;
  crypto::HashKey index;

  static CacheKeys Derive(const crypto::SecretArray<32>& root);
};

// BLAKE2b-128 keyed with `keys.index`: under what an input is found. Without
// the key it cannot be tested against a CPR number.
crypto::Hash16 CacheIndex(const CacheKeys& keys, std::string_view input);

// Opens `path`, or makes it with a new random root. UNAUTHENTICATED (with a
// hint) for a wrong passphrase; else as crypto::ReadSealedFile.
absl::StatusOr<CacheKeys> OpenCacheKeys(const std::string& path,
                                        const crypto::SecretBuffer& passphrase,
                                        crypto::SealStrength strength);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CACHE_KEYS_H_
