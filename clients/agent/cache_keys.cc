#include "clients/agent/cache_keys.h"

#include <sodium.h>

#include "absl/status/status.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

constexpr char kContext[crypto_kdf_CONTEXTBYTES + 1] = "smk-agnt";
static_assert(crypto_kdf_KEYBYTES == 32);

}  // namespace

CacheKeys CacheKeys::Derive(const crypto::SecretArray<32>& root) {
  CacheKeys keys;
  crypto_kdf_derive_from_key(keys.seal.ExposeMutable().data(), 32, 1, kContext,
                             root.Expose().data());
  crypto_kdf_derive_from_key(keys.index.ExposeMutable().data(), 32, 2, kContext,
                             root.Expose().data());
  return keys;
}

crypto::Hash16 CacheIndex(const CacheKeys& keys, std::string_view input) {
  crypto::Hash16 index;
  const auto key = keys.index.Expose();
  const crypto::Bytes bytes = crypto::AsBytes(input);
  crypto_generichash(index.data(), index.size(), bytes.data(), bytes.size(),
                     key.data(), key.size());
  return index;
}

absl::StatusOr<CacheKeys> OpenCacheKeys(const std::string& path,
                                        const crypto::SecretBuffer& passphrase,
                                        crypto::SealStrength strength) {
  auto stored = crypto::ReadSealedFile(path, kCacheKeyLabel, passphrase);
  if (stored.ok() && stored->size() == 32) {
    return CacheKeys::Derive(
        crypto::SecretArray<32>(stored->Expose().first<32>()));
  }
  if (stored.ok()) {
    return absl::DataLossError(clients::Cat(path, " holds no cache key"));
  }
  if (absl::IsUnauthenticated(stored.status())) {
    return clients::WithHint(
        stored.status(),
        "is cache_passphrase right? If it is lost, `samkoer-agent cache clear` "
        "starts a new cache, which costs quota");
  }
  if (!absl::IsNotFound(stored.status())) return stored.status();
  const auto root = crypto::SecretArray<32>::Random();
  absl::Status written =
      crypto::WriteSealedFile(path, kCacheKeyLabel, passphrase, root.Expose(),
                              strength, /*replace=*/false);
  if (!written.ok()) return written;
  return CacheKeys::Derive(root);
}

}  // namespace samkoer::agent
