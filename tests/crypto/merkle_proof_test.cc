#include <gtest/gtest.h>

#include <limits>

#include "crypto/merkle.h"
#include "tests/crypto/merkle_model.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

constexpr auto kRefused = absl::StatusCode::kUnauthenticated;

Hash32 Flipped(Hash32 hash, std::uint64_t bit) {
  hash[bit / 8 % 32] ^= static_cast<std::uint8_t>(1 << (bit % 8));
  return hash;
}

TEST(InclusionProof, EveryLeafOfEverySmallTreeHasTheModelsPath) {
  const MerkleModel model(40);
  for (std::uint64_t size = 1; size <= 40; ++size) {
    for (std::uint64_t index = 0; index < size; ++index) {
      const auto proof = InclusionProof(index, size, model.Reader(size));
      ASSERT_TRUE(proof.ok()) << proof.status();
      EXPECT_EQ(*proof, model.Path(index, size)) << index << " in " << size;
      EXPECT_TRUE(VerifyInclusion(index, size, model.leaf(index), *proof,
                                  model.Root(size))
                      .ok());
    }
  }
}

TEST(ConsistencyProof, EveryPairOfSmallTreesHasTheModelsProof) {
  const MerkleModel model(40);
  for (std::uint64_t second = 1; second <= 40; ++second) {
    for (std::uint64_t first = 1; first <= second; ++first) {
      const auto proof = ConsistencyProof(first, second, model.Reader(second));
      ASSERT_TRUE(proof.ok()) << proof.status();
      EXPECT_EQ(*proof, model.Proof(first, second)) << first << " " << second;
      EXPECT_TRUE(VerifyConsistency(first, second, model.Root(first),
                                    model.Root(second), *proof)
                      .ok());
    }
  }
}

TEST(MerkleProofs, RandomSizesAgreeWithTheModel) {
  auto random = SeededGenerator();
  const MerkleModel model(3000);
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t size = 1 + random() % 3000;
    const std::uint64_t index = random() % size, first = 1 + random() % size;
    const NodeReader nodes = model.Reader(size);
    const auto path = InclusionProof(index, size, nodes);
    ASSERT_TRUE(path.ok()) << path.status();
    EXPECT_EQ(*path, model.Path(index, size));
    const auto proof = ConsistencyProof(first, size, nodes);
    ASSERT_TRUE(proof.ok()) << proof.status();
    EXPECT_EQ(*proof, model.Proof(first, size));
    EXPECT_TRUE(VerifyConsistency(first, size, model.Root(first),
                                  model.Root(size), *proof)
                    .ok());
  }
}

TEST(MerkleProofs, RandomlyDamagedProofsDoNotHold) {
  auto random = SeededGenerator();
  const MerkleModel model(500);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t size = 2 + random() % 499;
    const std::uint64_t index = random() % size,
                        first = 1 + random() % (size - 1);
    const Hash32 root = model.Root(size), first_root = model.Root(first);
    const std::vector<Hash32> path = model.Path(index, size);
    const std::vector<Hash32> proof = model.Proof(first, size);

    std::vector<Hash32> damaged = path;
    Hash32& node = damaged[random() % damaged.size()];
    node = Flipped(node, random());
    EXPECT_EQ(
        VerifyInclusion(index, size, model.leaf(index), damaged, root).code(),
        kRefused);
    damaged = proof;
    Hash32& other = damaged[random() % damaged.size()];
    other = Flipped(other, random());
    EXPECT_EQ(VerifyConsistency(first, size, first_root, root, damaged).code(),
              kRefused);

    damaged = path;
    damaged.pop_back();
    EXPECT_FALSE(
        VerifyInclusion(index, size, model.leaf(index), damaged, root).ok());
    damaged = path;
    damaged.push_back(root);
    EXPECT_FALSE(
        VerifyInclusion(index, size, model.leaf(index), damaged, root).ok());
    damaged = proof;
    damaged.push_back(root);
    EXPECT_FALSE(
        VerifyConsistency(first, size, first_root, root, damaged).ok());

    EXPECT_FALSE(VerifyInclusion(index, size,
                                 Flipped(model.leaf(index), random()), path,
                                 root)
                     .ok());
    EXPECT_FALSE(VerifyInclusion(index, size, model.leaf(index), path,
                                 Flipped(root, random()))
                     .ok());
    EXPECT_FALSE(VerifyConsistency(first, size, Flipped(first_root, random()),
                                   root, proof)
                     .ok());
    EXPECT_FALSE(VerifyConsistency(first, size, first_root,
                                   Flipped(root, random()), proof)
                     .ok());
  }
}

TEST(MerkleProofs, SizesThatNoProofCanHaveAreRefused) {
  const MerkleModel model(4);
  const NodeReader nodes = model.Reader(4);
  EXPECT_EQ(InclusionProof(4, 4, nodes).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(InclusionProof(0, 0, nodes).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(0, 4, nodes).status().code(),
            absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ConsistencyProof(5, 4, nodes).status().code(),
            absl::StatusCode::kOutOfRange);
  const Hash32 root = model.Root(4);
  EXPECT_EQ(VerifyInclusion(4, 4, root, {}, root).code(), kRefused);
  EXPECT_EQ(VerifyInclusion(0, 0, root, {}, root).code(), kRefused);
  EXPECT_EQ(VerifyConsistency(0, 4, EmptyRoot(), root, {}).code(), kRefused);
  EXPECT_EQ(VerifyConsistency(0, 0, root, root, {}).code(), kRefused);
  EXPECT_EQ(VerifyConsistency(5, 4, root, root, {}).code(), kRefused);
  EXPECT_EQ(VerifyConsistency(4, 4, root, root, {{root}}).code(), kRefused);
}

TEST(MerkleProofs, LargestSizesEndAndDoNotHold) {
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  const std::vector<Hash32> proof(64, EmptyRoot());
  EXPECT_EQ(
      VerifyInclusion(kMax - 1, kMax, EmptyRoot(), proof, EmptyRoot()).code(),
      kRefused);
  EXPECT_EQ(
      VerifyConsistency(kMax - 1, kMax, EmptyRoot(), EmptyRoot(), proof).code(),
      kRefused);
  const NodeReader nodes = [](unsigned, std::uint64_t) {
    return absl::StatusOr<Hash32>(EmptyRoot());
  };
  EXPECT_EQ(InclusionProof(0, kMax, nodes)->size(), 64u);
  EXPECT_TRUE(ConsistencyProof(kMax - 1, kMax, nodes).ok());
}

TEST(MerkleProofs, ErrorsOfTheReaderAreHandedOn) {
  const NodeReader broken = [](unsigned, std::uint64_t) {
    return absl::StatusOr<Hash32>(absl::DataLossError("tile 3 is missing"));
  };
  for (const absl::Status& status : {InclusionProof(3, 7, broken).status(),
                                     ConsistencyProof(3, 7, broken).status(),
                                     ConsistencyProof(6, 7, broken).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
    EXPECT_EQ(status.message(), "tile 3 is missing");
  }
}

}  // namespace
}  // namespace samkoer::crypto
