// The batched proof of RFC 9497, 2.2 that all evaluated elements were made with
// one key: the discrete logarithm of the public key to the generator equals
// that of every evaluated element to its blinded one.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_DLEQ_H_
#define SAMKOER_CRYPTO_DLEQ_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/oprf.h"

namespace samkoer::crypto {

// RFC 9497, 2.2.1, with ComputeCompositesFast: one scalar multiplication and
// one addition an element. `blinded` and `evaluated` hold n * 32 bytes each, n
// in [1, kMaxOprfBatch]. The nonce `r` must be random, secret and used once:
// two proofs with one nonce give the private key away. INVALID_ARGUMENT if an
// element of `blinded` is invalid; `evaluated` is trusted, as the caller just
// computed it.
absl::StatusOr<Proof> GenerateProof(OprfMode mode, const OprfKeyPair& key,
                                    Bytes blinded, Bytes evaluated,
                                    const Scalar& r);

// RFC 9497, 2.2.2, with ComputeComposites. OK only if the proof holds.
// UNAUTHENTICATED if it does not; INVALID_ARGUMENT if the key, the proof or an
// element is malformed (the message names which), or if the counts differ.
absl::Status VerifyProof(OprfMode mode, const Element& public_key,
                         Bytes blinded, Bytes evaluated, Bytes proof);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_DLEQ_H_
