// RFC 9497, appendix A.1.1 and A.1.2: every published value, bit by bit.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "crypto/oprf.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

using google::protobuf::Value;

struct Case {
  std::vector<std::string> inputs;
  std::vector<std::string_view> views;
  std::vector<Scalar> blinds;
  std::string blinded_elements, evaluated_elements, proof;
  std::vector<std::string> outputs;
  Scalar proof_nonce;
};

std::string Concatenated(const std::vector<std::string>& parts) {
  std::string out;
  for (const std::string& part : parts) out += part;
  return out;
}

Case ParseCase(const Value& vector, OprfMode mode) {
  Case c;
  c.inputs = FromHexList(TextField(vector, "Input"));
  c.views.assign(c.inputs.begin(), c.inputs.end());
  for (const std::string& blind : FromHexList(TextField(vector, "Blind"))) {
    c.blinds.push_back(SecretFrom<32>(blind));
  }
  c.blinded_elements =
      Concatenated(FromHexList(TextField(vector, "BlindedElement")));
  c.evaluated_elements =
      Concatenated(FromHexList(TextField(vector, "EvaluationElement")));
  c.outputs = FromHexList(TextField(vector, "Output"));
  if (mode == OprfMode::kVoprf) {
    const Value& proof = Field(vector, "Proof");
    c.proof = FromHex(TextField(proof, "proof"));
    c.proof_nonce = SecretFrom<32>(FromHex(TextField(proof, "r")));
  } else {
    c.proof = std::string(kProofBytes, '\0');
  }
  return c;
}

class PublishedVectors : public testing::TestWithParam<OprfMode> {
 protected:
  void SetUp() override {
    const Value file = LoadVectors("rfc9497-ristretto255-sha512.json");
    for (const Value& suite : file.list_value().values()) {
      if (Field(suite, "mode").number_value() ==
          static_cast<double>(GetParam())) {
        suite_ = suite;
      }
    }
    const absl::StatusOr<OprfKeyPair> key = DeriveKeyPair(
        GetParam(), SecretFrom<32>(FromHex(TextField(suite_, "seed"))),
        FromHex(TextField(suite_, "keyInfo")));
    ASSERT_TRUE(key.ok()) << key.status();
    key_ = *key;
    for (const Value& vector : Field(suite_, "vectors").list_value().values()) {
      cases_.push_back(ParseCase(vector, GetParam()));
    }
    ASSERT_GE(cases_.size(), 2u);
  }

  Value suite_;
  OprfKeyPair key_;
  std::vector<Case> cases_;
};

TEST_P(PublishedVectors, KeyPairIsDerived) {
  EXPECT_EQ(ToHex(key_.private_key.Expose()), TextField(suite_, "skSm"));
  if (GetParam() == OprfMode::kVoprf) {
    EXPECT_EQ(ToHex(key_.public_key), TextField(suite_, "pkSm"));
  }
}

TEST_P(PublishedVectors, ContextStandsInTheGroupTag) {
  EXPECT_EQ("HashToGroup-" + std::string(OprfContext(GetParam())),
            FromHex(TextField(suite_, "groupDST")));
}

TEST_P(PublishedVectors, InputsAreBlinded) {
  for (const Case& c : cases_) {
    const auto blinded = BlindWith(GetParam(), c.views, c.blinds);
    ASSERT_TRUE(blinded.ok()) << blinded.status();
    EXPECT_EQ(blinded->size(), c.inputs.size());
    EXPECT_EQ(AsText(blinded->blinded_elements()), c.blinded_elements);
  }
}

TEST_P(PublishedVectors, ElementsAreEvaluatedAndProved) {
  for (const Case& c : cases_) {
    const auto evaluation = BlindEvaluateBatchWith(
        GetParam(), key_, AsBytes(c.blinded_elements), c.proof_nonce);
    ASSERT_TRUE(evaluation.ok()) << evaluation.status();
    EXPECT_EQ(AsText(evaluation->evaluated_elements), c.evaluated_elements);
    EXPECT_EQ(AsText(evaluation->proof), c.proof);
  }
}

TEST_P(PublishedVectors, OutputsAreFinalized) {
  for (const Case& c : cases_) {
    const auto blinded = BlindWith(GetParam(), c.views, c.blinds);
    ASSERT_TRUE(blinded.ok()) << blinded.status();
    const auto outputs = FinalizeBatch(GetParam(), c.views, *blinded,
                                       AsBytes(c.evaluated_elements),
                                       AsBytes(c.proof), key_.public_key);
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    ASSERT_EQ(outputs->size(), c.outputs.size());
    for (std::size_t i = 0; i < c.outputs.size(); ++i) {
      EXPECT_EQ(AsText((*outputs)[i].Expose()), c.outputs[i]);
    }
  }
}

TEST_P(PublishedVectors, KeyHolderEvaluatesToTheSameOutput) {
  for (const Case& c : cases_) {
    for (std::size_t i = 0; i < c.inputs.size(); ++i) {
      const auto output = Evaluate(GetParam(), key_, c.inputs[i]);
      ASSERT_TRUE(output.ok()) << output.status();
      EXPECT_EQ(AsText(output->Expose()), c.outputs[i]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Rfc9497, PublishedVectors,
                         testing::Values(OprfMode::kOprf, OprfMode::kVoprf),
                         [](const testing::TestParamInfo<OprfMode>& mode) {
                           return mode.param == OprfMode::kOprf ? "Oprf"
                                                                : "Voprf";
                         });

}  // namespace
}  // namespace samkoer::crypto
