#include "crypto/oprf.h"

#include <gtest/gtest.h>

#include "crypto/keyed_hash.h"
#include "tests/crypto/bad_encodings.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

using absl::StatusCode;

constexpr OprfMode kMode = OprfMode::kVoprf;

OprfKeyPair NewKey() {
  return *DeriveKeyPair(kMode, Seed::Random(), "samkoer/v1/test/1");
}

std::vector<std::string> InputsOf(std::size_t count) {
  std::vector<std::string> inputs;
  for (std::size_t i = 0; i < count; ++i) {
    inputs.push_back("input " + std::to_string(i));
  }
  return inputs;
}

std::vector<std::string_view> ViewsOf(const std::vector<std::string>& inputs) {
  return {inputs.begin(), inputs.end()};
}

// A blinded batch of three with its answer.
class Oprf : public testing::Test {
 protected:
  Oprf()
      : views_(ViewsOf(inputs_)),
        blinded_(*BlindBatch(kMode, views_)),
        evaluation_(
            *BlindEvaluateBatch(kMode, key_, blinded_.blinded_elements())) {}
  StatusCode CodeOfFinalizing() const {
    return FinalizeBatch(kMode, views_, blinded_,
                         evaluation_.evaluated_elements, evaluation_.proof,
                         key_.public_key)
        .status()
        .code();
  }
  static void Put(std::vector<std::uint8_t>& elements, std::size_t index,
                  const std::string& element) {
    std::copy(element.begin(), element.end(), elements.begin() + 32 * index);
  }

  const std::vector<std::string> inputs_ = InputsOf(3);
  std::vector<std::string_view> views_;
  OprfKeyPair key_ = NewKey();
  BlindedBatch blinded_;
  Evaluation evaluation_;
};

TEST(OprfRoundTrip, BatchesOfEverySizeGiveTheKeysOutputs) {
  const OprfKeyPair key = NewKey();
  for (const std::size_t count :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, kMaxOprfBatch}) {
    const std::vector<std::string> inputs = InputsOf(count);
    const auto views = ViewsOf(inputs);
    const auto blinded = BlindBatch(kMode, views);
    ASSERT_TRUE(blinded.ok()) << blinded.status();
    const auto evaluation =
        BlindEvaluateBatch(kMode, key, blinded->blinded_elements());
    ASSERT_TRUE(evaluation.ok()) << evaluation.status();
    const auto outputs =
        FinalizeBatch(kMode, views, *blinded, evaluation->evaluated_elements,
                      evaluation->proof, key.public_key);
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    ASSERT_EQ(outputs->size(), count);
    for (const std::size_t i : {std::size_t{0}, count / 2, count - 1}) {
      EXPECT_EQ((*outputs)[i], *Evaluate(kMode, key, inputs[i])) << i;
    }
  }
}

TEST_F(Oprf, BlindedElementsOfOneInputDiffer) {
  const std::string_view twice[] = {"same", "same"};
  const auto blinded = BlindBatch(kMode, twice);
  ASSERT_TRUE(blinded.ok()) << blinded.status();
  const Bytes elements = blinded->blinded_elements();
  EXPECT_NE(AsText(elements.first(32)), AsText(elements.last(32)));
}

TEST_F(Oprf, ProofsOfOneBatchDiffer) {
  const auto again =
      BlindEvaluateBatch(kMode, key_, blinded_.blinded_elements());
  EXPECT_EQ(again->evaluated_elements, evaluation_.evaluated_elements);
  EXPECT_NE(again->proof, evaluation_.proof);
}

TEST_F(Oprf, EveryBadBlindedElementIsRefusedWithItsIndex) {
  for (const char* const hex : kBadElements) {
    std::vector<std::uint8_t> elements = blinded_.blinded_elements();
    Put(elements, 1, FromHex(hex));
    for (const OprfMode mode : {OprfMode::kOprf, kMode}) {
      const auto refused = BlindEvaluateBatch(mode, key_, elements);
      EXPECT_EQ(refused.status().code(), StatusCode::kInvalidArgument) << hex;
      EXPECT_NE(refused.status().message().find("blinded element 1"),
                absl::string_view::npos)
          << refused.status();
    }
  }
}

TEST_F(Oprf, BlindedElementsOfWrongLengthAreRefused) {
  const std::vector<std::uint8_t> many((kMaxOprfBatch + 1) * 32);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{31}, std::size_t{33}, many.size()}) {
    EXPECT_EQ(BlindEvaluateBatch(kMode, key_, Bytes(many).first(length))
                  .status()
                  .code(),
              StatusCode::kInvalidArgument)
        << length;
  }
}

