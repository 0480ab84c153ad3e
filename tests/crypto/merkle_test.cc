#include "crypto/merkle.h"

#include <gtest/gtest.h>

#include "tests/crypto/merkle_model.h"
#include "tests/crypto/vectors.h"

namespace samkoer::crypto {
namespace {

TEST(MerkleHashes, EmptyRootIsThatOfRfc6962) {
  EXPECT_EQ(ToHex(EmptyRoot()),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(MerkleHashes, LeavesAndNodesHaveTheirPrefixes) {
  const Hash32 leaf = LeafHash(Bytes());
  EXPECT_EQ(ToHex(leaf),
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  const std::string node =
      '\x01' + std::string(AsText(leaf)) + std::string(AsText(EmptyRoot()));
  EXPECT_EQ(NodeHash(leaf, EmptyRoot()), Sha256(AsBytes(node)));
}

// The tree that certificate-transparency implementations test with.
TEST(CompactTree, RootsOfThePublishedEightLeaves) {
  const char* const leaves[] = {"",
                                "00",
                                "10",
                                "2021",
                                "3031",
                                "40414243",
                                "5051525354555657",
                                "606162636465666768696a6b6c6d6e6f"};
  const char* const roots[] = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  CompactTree tree;
  EXPECT_EQ(tree.Root(), EmptyRoot());
  for (int i = 0; i < 8; ++i) {
    tree.AppendLeafHash(LeafHash(AsBytes(FromHex(leaves[i]))));
    EXPECT_EQ(ToHex(tree.Root()), roots[i]) << i;
  }
}

TEST(CompactTree, EverySizeHasTheModelsRoot) {
  const MerkleModel model(300);
  CompactTree tree;
  for (std::uint64_t size = 0; size <= 300; ++size) {
    EXPECT_EQ(tree.size(), size);
    EXPECT_EQ(tree.Root(), model.Root(size)) << size;
    if (size < 300) tree.AppendLeafHash(model.leaf(size));
  }
}

TEST(CompactTree, GoesOnFromAStoredEdge) {
  auto random = SeededGenerator();
  const MerkleModel model(2000);
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t stop = random() % 2000;
    CompactTree before;
    for (std::uint64_t i = 0; i < stop; ++i) {
      before.AppendLeafHash(model.leaf(i));
    }
    auto after = CompactTree::FromEdge(before.size(), before.edge());
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_EQ(after->Root(), before.Root());
    for (std::uint64_t i = stop; i < 2000; ++i) {
      after->AppendLeafHash(model.leaf(i));
    }
    EXPECT_EQ(after->Root(), model.Root(2000)) << stop;
  }
}

TEST(CompactTree, AnAlignedTreeIsAppendedAsItsLeavesWouldBe) {
  const MerkleModel model(200);
  const auto range = [&](std::size_t begin, std::size_t end) {
    CompactTree tree;
    for (std::size_t i = begin; i < end; ++i) {
      tree.AppendLeafHash(model.leaf(i));
    }
    return tree;
  };
  for (const std::size_t begin : {0u, 8u, 16u, 24u, 64u, 96u, 128u}) {
    const std::size_t aligned = begin == 0 ? 128 : begin & (~begin + 1);
    for (std::size_t size = 0; size <= std::min(aligned, 200 - begin); ++size) {
      CompactTree tree = range(0, begin);
      tree.AppendTree(range(begin, begin + size));
      EXPECT_EQ(tree.size(), begin + size);
      EXPECT_EQ(tree.edge(), range(0, begin + size).edge())
          << begin << "+" << size;
    }
  }
}

TEST(CompactTree, EdgeOfAnotherSizeIsRefused) {
  EXPECT_EQ(CompactTree::FromEdge(6, {EmptyRoot()}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CompactTree::FromEdge(0, {EmptyRoot()}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(CompactTree::FromEdge(1, {}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(CompactTree::FromEdge(0, {}).ok());
}

}  // namespace
}  // namespace samkoer::crypto
