#include <cstdlib>
#include <random>

#include "clients/audit/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"
#include "tests/clients/naive_tree.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

v1::LeafBatch Batch(std::uint64_t start, const NaiveLeaves& leaves,
                    std::size_t begin, std::size_t end) {
  v1::LeafBatch batch;
  batch.set_start(start);
  for (std::size_t i = begin; i < end; ++i) batch.add_leaves(leaves[i]);
  return batch;
}

crypto::Checkpoint CheckpointOf(const NaiveLeaves& leaves) {
  return {"log", leaves.size(), NaiveRoot(leaves)};
}

// All leaves, then the comparison.
absl::Status VerifyAll(const NaiveLeaves& leaves,
                       const crypto::Checkpoint& checkpoint) {
  LogVerifier verifier;
  absl::Status status = verifier.Append(Batch(0, leaves, 0, leaves.size()));
  return status.ok() ? verifier.Matches(checkpoint) : status;
}

TEST(LogVerifier, AgreesWithTheNaiveTreeAtEverySize) {
  const NaiveLeaves all = NumberedLeaves(130);
  LogVerifier verifier;
  EXPECT_TRUE(verifier.Matches(CheckpointOf({})).ok());
  for (std::size_t n = 1; n <= all.size(); ++n) {
    ASSERT_TRUE(verifier.Append(Batch(n - 1, all, n - 1, n)).ok());
    const NaiveLeaves part(all.begin(), all.begin() + n);
    EXPECT_TRUE(verifier.Matches(CheckpointOf(part)).ok()) << n;
  }
}

// Long batches are hashed on two threads, wherever they begin.
TEST(LogVerifier, AgreesWithTheNaiveTreeForLongBatchesThatBeginAnywhere) {
  const NaiveLeaves all = NumberedLeaves(5000);
  std::uint64_t seed = std::random_device{}();
  if (const char* given = std::getenv("SAMKOER_SEED")) {
    seed = std::strtoull(given, nullptr, 10);
  }
  SCOPED_TRACE("SAMKOER_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 20; ++round) {
    LogVerifier verifier;
    const std::size_t known = random() % all.size();
    ASSERT_TRUE(verifier
                    .ExpectOnTheWay(CheckpointOf(
                        NaiveLeaves(all.begin(), all.begin() + known)))
                    .ok());
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t end =
          std::min(all.size(), at + 1 + random() % (round % 2 ? 1200 : 300));
      ASSERT_TRUE(verifier.Append(Batch(at, all, at, end)).ok());
      at = end;
      if (random() % 4 == 0) {
        const NaiveLeaves part(all.begin(), all.begin() + at);
        ASSERT_TRUE(verifier.Matches(CheckpointOf(part)).ok()) << at;
      }
    }
    ASSERT_TRUE(verifier.Matches(CheckpointOf(all)).ok());
  }
}

TEST(LogVerifier, ARewrittenPastInsideALongBatchIsFoundOnTheWay) {
  const NaiveLeaves honest = NumberedLeaves(1000);
  for (const std::size_t kept : {1u, 300u, 512u, 999u, 1000u}) {
    NaiveLeaves forged = honest;
    forged[kept - 1] += "x";
    LogVerifier verifier;
    ASSERT_TRUE(verifier
                    .ExpectOnTheWay(CheckpointOf(
                        NaiveLeaves(honest.begin(), honest.begin() + kept)))
                    .ok());
    EXPECT_TRUE(absl::IsDataLoss(verifier.Append(Batch(0, forged, 0, 1000))))
        << kept;
  }
}

TEST(LogVerifier, AnyBitOfAnyLeafCounts) {
  const NaiveLeaves honest = NumberedLeaves(37);
  const crypto::Checkpoint checkpoint = CheckpointOf(honest);
  ASSERT_TRUE(VerifyAll(honest, checkpoint).ok());
  std::uint64_t seed = std::random_device{}();
  if (const char* given = std::getenv("SAMKOER_SEED")) {
    seed = std::strtoull(given, nullptr, 10);
  }
  SCOPED_TRACE("SAMKOER_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 200; ++round) {
    NaiveLeaves forged = honest;
    std::string& leaf = forged[random() % forged.size()];
    leaf[random() % leaf.size()] ^= static_cast<char>(1 << (random() % 8));
    EXPECT_TRUE(absl::IsDataLoss(VerifyAll(forged, checkpoint)));
  }
}

TEST(LogVerifier, AMissingLeafIsFound) {
  const NaiveLeaves honest = NumberedLeaves(20);
  NaiveLeaves forged = honest;
  forged.erase(forged.begin() + 5);
  EXPECT_TRUE(absl::IsDataLoss(VerifyAll(forged, CheckpointOf(honest))));
}

TEST(LogVerifier, AnAddedLeafIsFound) {
  const NaiveLeaves honest = NumberedLeaves(20);
  NaiveLeaves forged = honest;
  forged.insert(forged.begin() + 5, "more");
  EXPECT_TRUE(absl::IsDataLoss(VerifyAll(forged, CheckpointOf(honest))));
}

TEST(LogVerifier, TwoLeavesInAnotherOrderAreFound) {
  const NaiveLeaves honest = NumberedLeaves(20);
  NaiveLeaves forged = honest;
  std::swap(forged[3], forged[4]);
  const absl::Status status = VerifyAll(forged, CheckpointOf(honest));
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("root"));
}

TEST(LogVerifier, ABatchThatLeavesAGapIsRefused) {
  const NaiveLeaves leaves = NumberedLeaves(20);
  LogVerifier verifier;
  ASSERT_TRUE(verifier.Append(Batch(0, leaves, 0, 10)).ok());
  EXPECT_TRUE(absl::IsDataLoss(verifier.Append(Batch(11, leaves, 11, 20))));
}