TEST_F(Oprf, EveryBadEvaluatedElementIsRefused) {
  const Evaluation good = evaluation_;
  for (const char* const hex : kBadElements) {
    evaluation_ = good;
    Put(evaluation_.evaluated_elements, 2, FromHex(hex));
    EXPECT_EQ(CodeOfFinalizing(), StatusCode::kInvalidArgument) << hex;
    // Without a proof to check, the unblinding itself must notice.
    EXPECT_EQ(
        FinalizeBatch(OprfMode::kOprf, views_, blinded_,
                      evaluation_.evaluated_elements, Bytes(), key_.public_key)
            .status()
            .code(),
        StatusCode::kInvalidArgument)
        << hex;
  }
}

TEST_F(Oprf, AnotherPublicKeyThanThePublishedOneIsRefused) {
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kOk);
  key_.public_key = NewKey().public_key;
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kUnauthenticated);
}

TEST_F(Oprf, KeyServiceThatUsesAnotherKeyIsRefused) {
  evaluation_ =
      *BlindEvaluateBatch(kMode, NewKey(), blinded_.blinded_elements());
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kUnauthenticated);
}

TEST_F(Oprf, ChangedOrMissingProofIsRefused) {
  evaluation_.proof[0] ^= 1;
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kUnauthenticated);
  EXPECT_EQ(
      FinalizeBatch(kMode, views_, blinded_, evaluation_.evaluated_elements,
                    Bytes(), key_.public_key)
          .status()
          .code(),
      StatusCode::kInvalidArgument);
}

TEST_F(Oprf, OtherCountsThanBlindedAreRefused) {
  const Evaluation good = evaluation_;
  evaluation_.evaluated_elements.resize(64);
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kInvalidArgument);
  evaluation_ = good;
  views_.pop_back();
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kInvalidArgument);
  views_.clear();
  EXPECT_EQ(CodeOfFinalizing(), StatusCode::kInvalidArgument);
}

TEST(Blind, NoneOrTooManyOrTooLongInputsAreRefused) {
  EXPECT_EQ(BlindBatch(kMode, {}).status().code(),
            StatusCode::kInvalidArgument);
  const std::vector<std::string_view> many(kMaxOprfBatch + 1, "x");
  EXPECT_EQ(BlindBatch(kMode, many).status().code(),
            StatusCode::kInvalidArgument);
  const std::string longest(65535, 'x'), longer(65536, 'x');
  const std::string_view taken[] = {longest}, refused[] = {longer};
  EXPECT_TRUE(BlindBatch(kMode, taken).ok());
  EXPECT_EQ(BlindBatch(kMode, refused).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(Evaluate(kMode, NewKey(), longer).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(Blind, ZeroOrLargeOrMissingBlindsAreRefused) {
  const std::string_view inputs[] = {"input"};
  const Scalar zero[1];
  EXPECT_EQ(BlindWith(kMode, inputs, zero).status().code(),
            StatusCode::kInvalidArgument);
  for (const char* const hex : kBadScalars) {
    const Scalar large[] = {SecretFrom<32>(FromHex(hex))};
    EXPECT_EQ(BlindWith(kMode, inputs, large).status().code(),
              StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(BlindWith(kMode, inputs, {}).status().code(),
            StatusCode::kInvalidArgument);
}

TEST(DeriveKeyPair, DependsOnModeSeedAndInfo) {
  const Seed seed = Seed::Random();
  const auto key = DeriveKeyPair(kMode, seed, "epoch/1");
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->public_key, DeriveKeyPair(kMode, seed, "epoch/1")->public_key);
  EXPECT_NE(key->public_key, DeriveKeyPair(kMode, seed, "epoch/2")->public_key);
  EXPECT_NE(key->public_key,
            DeriveKeyPair(kMode, Seed::Random(), "epoch/1")->public_key);
  EXPECT_NE(key->public_key,
            DeriveKeyPair(OprfMode::kOprf, seed, "epoch/1")->public_key);
  EXPECT_TRUE(ValidateElement(key->public_key).ok());
  EXPECT_TRUE(ValidateScalar(key->private_key.Expose()).ok());
}

TEST(DeriveKeyPair, TooLongInfoIsRefused) {
  EXPECT_EQ(
      DeriveKeyPair(kMode, Seed(), std::string(65536, 'i')).status().code(),
      StatusCode::kInvalidArgument);
}

TEST(SelfTest, DigestTellsKeysApart) {
  const OprfKeyPair key = NewKey();
  const OprfOutput output = *Evaluate(kMode, key, kSelfTestInput);
  EXPECT_EQ(SelfTestDigest(output), Sha256(output.Expose()));
  EXPECT_NE(SelfTestDigest(output),
            SelfTestDigest(*Evaluate(kMode, NewKey(), kSelfTestInput)));
}

}  // namespace
}  // namespace samkoer::crypto
