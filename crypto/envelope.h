// Authenticated encryption of values: XChaCha20-Poly1305 (libsodium,
// draft-irtf-cfrg-xchacha) with a random 24-byte nonce.
//
// Does not hide a value's length, nor that a value was replaced by an older one
// sealed under the same key and associated data.
//
// Format of a sealed value: nonce (24) ciphertext (n) tag (16); 40 bytes longer
// than the plaintext.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_ENVELOPE_H_
#define SAMKOER_CRYPTO_ENVELOPE_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

using SealKey = SecretArray<32>;
inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kSealOverheadBytes = 40;

// Random nonces, drawn from the operating system many at a time. Not
// thread-safe: one a thread.
class NonceSource {
 public:
  std::span<const std::uint8_t, kNonceBytes> Next();

 private:
  static constexpr std::size_t kPool = 128;
  std::array<std::uint8_t, kPool * kNonceBytes> pool_;
  std::size_t used_ = kPool;
};

// Appends the sealed value to `out`.
void SealTo(const SealKey& key, Bytes associated_data, Bytes plaintext,
            NonceSource& nonces, std::string& out);

// The sealed value, with a nonce of its own.
std::string Seal(const SealKey& key, Bytes associated_data, Bytes plaintext);

// The plaintext. DATA_LOSS if the value is too short or was not sealed with
// this key and associated data; nothing is returned then.
absl::StatusOr<std::string> Open(const SealKey& key, Bytes associated_data,
                                 Bytes sealed);

// The same into a buffer that is wiped.
absl::StatusOr<SecretBuffer> OpenSecret(const SealKey& key,
                                        Bytes associated_data, Bytes sealed);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_ENVELOPE_H_
