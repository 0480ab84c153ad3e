#include "crypto/dleq.h"

#include <gtest/gtest.h>

#include "crypto/hash_to_group.h"
#include "tests/crypto/bad_encodings.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

constexpr OprfMode kMode = OprfMode::kVoprf;

// A key, three elements, what the key makes of them, and the proof.
class Dleq : public testing::Test {
 protected:
  Dleq() : key_(*DeriveKeyPair(kMode, Seed::Random(), "test")) {
    for (const char* const input : {"a", "b", "c"}) {
      const Element element = HashToGroup(kMode, input);
      blinded_ += AsText(element);
    }
    Evaluate(key_);
  }
  void Evaluate(const OprfKeyPair& key) {
    const auto evaluation = BlindEvaluateBatch(kMode, key, AsBytes(blinded_));
    evaluated_ = AsText(evaluation->evaluated_elements);
    proof_ = AsText(evaluation->proof);
  }
  absl::Status Verify() const {
    return VerifyProof(kMode, key_.public_key, AsBytes(blinded_),
                       AsBytes(evaluated_), AsBytes(proof_));
  }

  const OprfKeyPair key_;
  std::string blinded_, evaluated_, proof_;
};

TEST_F(Dleq, ProofHolds) { EXPECT_TRUE(Verify().ok()) << Verify(); }

TEST_F(Dleq, EveryChangedBitOfTheProofIsRefused) {
  for (std::size_t bit = 0; bit < kProofBytes * 8; ++bit) {
    const std::string proof = proof_;
    proof_[bit / 8] = static_cast<char>(proof_[bit / 8] ^ (1 << (bit % 8)));
    EXPECT_FALSE(Verify().ok()) << bit;
    proof_ = proof;
  }
}

TEST_F(Dleq, AnotherKeysEvaluationIsRefused) {
  Evaluate(*DeriveKeyPair(kMode, Seed::Random(), "test"));
  EXPECT_EQ(Verify().code(), StatusCode::kUnauthenticated);
}

TEST_F(Dleq, OneElementOfAnotherKeyIsRefused) {
  const auto other = BlindEvaluateBatch(
      kMode, *DeriveKeyPair(kMode, Seed::Random(), "test"), AsBytes(blinded_));
  evaluated_.replace(32, 32, AsText(other->evaluated_elements).substr(32, 32));
  EXPECT_EQ(Verify().code(), StatusCode::kUnauthenticated);
}

TEST_F(Dleq, ExchangedElementsAreRefused) {
  evaluated_ = evaluated_.substr(32, 32) + evaluated_.substr(0, 32) +
               evaluated_.substr(64);
  EXPECT_EQ(Verify().code(), StatusCode::kUnauthenticated);
}

TEST_F(Dleq, ProofForAShorterBatchIsRefused) {
  blinded_.resize(64);
  evaluated_.resize(64);
  EXPECT_EQ(Verify().code(), StatusCode::kUnauthenticated);
}

TEST_F(Dleq, ProofOfTheOtherModeIsRefused) {
  EXPECT_EQ(VerifyProof(OprfMode::kOprf, key_.public_key, AsBytes(blinded_),
                        AsBytes(evaluated_), AsBytes(proof_))
                .code(),
            StatusCode::kUnauthenticated);
}

TEST_F(Dleq, ZeroScalarsInTheProofAreRefused) {
  const std::string proof = proof_, zero(32, '\0');
  for (const std::string& bad :
       {zero + zero, zero + proof.substr(32), proof.substr(0, 32) + zero}) {
    proof_ = bad;
    EXPECT_EQ(Verify().code(), StatusCode::kUnauthenticated);
  }
}

// c + L and s + L satisfy the equations, and libsodium computes with them.
TEST_F(Dleq, ScalarsPlusTheGroupOrderAreRefused) {
  const std::string proof = proof_, order = FromHex(kBadScalars[0]);
  for (const std::size_t at : {0, 32}) {
    proof_ = proof;
    unsigned carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      carry += static_cast<std::uint8_t>(proof[at + i]) +
               static_cast<std::uint8_t>(order[i]);
      proof_[at + i] = static_cast<char>(carry & 0xff);
      carry >>= 8;
    }
    EXPECT_EQ(Verify().code(), StatusCode::kInvalidArgument) << at;
  }
}

TEST_F(Dleq, ProofsOfOtherLengthsAreRefused) {
  const std::string proof = proof_;
  for (const std::string& bad :
       {std::string(), proof.substr(0, 63), proof + '\0'}) {
    proof_ = bad;
    EXPECT_EQ(Verify().code(), StatusCode::kInvalidArgument) << bad.size();
  }
}

TEST_F(Dleq, BadElementsAreRefusedWithTheirIndex) {
  const std::string evaluated = evaluated_, blinded = blinded_;
  for (const char* const hex : kBadElements) {
    evaluated_.replace(64, 32, FromHex(hex));
    absl::Status status = Verify();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << hex;
    EXPECT_NE(status.message().find("evaluated element 2"),
              absl::string_view::npos)
        << status;
    evaluated_ = evaluated;
    blinded_.replace(0, 32, FromHex(hex));
    status = Verify();
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument) << hex;
    EXPECT_NE(status.message().find("blinded element 0"),
              absl::string_view::npos)
        << status;
    blinded_ = blinded;
  }
}

TEST_F(Dleq, BadPublicKeysAreRefused) {
  for (const char* const hex : kBadElements) {
    Element public_key;
    std::copy_n(AsBytes(FromHex(hex)).begin(), 32, public_key.begin());
    EXPECT_EQ(VerifyProof(kMode, public_key, AsBytes(blinded_),
                          AsBytes(evaluated_), AsBytes(proof_))
                  .code(),
              StatusCode::kInvalidArgument)
        << hex;
  }
}

TEST_F(Dleq, OtherCountsAreRefused) {
  const std::string evaluated = evaluated_;
  for (const std::size_t length : {0, 31, 64, 95}) {
    evaluated_ = evaluated.substr(0, length);
    EXPECT_EQ(Verify().code(), StatusCode::kInvalidArgument) << length;
  }
}

TEST_F(Dleq, ProofWithAZeroNonceOrKeyIsNotMade) {
  EXPECT_FALSE(GenerateProof(kMode, key_, AsBytes(blinded_),
                             AsBytes(evaluated_), Scalar())
                   .ok());
  OprfKeyPair zero = key_;
  zero.private_key = Scalar();
  EXPECT_FALSE(GenerateProof(kMode, zero, AsBytes(blinded_),
                             AsBytes(evaluated_), key_.private_key)
                   .ok());
}

}  // namespace
}  // namespace samkoer::crypto
