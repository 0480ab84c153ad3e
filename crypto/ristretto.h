// What libsodium 1.0.18's ristretto255 lacks for RFC 9497: the checks that it
// does not make, and the inversion of many scalars at once.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_RISTRETTO_H_
#define SAMKOER_CRYPTO_RISTRETTO_H_

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/oprf.h"

namespace samkoer::crypto {

// True if bit 255 of a 32-byte encoding is set. libsodium 1.0.18 ignores that
// bit where it decodes a point; everything else that RFC 9496 forbids makes
// crypto_scalarmult_ristretto255 fail, the identity included. So this check and
// that call's result are together a full validation, at no cost.
inline bool HasHighBit(const std::uint8_t* encoding) {
  return (encoding[kElementBytes - 1] & 0x80) != 0;
}

// The number of elements in `elements`, 1 to kMaxOprfBatch. INVALID_ARGUMENT
// if the length is not that many times 32; `what` names them in the message.
absl::StatusOr<std::size_t> CountElements(Bytes elements,
                                          std::string_view what);

// What is wrong with element `index` of `elements`, of which the caller knows
// that it is invalid. Always an error: INVALID_ARGUMENT with the index.
absl::Status InvalidElement(std::string_view what, std::size_t index,
                            Bytes elements);

// The inverses modulo the group order, in order, by Montgomery's trick: one
// inversion and three multiplications a scalar. INVALID_ARGUMENT if one is 0.
absl::StatusOr<std::vector<Scalar>> BatchInvert(
    std::span<const Scalar> scalars);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_RISTRETTO_H_
