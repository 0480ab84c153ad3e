// The OPRF of RFC 9497 in mode VOPRF (0x01) and, for the published vectors,
// OPRF (0x00), suite ristretto255-SHA512, on libsodium.
//
// Every element that comes from outside is checked (RFC 9497, 4.1): exactly 32
// bytes, canonical, on the curve, not the identity. Every scalar: exactly 32
// bytes, below the group order.
//
// The agent's use: BlindBatch, send blinded_elements(), receive an Evaluation,
// FinalizeBatch. The key service's: DeriveKeyPair once, BlindEvaluateBatch.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_OPRF_H_
#define SAMKOER_CRYPTO_OPRF_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

inline constexpr std::size_t kElementBytes = 32;     // RFC 9497: Ne
inline constexpr std::size_t kScalarBytes = 32;      // RFC 9497: Ns
inline constexpr std::size_t kOprfOutputBytes = 64;  // RFC 9497: Nh
inline constexpr std::size_t kProofBytes = 64;       // two scalars (c, s)
inline constexpr std::size_t kSeedBytes = 32;
inline constexpr std::size_t kMaxOprfBatch = 1000;

using Element = std::array<std::uint8_t, kElementBytes>;
using Scalar = SecretArray<kScalarBytes>;
using OprfOutput = SecretArray<kOprfOutputBytes>;
using Proof = std::array<std::uint8_t, kProofBytes>;
using Seed = SecretArray<kSeedBytes>;

// RFC 9497, 3.1: mode identifiers.
enum class OprfMode : std::uint8_t { kOprf = 0x00, kVoprf = 0x01 };

// A private key and its public key.
struct OprfKeyPair {
  Scalar private_key;  // skS, not zero
  Element public_key;  // pkS
};

// "OPRFV1-" || I2OSP(mode, 1) || "-ristretto255-SHA512" (RFC 9497, 3.1).
std::string_view OprfContext(OprfMode mode);

// OK, or INVALID_ARGUMENT saying what is wrong. Refuses the identity,
// encodings with bit 255 set, and points off the curve.
absl::Status ValidateElement(Bytes encoding);

// OK if `encoding` is a canonical scalar, zero included.
absl::Status ValidateScalar(Bytes encoding);

// RFC 9497, 3.2.1. `info` at most 65,535 bytes.
absl::StatusOr<OprfKeyPair> DeriveKeyPair(OprfMode mode, const Seed& seed,
                                          std::string_view info);

// What the client keeps between Blind and Finalize, for n inputs. The blinds
// are secret: with them and the answer, anyone could compute the outputs. For
// one use: blind again to ask again.
class BlindedBatch {
 public:
  // n elements of 32 bytes, one after the other: what is sent.
  const std::vector<std::uint8_t>& blinded_elements() const {
    return blinded_elements_;
  }
  std::size_t size() const { return blinds_.size(); }

 private:
  friend absl::StatusOr<BlindedBatch> BlindWith(
      OprfMode, std::span<const std::string_view>, std::span<const Scalar>);
  friend absl::StatusOr<std::vector<OprfOutput>> FinalizeBatch(
      OprfMode, std::span<const std::string_view>, const BlindedBatch&, Bytes,
      Bytes, const Element&);
  std::vector<Scalar> blinds_;
  std::vector<std::uint8_t> blinded_elements_;
};

// RFC 9497, 3.3.1 and 3.3.2, Blind, for 1 to kMaxOprfBatch inputs with fresh
// random blinds. INVALID_ARGUMENT if an input maps to the identity.
absl::StatusOr<BlindedBatch> BlindBatch(
    OprfMode mode, std::span<const std::string_view> inputs);

// The same with given blinds, for the published vectors only.
absl::StatusOr<BlindedBatch> BlindWith(OprfMode mode,
                                       std::span<const std::string_view> inputs,
                                       std::span<const Scalar> blinds);

// The server's answer.
struct Evaluation {
  std::vector<std::uint8_t> evaluated_elements;  // n * 32 bytes
  Proof proof;                                   // zero in mode kOprf
};

// RFC 9497, 3.3.2, BlindEvaluate with GenerateProof (2.2.1) over the batch.
// INVALID_ARGUMENT if the length is not n * 32 with n in [1, kMaxOprfBatch] or
// an element is invalid (the message names its index).
absl::StatusOr<Evaluation> BlindEvaluateBatch(OprfMode mode,
                                              const OprfKeyPair& key,
                                              Bytes blinded_elements);

// The same with a given proof nonce `r`, for the published vectors only.
absl::StatusOr<Evaluation> BlindEvaluateBatchWith(OprfMode mode,
                                                  const OprfKeyPair& key,
                                                  Bytes blinded_elements,
                                                  const Scalar& proof_nonce);

// RFC 9497, 3.3.2, Finalize with VerifyProof (2.2.2): checks the proof against
// `public_key` (mode kVoprf; in kOprf `proof` is ignored), unblinds with one
// batch inversion, hashes. Returns n outputs in the order of `inputs`.
// UNAUTHENTICATED if the proof does not hold; INVALID_ARGUMENT on malformed
// input. `inputs` must be those of the blinding.
absl::StatusOr<std::vector<OprfOutput>> FinalizeBatch(
    OprfMode mode, std::span<const std::string_view> inputs,
    const BlindedBatch& blinded, Bytes evaluated_elements, Bytes proof,
    const Element& public_key);

// RFC 9497, 3.3.1, Evaluate: the output computed by the key's holder, without
// blinding. For self-tests and vectors.
absl::StatusOr<OprfOutput> Evaluate(OprfMode mode, const OprfKeyPair& key,
                                    std::string_view input);

// The input whose output's SHA-256 both sides compare before the first push.
inline constexpr std::string_view kSelfTestInput = "samkoer/v1/self-test";
// SHA-256 of a 64-byte output of kSelfTestInput.
std::array<std::uint8_t, 32> SelfTestDigest(const OprfOutput& output);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_OPRF_H_