TEST(LogVerifier, ARepeatedBatchIsRefused) {
  const NaiveLeaves leaves = NumberedLeaves(20);
  LogVerifier verifier;
  ASSERT_TRUE(verifier.Append(Batch(0, leaves, 0, 10)).ok());
  EXPECT_TRUE(absl::IsDataLoss(verifier.Append(Batch(0, leaves, 0, 10))));
}

TEST(LogVerifier, GoesOnFromATrustedTree) {
  const NaiveLeaves leaves = NumberedLeaves(300);
  LogVerifier first;
  ASSERT_TRUE(first.Append(Batch(0, leaves, 0, 133)).ok());
  LogVerifier second(
      *crypto::CompactTree::FromEdge(first.tree().size(), first.tree().edge()));
  ASSERT_TRUE(second.Append(Batch(133, leaves, 133, 300)).ok());
  EXPECT_TRUE(second.Matches(CheckpointOf(leaves)).ok());
}

TEST(LogVerifier, ARewrittenPastIsFoundOnTheWay) {
  const NaiveLeaves before = NumberedLeaves(10);
  NaiveLeaves after = NumberedLeaves(30);
  after[2] = "rewritten";
  LogVerifier verifier;
  ASSERT_TRUE(verifier.ExpectOnTheWay(CheckpointOf(before)).ok());
  const absl::Status status = verifier.Append(Batch(0, after, 0, 30));
  EXPECT_TRUE(absl::IsDataLoss(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("first 10"));
}

TEST(LogVerifier, AnExpectationOfTheEmptyLogIsCheckedAtOnce) {
  crypto::Checkpoint wrong = CheckpointOf({});
  EXPECT_TRUE(LogVerifier().ExpectOnTheWay(wrong).ok());
  wrong.root[0] ^= 1;
  EXPECT_TRUE(absl::IsDataLoss(LogVerifier().ExpectOnTheWay(wrong)));
}

TEST(Compare, TellsAllFourApart) {
  const NaiveLeaves whole = NumberedLeaves(40);
  for (std::size_t m : {1u, 7u, 8u, 31u, 39u}) {
    const crypto::Checkpoint before =
        CheckpointOf({whole.begin(), whole.begin() + m});
    const crypto::Checkpoint after = CheckpointOf(whole);
    const auto proof = NaiveConsistency(whole, m, whole.size());
    EXPECT_EQ(Compare(before, after, proof), Continuity::kExtends) << m;
    EXPECT_EQ(Compare(after, before, proof), Continuity::kRolledBack);
    EXPECT_EQ(Compare(after, after, {}), Continuity::kSame);
    crypto::Checkpoint other = before;
    other.root[31] ^= 1;
    EXPECT_EQ(Compare(before, other, {}), Continuity::kForked);
    EXPECT_EQ(Compare(other, after, proof), Continuity::kForked);
  }
}

TEST(Compare, AProofOfAnotherTreeIsAFork) {
  const NaiveLeaves honest = NumberedLeaves(40);
  NaiveLeaves forked = honest;
  forked[3] = "other";
  const crypto::Checkpoint before =
      CheckpointOf({honest.begin(), honest.begin() + 10});
  EXPECT_EQ(
      Compare(before, CheckpointOf(forked), NaiveConsistency(forked, 10, 40)),
      Continuity::kForked);
  EXPECT_EQ(Compare(before, CheckpointOf(forked), {}), Continuity::kForked);
}

TEST(Compare, AnyLogExtendsTheEmptyOne) {
  EXPECT_EQ(Compare(CheckpointOf({}), CheckpointOf({"a"}), {}),
            Continuity::kExtends);
}

TEST(OpenCheckpoint, RefusesAnotherKeyOfTheSameName) {
  const auto signer = TestSigner("log");
  const auto foreign = TestSigner("log", 8);
  const std::string text = CheckpointOf({"a"}).Format();
  EXPECT_TRUE(OpenCheckpoint(TestVerifier(signer), signer.Sign(text)).ok());
  EXPECT_TRUE(absl::IsDataLoss(
      OpenCheckpoint(TestVerifier(signer), foreign.Sign(text)).status()));
}

TEST(OpenCheckpoint, RefusesAChangedText) {
  const auto signer = TestSigner("log");
  std::string note = signer.Sign(CheckpointOf(NumberedLeaves(12)).Format());
  note.replace(note.find("12"), 2, "13");
  EXPECT_TRUE(
      absl::IsDataLoss(OpenCheckpoint(TestVerifier(signer), note).status()));
}

TEST(OpenCheckpoint, RefusesTheCheckpointOfAnotherLog) {
  const auto signer = TestSigner("log");
  crypto::Checkpoint other = CheckpointOf({"a"});
  other.origin = "another";
  EXPECT_TRUE(absl::IsDataLoss(
      OpenCheckpoint(TestVerifier(signer), signer.Sign(other.Format()))
          .status()));
}

TEST(OpenCheckpoint, RefusesWhatIsNoNote) {
  const auto signer = TestSigner("log");
  for (const char* text : {"", "log\n1\n", "\n\n", "x"}) {
    EXPECT_TRUE(
        absl::IsDataLoss(OpenCheckpoint(TestVerifier(signer), text).status()));
  }
  EXPECT_TRUE(absl::IsDataLoss(
      OpenCheckpoint(TestVerifier(signer), signer.Sign("log\nmany\nAA==\n"))
          .status()));
}

}  // namespace
}  // namespace samkoer::clients
