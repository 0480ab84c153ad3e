// Authenticated encryption of values: XChaCha20-Poly1305 (libsodium,
// draft-irtf-cfrg-xchacha) with a random 24-byte nonce.
//
// Does not hide a value's length, nor that a value was replaced by an older one
// sealed under the same key and associated data.
//
// Format of a sealed value, 40 bytes longer than the plaintext:
//   nonce (24) ciphertext (n) tag (16)
//
// SealAt and OpenAt take a nonce that the caller knows, and store none: 16
// bytes longer than the plaintext.
//
// The associated data is not stored: whoever opens must know it. Give the place
// the value belongs to (table and key), so that a value moved elsewhere does
// not open.
//
// Thread safety: all functions may be called from many threads at once, each
// with a NonceSource of its own.
#ifndef SAMKOER_CRYPTO_ENVELOPE_H_
#define SAMKOER_CRYPTO_ENVELOPE_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

using SealKey = SecretArray<32>;
inline constexpr std::size_t kNonceBytes = 24;
inline constexpr std::size_t kSealOverheadBytes = 40;
inline constexpr std::size_t kTagBytes = 16;

// Random nonces, drawn from the operating system many at a time, as one system
// call a value would cost more than the sealing. 24 random bytes do not repeat
// in practice, so no counter is kept. Not thread-safe: one a thread. Not to be
// used on both sides of a fork.
class NonceSource {
 public:
  NonceSource() = default;
  // A copy would hand out the same nonces again.
  NonceSource(const NonceSource&) = delete;
  NonceSource& operator=(const NonceSource&) = delete;

  // A nonce never given before; the span is valid until the next call.
  std::span<const std::uint8_t, kNonceBytes> Next();

 private:
  static constexpr std::size_t kPool = 128;
  std::array<std::uint8_t, kPool * kNonceBytes> pool_;
  std::size_t used_ = kPool;
};

// Appends the sealed value to `out`, which must not hold `plaintext` or
// `associated_data`. Cannot fail.
void SealTo(const SealKey& key, Bytes associated_data, Bytes plaintext,
            NonceSource& nonces, std::string& out);

// The sealed value, with a nonce of its own. For values sealed now and then;
// where there are many, SealTo saves the system call and the copy.
std::string Seal(const SealKey& key, Bytes associated_data, Bytes plaintext);

// The plaintext. DATA_LOSS if the value is too short or was not sealed with
// this key and associated data; nothing is returned then.
absl::StatusOr<std::string> Open(const SealKey& key, Bytes associated_data,
                                 Bytes sealed);

// The same into a buffer that is wiped: for keys and pseudonyms.
absl::StatusOr<SecretBuffer> OpenSecret(const SealKey& key,
                                        Bytes associated_data, Bytes sealed);

using Nonce = std::array<std::uint8_t, kNonceBytes>;

// Appends ciphertext (n) and tag (16) to `out`, which must not hold
// `plaintext`. Under one key a nonce must never serve two different plaintexts
// or associated data: whoever breaks that gives both plaintexts away. Meant for
// nonces that name the plaintext itself, as a digest of it does.
void SealAt(const SealKey& key, const Nonce& nonce, Bytes associated_data,
            Bytes plaintext, std::string& out);

// Appends the plaintext to `out`. Errors as Open; `out` is unchanged then.
absl::Status OpenAt(const SealKey& key, const Nonce& nonce,
                    Bytes associated_data, Bytes sealed, std::string& out);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_ENVELOPE_H_
