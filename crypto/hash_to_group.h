// Hashing to the group and to scalars, as RFC 9497, 4.1 defines it for
// ristretto255-SHA512: expand_message_xmd (RFC 9380, 5.3.1) with SHA-512.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_HASH_TO_GROUP_H_
#define SAMKOER_CRYPTO_HASH_TO_GROUP_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>

#include "crypto/oprf.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// The domain separation tags of a mode (RFC 9497, 3.1, 3.2.1, 2.2.1, 4.1). Each
// is a fixed prefix before OprfContext(mode).
struct DomainTags {
  std::string_view context;
  std::string_view hash_to_group;    // "HashToGroup-" || context
  std::string_view hash_to_scalar;   // "HashToScalar-" || context
  std::string_view derive_key_pair;  // "DeriveKeyPair" || context
  std::string_view seed;             // "Seed-" || context
};
const DomainTags& TagsOf(OprfMode mode);

// I2OSP(value, 2): two bytes, big-endian.
struct TwoBytes {
  explicit TwoBytes(std::size_t value)
      : bytes{static_cast<std::uint8_t>(value >> 8),
              static_cast<std::uint8_t>(value)} {}
  operator Bytes() const { return bytes; }  // NOLINT: reads as bytes
  std::array<std::uint8_t, 2> bytes;
};

// A message as the concatenation of its parts.
using Parts = std::initializer_list<Bytes>;

// SHA-512 (FIPS 180-4) of the message; its working state is wiped.
void Sha512(Parts message,
            std::span<std::uint8_t, crypto_hash_sha512_BYTES> out);

// Fills `out` (1 to 16,320 bytes) from the message. `dst` has at most 255
// bytes. Other lengths end the process: no caller has them.
void ExpandMessageXmd(Parts message, std::string_view dst, MutableBytes out);

// RFC 9497, 4.1, HashToGroup. The identity comes out for no known input.
Element HashToGroup(OprfMode mode, std::string_view input);

// RFC 9497, 4.1, HashToScalar with the tag `dst`. Below the group order; may be
// zero, with negligible probability.
Scalar HashToScalar(Parts message, std::string_view dst);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_HASH_TO_GROUP_H_
