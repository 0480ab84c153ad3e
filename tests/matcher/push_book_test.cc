#include "matcher/push_book.h"

#include "storage/key_layout.h"
#include "storage/staged_batch.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using storage::PushPhase;

class PushBookTest : public testing::Test {
 protected:
  NumberedPush Push(std::uint64_t number, std::uint16_t department = 1) {
    NumberedPush push;
    push.number = number;
    push.stored.department = department;
    push.stored.push_id.fill(static_cast<std::uint8_t>(number));
    push.stored.digests_hash = "hash";
    push.stored.differing = "bits";
    return push;
  }
  // Opens a push with `batches` staged batches of two records each.
  void Open(std::uint64_t number, std::uint64_t batches) {
    book_.Open(Push(number), tx_, sealer_);
    for (std::uint64_t n = 0; n < batches; ++n) {
      storage::StagedBatchHead head;
      head.digest.fill(static_cast<std::uint8_t>(n));
      head.record_count = 2;
      head.added = 1;
      std::string plaintext;
      storage::PutStagedBatchHead(plaintext, head);
      const std::string key = storage::StagedBatchKey(number, n);
      tx_.writes().Put(key, sealer_.Seal(key, plaintext));
      book_.of(1).open->batches.push_back({head.digest, 2});
    }
  }
  void Write() { SAMKOER_ASSERT_OK(engine_.Write(tx_.writes().Take())); }
  PushBook Reload() {
    PushBook book;
    SAMKOER_EXPECT_OK(book.Load(engine_, sealer_));
    return book;
  }
  std::size_t Count(storage::Table table) {
    std::size_t count = 0;
    SAMKOER_EXPECT_OK(engine_.Scan(
        storage::TablePrefix(table), "",
        [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }

  storage::MemoryEngine engine_;
  storage::ValueSealer sealer_ = storage::TestSealer();
  Transaction tx_{engine_};
  PushBook book_;
};

TEST_F(PushBookTest, AnOpenPushIsReadBackWithItsBatches) {
  Open(5, 3);
  Write();
  PushBook book = Reload();
  OpenPush* open = book.FindOpen(1, 5);
  ASSERT_NE(open, nullptr);
  EXPECT_EQ(open->batches.size(), 3u);
  EXPECT_EQ(open->record_count, 6u);
  EXPECT_EQ(open->stored.added, 3u);
  EXPECT_EQ(open->Digest(), book_.of(1).open->Digest());
  EXPECT_EQ(book.FindOpen(1, 6), nullptr);
  EXPECT_EQ(book.FindOpen(2, 5), nullptr);
}

TEST_F(PushBookTest, ACommittedPushLeavesItsReceiptOnly) {
  Open(5, 3);
  Write();
  storage::StoredPush receipt = book_.of(1).open->stored;
  receipt.held = 42;
  book_.Commit(1, receipt, tx_, sealer_);
  Write();
  EXPECT_EQ(Count(storage::Table::kStagedBatch), 0u);
  PushBook book = Reload();
  EXPECT_FALSE(book.of(1).open.has_value());
  ASSERT_TRUE(book.of(1).committed.has_value());
  EXPECT_EQ(book.of(1).committed->number, 5u);
  EXPECT_EQ(book.of(1).committed->stored.held, 42u);
}

TEST_F(PushBookTest, AGivenUpPushIsRememberedWithoutItsBatches) {
  Open(5, 3);
  Write();
  book_.GiveUp(1, /*remember=*/true, tx_, sealer_);
  Write();
  EXPECT_EQ(Count(storage::Table::kStagedBatch), 0u);
  PushBook book = Reload();
  EXPECT_FALSE(book.of(1).open.has_value());
  ASSERT_EQ(book.of(1).given_up.size(), 1u);
  EXPECT_EQ(book.of(1).given_up[0].stored.push_id, Push(5).stored.push_id);
  EXPECT_TRUE(book.of(1).given_up[0].stored.differing.empty());
}

TEST_F(PushBookTest, ADeltasCasesAreReadBackWithTheirBatch) {
  Open(5, 1);
  storage::StagedBatchHead head;
  crypto::Hash16 one, two;
  one.fill(1);
  two.fill(2);
  head.mentioned = {one, two};
  std::string plaintext;
  storage::PutStagedBatchHead(plaintext, head);
  const std::string key = storage::StagedBatchKey(5, 1);
  tx_.writes().Put(key, sealer_.Seal(key, plaintext));
  Write();
  PushBook book = Reload();
  const auto& mentioned = book.of(1).open->mentioned;
  ASSERT_EQ(mentioned.size(), 2u);
  EXPECT_EQ(mentioned.at(one), 1u);
  EXPECT_EQ(mentioned.at(two), 1u);
}

TEST_F(PushBookTest, ACommittedPushMayBeOverToo) {
  Open(5, 1);
  book_.Commit(1, book_.of(1).open->stored, tx_, sealer_);
  Write();
  ASSERT_EQ(Count(storage::Table::kPush), 1u);
  book_.EndCommitted(1, tx_, sealer_);
  book_.EndCommitted(2, tx_, sealer_);  // nothing there
  Write();
  EXPECT_FALSE(book_.of(1).committed.has_value());
  PushBook book = Reload();
  EXPECT_FALSE(book.of(1).committed.has_value());
  ASSERT_EQ(book.of(1).given_up.size(), 1u);
  EXPECT_EQ(book.of(1).given_up[0].number, 5u);
}

TEST_F(PushBookTest, APushMayBeForgotten) {
  Open(5, 1);
  Write();
  book_.GiveUp(1, /*remember=*/false, tx_, sealer_);
  Write();
  EXPECT_EQ(Count(storage::Table::kPush), 0u);
  EXPECT_EQ(Count(storage::Table::kStagedBatch), 0u);
}

TEST_F(PushBookTest, ABatchThatIsMissingIsDataLoss) {
  Open(5, 3);
  tx_.writes().Delete(storage::StagedBatchKey(5, 1));
  Write();
  PushBook book;
  EXPECT_TRUE(absl::IsDataLoss(book.Load(engine_, sealer_)));
}

TEST_F(PushBookTest, TwoOpenPushesOfADepartmentAreDataLoss) {
  Open(5, 0);
  Write();
  PushBook other;
  other.Open(Push(6), tx_, sealer_);
  Write();
  PushBook book;
  EXPECT_TRUE(absl::IsDataLoss(book.Load(engine_, sealer_)));
}

}  // namespace
}  // namespace samkoer::matcher
