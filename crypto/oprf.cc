#include "crypto/oprf.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/dleq.h"
#include "crypto/hash_to_group.h"
#include "crypto/keyed_hash.h"
#include "crypto/ristretto.h"

namespace samkoer::crypto {
namespace {

constexpr std::size_t kMaxLengthPrefix = 65535;  // of I2OSP(length, 2)

Scalar RandomScalar() {
  Scalar scalar;
  crypto_core_ristretto255_scalar_random(scalar.ExposeMutable().data());
  return scalar;
}

absl::Status CheckInputs(std::span<const std::string_view> inputs) {
  if (inputs.empty() || inputs.size() > kMaxOprfBatch) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a batch has 1 to ", kMaxOprfBatch, " inputs, not ", inputs.size()));
  }
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].size() > kMaxLengthPrefix) {
      return absl::InvalidArgumentError(absl::StrCat(
          "input ", i, " has ", inputs[i].size(), " bytes; 65535 are allowed"));
    }
  }
  return absl::OkStatus();
}

// The hash at the end of Finalize and Evaluate (RFC 9497, 3.3.1).
OprfOutput FinalHash(std::string_view input, const Element& unblinded) {
  OprfOutput output;
  Sha512({TwoBytes(input.size()), AsBytes(input), TwoBytes(kElementBytes),
          unblinded, AsBytes("Finalize")},
         output.ExposeMutable());
  return output;
}

}  // namespace

absl::StatusOr<OprfKeyPair> DeriveKeyPair(OprfMode mode, const Seed& seed,
                                          std::string_view info) {
  if (info.size() > kMaxLengthPrefix) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the key's info has ", info.size(), " bytes; 65535 are allowed"));
  }
  OprfKeyPair pair;
  for (unsigned counter = 0; counter <= 255; ++counter) {
    const auto last = static_cast<std::uint8_t>(counter);
    pair.private_key = HashToScalar(
        {seed.Expose(), TwoBytes(info.size()), AsBytes(info), Bytes(&last, 1)},
        TagsOf(mode).derive_key_pair);
    // Fails for the zero scalar only.
    if (crypto_scalarmult_ristretto255_base(
            pair.public_key.data(), pair.private_key.Expose().data()) == 0) {
      return pair;
    }
  }
  return absl::InternalError("no key can be derived from this seed");
}

absl::StatusOr<BlindedBatch> BlindBatch(
    OprfMode mode, std::span<const std::string_view> inputs) {
  absl::Status status = CheckInputs(inputs);
  if (!status.ok()) return status;
  std::vector<Scalar> blinds(inputs.size());
  for (Scalar& blind : blinds) blind = RandomScalar();
  return BlindWith(mode, inputs, blinds);
}

absl::StatusOr<BlindedBatch> BlindWith(OprfMode mode,
                                       std::span<const std::string_view> inputs,
                                       std::span<const Scalar> blinds) {
  absl::Status status = CheckInputs(inputs);
  if (!status.ok()) return status;
  if (blinds.size() != inputs.size()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "there are ", blinds.size(), " blinds for ", inputs.size(), " inputs"));
  }
  BlindedBatch batch;
  batch.blinds_.assign(blinds.begin(), blinds.end());
  batch.blinded_elements_.resize(inputs.size() * kElementBytes);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    status = ValidateScalar(blinds[i].Expose());
    if (!status.ok()) return status;
    Element element = HashToGroup(mode, inputs[i]);
    const int failed = crypto_scalarmult_ristretto255(
        &batch.blinded_elements_[i * kElementBytes], blinds[i].Expose().data(),
        element.data());
    // Without its blind the element can be tested against guessed inputs.
    sodium_memzero(element.data(), element.size());
    if (failed != 0) {
      return absl::InvalidArgumentError(
          absl::StrCat("input ", i,
                       " cannot be blinded: it maps to the identity, or its "
                       "blind is zero"));
    }
  }
  return batch;
}

