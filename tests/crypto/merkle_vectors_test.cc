// The published proofs of transparency-dev/merkle, good and bad.
#include <gtest/gtest.h>

#include <limits>
#include <optional>

#include "crypto/base64.h"
#include "crypto/merkle.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

using google::protobuf::Value;

// JSON numbers come as doubles; the vectors' largest is 2^64 - 1, which a
// double rounds up.
std::uint64_t NumberField(const Value& vector, const std::string& name) {
  const double number = Field(vector, name).number_value();
  return number >= 0x1p64 ? std::numeric_limits<std::uint64_t>::max()
                          : static_cast<std::uint64_t>(number);
}

std::optional<Hash32> HashFrom(const std::string& base64) {
  Hash32 hash;
  if (!DecodeBase64Into(base64, hash)) return std::nullopt;
  return hash;
}

// Some cases compare roots only, and have "don't care" in their place: any hash
// that is the same for the same text will do.
Hash32 RootFrom(const std::string& base64) {
  return HashFrom(base64).value_or(Sha256(AsBytes(base64)));
}

// Nothing where a hash does not have 32 bytes: our interface cannot say that.
std::optional<std::vector<Hash32>> ProofField(const Value& vector) {
  std::vector<Hash32> proof;
  for (const Value& node : Field(vector, "proof").list_value().values()) {
    const std::optional<Hash32> hash = HashFrom(node.string_value());
    if (!hash) return std::nullopt;
    proof.push_back(*hash);
  }
  return proof;
}

TEST(PublishedMerkleProofs, InclusionIsAcceptedAndRefusedAsPublished) {
  const Value file = LoadVectors("rfc6962-proofs.json");
  int accepted = 0, refused = 0;
  for (const Value& vector : Field(file, "inclusion").list_value().values()) {
    const Hash32 root = RootFrom(TextField(vector, "root"));
    const auto leaf = HashFrom(TextField(vector, "leafHash"));
    const auto proof = ProofField(vector);
    const bool holds =
        leaf && proof &&
        VerifyInclusion(NumberField(vector, "leafIdx"),
                        NumberField(vector, "treeSize"), *leaf, *proof, root)
            .ok();
    EXPECT_EQ(holds, !Field(vector, "wantErr").bool_value())
        << TextField(vector, "case");
    ++(holds ? accepted : refused);
  }
  EXPECT_GE(accepted, 5);
  EXPECT_GE(refused, 50);
}

TEST(PublishedMerkleProofs, ConsistencyIsAcceptedAndRefusedAsPublished) {
  const Value file = LoadVectors("rfc6962-proofs.json");
  int accepted = 0, refused = 0;
  for (const Value& vector : Field(file, "consistency").list_value().values()) {
    const Hash32 first = RootFrom(TextField(vector, "root1"));
    const Hash32 second = RootFrom(TextField(vector, "root2"));
    const auto proof = ProofField(vector);
    const bool holds = proof && VerifyConsistency(NumberField(vector, "size1"),
                                                  NumberField(vector, "size2"),
                                                  first, second, *proof)
                                    .ok();
    EXPECT_EQ(holds, !Field(vector, "wantErr").bool_value())
        << TextField(vector, "case");
    ++(holds ? accepted : refused);
  }
  EXPECT_GE(accepted, 5);
  EXPECT_GE(refused, 50);
}

}  // namespace
}  // namespace samkoer::crypto
