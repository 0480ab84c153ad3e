// Elements and proofs from anyone. The first byte chooses the side: an agent
// that sends blinded elements, or a key service that answers with evaluated
// elements and a proof.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "crypto/dleq.h"
#include "crypto/hash_to_group.h"
#include "crypto/oprf.h"

namespace {

using namespace samkoer::crypto;  // NOLINT: a program of its own

constexpr OprfMode kMode = OprfMode::kVoprf;
constexpr std::size_t kMaxElements = 4;  // each costs a fifth of a millisecond

void Require(bool holds) {
  if (!holds) std::abort();
}

const OprfKeyPair& Key() {
  static const OprfKeyPair key = *DeriveKeyPair(kMode, Seed(), "fuzz");
  return key;
}

// What is evaluated must be valid throughout, and then its proof must hold.
void EvaluateForAnyone(Bytes elements) {
  const auto evaluation = BlindEvaluateBatch(kMode, Key(), elements);
  bool valid = !elements.empty() && elements.size() % kElementBytes == 0;
  for (std::size_t at = 0; valid && at < elements.size(); at += kElementBytes) {
    valid = ValidateElement(elements.subspan(at, kElementBytes)).ok();
  }
  Require(evaluation.ok() == valid);
  if (valid) {
    Require(VerifyProof(kMode, Key().public_key, elements,
                        evaluation->evaluated_elements, evaluation->proof)
                .ok());
  }
}

// Only the true evaluation may be taken.
void VerifyFromAnyone(Bytes answer) {
  const Bytes proof = answer.first(std::min(answer.size(), kProofBytes));
  const Bytes evaluated = answer.subspan(proof.size());
  std::string blinded;
  for (std::size_t i = 0; i < evaluated.size() / kElementBytes; ++i) {
    blinded += AsText(HashToGroup(kMode, std::to_string(i)));
  }
  if (!VerifyProof(kMode, Key().public_key, AsBytes(blinded), evaluated, proof)
           .ok()) {
    return;
  }
  const auto truth = BlindEvaluateBatch(kMode, Key(), AsBytes(blinded));
  Require(truth.ok() &&
          std::ranges::equal(truth->evaluated_elements, evaluated));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0 || size > 1 + kProofBytes + kMaxElements * kElementBytes) {
    return 0;
  }
  const Bytes rest(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    EvaluateForAnyone(rest);
  } else {
    VerifyFromAnyone(rest);
  }
  return 0;
}