absl::StatusOr<Evaluation> BlindEvaluateBatch(OprfMode mode,
                                              const OprfKeyPair& key,
                                              Bytes blinded_elements) {
  return BlindEvaluateBatchWith(mode, key, blinded_elements, RandomScalar());
}

absl::StatusOr<Evaluation> BlindEvaluateBatchWith(OprfMode mode,
                                                  const OprfKeyPair& key,
                                                  Bytes blinded_elements,
                                                  const Scalar& proof_nonce) {
  const absl::StatusOr<std::size_t> count =
      CountElements(blinded_elements, "blinded");
  if (!count.ok()) return count.status();
  Evaluation evaluation;
  evaluation.proof.fill(0);
  evaluation.evaluated_elements.resize(blinded_elements.size());
  for (std::size_t i = 0; i < *count; ++i) {
    const std::uint8_t* const element =
        blinded_elements.data() + i * kElementBytes;
    if (HasHighBit(element) ||
        crypto_scalarmult_ristretto255(
            &evaluation.evaluated_elements[i * kElementBytes],
            key.private_key.Expose().data(), element) != 0) {
      return InvalidElement("blinded", i, blinded_elements);
    }
  }
  if (mode == OprfMode::kVoprf) {
    absl::StatusOr<Proof> proof =
        GenerateProof(mode, key, blinded_elements,
                      evaluation.evaluated_elements, proof_nonce);
    if (!proof.ok()) return proof.status();
    evaluation.proof = *proof;
  }
  return evaluation;
}

absl::StatusOr<std::vector<OprfOutput>> FinalizeBatch(
    OprfMode mode, std::span<const std::string_view> inputs,
    const BlindedBatch& blinded, Bytes evaluated_elements, Bytes proof,
    const Element& public_key) {
  absl::Status status = CheckInputs(inputs);
  if (!status.ok()) return status;
  if (inputs.size() != blinded.size() ||
      evaluated_elements.size() != inputs.size() * kElementBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("there are ", inputs.size(), " inputs, ", blinded.size(),
                     " blinded elements and ", evaluated_elements.size(),
                     " bytes of evaluated elements; 32 bytes an input belong"));
  }
  if (mode == OprfMode::kVoprf) {
    status = VerifyProof(mode, public_key, blinded.blinded_elements_,
                         evaluated_elements, proof);
    if (!status.ok()) return status;
  }
  const absl::StatusOr<std::vector<Scalar>> inverses =
      BatchInvert(blinded.blinds_);
  if (!inverses.ok()) return inverses.status();
  std::vector<OprfOutput> outputs(inputs.size());
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::uint8_t* const element =
        evaluated_elements.data() + i * kElementBytes;
    Element unblinded;
    if (HasHighBit(element) ||
        crypto_scalarmult_ristretto255(
            unblinded.data(), (*inverses)[i].Expose().data(), element) != 0) {
      return InvalidElement("evaluated", i, evaluated_elements);
    }
    outputs[i] = FinalHash(inputs[i], unblinded);
    sodium_memzero(unblinded.data(), unblinded.size());
  }
  return outputs;
}

absl::StatusOr<OprfOutput> Evaluate(OprfMode mode, const OprfKeyPair& key,
                                    std::string_view input) {
  absl::Status status = CheckInputs({&input, 1});
  if (!status.ok()) return status;
  const Element element = HashToGroup(mode, input);
  Element evaluated;
  if (crypto_scalarmult_ristretto255(evaluated.data(),
                                     key.private_key.Expose().data(),
                                     element.data()) != 0) {
    return absl::InvalidArgumentError(
        "the input maps to the identity, or the key is zero");
  }
  return FinalHash(input, evaluated);
}

std::array<std::uint8_t, 32> SelfTestDigest(const OprfOutput& output) {
  return Sha256(output.Expose());
}

}  // namespace samkoer::crypto
