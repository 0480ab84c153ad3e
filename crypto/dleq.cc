#include "crypto/dleq.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "crypto/hash_to_group.h"
#include "crypto/ristretto.h"

namespace samkoer::crypto {
namespace {

// The weights d_i of ComputeComposites, in order of i.
class CompositeWeights {
 public:
  CompositeWeights(OprfMode mode, const Element& public_key)
      : tags_(TagsOf(mode)) {
    Sha512({TwoBytes(kElementBytes), public_key, TwoBytes(tags_.seed.size()),
            AsBytes(tags_.seed)},
           seed_);
  }

  Scalar At(std::size_t i, Bytes blinded, Bytes evaluated) const {
    return HashToScalar(
        {TwoBytes(seed_.size()), seed_, TwoBytes(i), TwoBytes(kElementBytes),
         blinded, TwoBytes(kElementBytes), evaluated, AsBytes("Composite")},
        tags_.hash_to_scalar);
  }

 private:
  const DomainTags& tags_;
  std::array<std::uint8_t, crypto_hash_sha512_BYTES> seed_;
};

// A sum of weighted elements. Starting from the first term and not from the
// identity saves an addition.
class WeightedSum {
 public:
  // Each false if the weight is zero or the element invalid; bit 255 is the
  // caller's to check.
  bool Add(const Scalar& weight, const Element& element) {
    return Add(weight, element.data());
  }
  bool Add(const Scalar& weight, const std::uint8_t* element) {
    Element term;
    return crypto_scalarmult_ristretto255(term.data(), weight.Expose().data(),
                                          element) == 0 &&
           AddTerm(term);
  }
  bool AddGenerator(const Scalar& weight) {
    Element term;
    return crypto_scalarmult_ristretto255_base(term.data(),
                                               weight.Expose().data()) == 0 &&
           AddTerm(term);
  }
  const Element& sum() const { return sum_; }

 private:
  bool AddTerm(const Element& term) {
    if (!empty_) {
      return crypto_core_ristretto255_add(sum_.data(), sum_.data(),
                                          term.data()) == 0;
    }
    sum_ = term;
    empty_ = false;
    return true;
  }

  bool empty_ = true;
  Element sum_{};
};

Scalar Challenge(OprfMode mode, const Element& public_key, const Element& m,
                 const Element& z, const Element& t2, const Element& t3) {
  const TwoBytes length(kElementBytes);
  return HashToScalar({length, public_key, length, m, length, z, length, t2,
                       length, t3, AsBytes("Challenge")},
                      TagsOf(mode).hash_to_scalar);
}

absl::Status ProofDoesNotHold() {
  return absl::UnauthenticatedError(
      "the key service's proof does not hold under the published public key");
}

Bytes ElementAt(Bytes elements, std::size_t i) {
  return elements.subspan(i * kElementBytes, kElementBytes);
}

// The two scalars of a proof, both canonical.
absl::Status ParseProof(Bytes proof, Scalar& c, Scalar& s) {
  if (proof.size() != kProofBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a proof has 64 bytes, not ", proof.size()));
  }
  for (const Bytes scalar :
       {proof.first(kScalarBytes), proof.last(kScalarBytes)}) {
    absl::Status status = ValidateScalar(scalar);
    if (!status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("the proof is malformed: ", status.message()));
    }
  }
  std::memcpy(c.ExposeMutable().data(), proof.data(), kScalarBytes);
  std::memcpy(s.ExposeMutable().data(), proof.data() + kScalarBytes,
              kScalarBytes);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Proof> GenerateProof(OprfMode mode, const OprfKeyPair& key,
                                    Bytes blinded, Bytes evaluated,
                                    const Scalar& r) {
  const CompositeWeights weights(mode, key.public_key);
  const std::size_t count = blinded.size() / kElementBytes;
  WeightedSum m;
  for (std::size_t i = 0; i < count; ++i) {
    const Bytes element = ElementAt(blinded, i);
    const Scalar weight = weights.At(i, element, ElementAt(evaluated, i));
    if (HasHighBit(element.data()) || !m.Add(weight, element.data())) {
      return InvalidElement("blinded", i, blinded);
    }
  }
  Element z, t2, t3;
  if (crypto_scalarmult_ristretto255(z.data(), key.private_key.Expose().data(),
                                     m.sum().data()) != 0 ||
      crypto_scalarmult_ristretto255_base(t2.data(), r.Expose().data()) != 0 ||
      crypto_scalarmult_ristretto255(t3.data(), r.Expose().data(),
                                     m.sum().data()) != 0) {
    return absl::InvalidArgumentError(
        "no proof can be made: the key, the nonce or the elements' sum is "
        "zero");
  }
  const Scalar c = Challenge(mode, key.public_key, m.sum(), z, t2, t3);
  Scalar s;  // r - c * k
  crypto_core_ristretto255_scalar_mul(s.ExposeMutable().data(),
                                      c.Expose().data(),
                                      key.private_key.Expose().data());
  crypto_core_ristretto255_scalar_sub(s.ExposeMutable().data(),
                                      r.Expose().data(), s.Expose().data());
  Proof proof;
  std::memcpy(proof.data(), c.Expose().data(), kScalarBytes);
  std::memcpy(proof.data() + kScalarBytes, s.Expose().data(), kScalarBytes);
  return proof;
}

absl::Status VerifyProof(OprfMode mode, const Element& public_key,
                         Bytes blinded, Bytes evaluated, Bytes proof) {
  const absl::StatusOr<std::size_t> count =
      CountElements(evaluated, "evaluated");
  if (!count.ok()) return count.status();
  if (blinded.size() != evaluated.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", *count, " evaluated elements for ",
                     blinded.size() / kElementBytes, " blinded ones"));
  }
  absl::Status status = ValidateElement(public_key);
  if (!status.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the public key is invalid: ", status.message()));
  }
  Scalar c, s;
  status = ParseProof(proof, c, s);
  if (!status.ok()) return status;

  const CompositeWeights weights(mode, public_key);
  WeightedSum m, z;
  for (std::size_t i = 0; i < *count; ++i) {
    const Bytes from = ElementAt(blinded, i), to = ElementAt(evaluated, i);
    const Scalar weight = weights.At(i, from, to);
    if (HasHighBit(to.data()) || !z.Add(weight, to.data())) {
      return InvalidElement("evaluated", i, evaluated);
    }
    if (HasHighBit(from.data()) || !m.Add(weight, from.data())) {
      return InvalidElement("blinded", i, blinded);
    }
  }
  WeightedSum t2, t3;
  if (!t2.AddGenerator(s) || !t2.Add(c, public_key) || !t3.Add(s, m.sum()) ||
      !t3.Add(c, z.sum())) {
    return ProofDoesNotHold();
  }
  const Scalar expected =
      Challenge(mode, public_key, m.sum(), z.sum(), t2.sum(), t3.sum());
  return expected == c ? absl::OkStatus() : ProofDoesNotHold();
}

}  // namespace samkoer::crypto
