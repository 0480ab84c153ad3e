#include "matcher/pending_writes.h"

#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

class PendingWritesTest : public testing::Test {
 protected:
  PendingWritesTest() {
    storage::WriteBatch batch;
    batch.Put("a", "stored a");
    batch.Put("b", "stored b");
    SAMKOER_EXPECT_OK(engine_.Write(batch));
  }
  storage::MemoryEngine engine_;
  PendingWrites writes_{engine_};
};

TEST_F(PendingWritesTest, WhatIsPendingHidesWhatIsStored) {
  EXPECT_EQ(*writes_.Get("a"), "stored a");
  writes_.Put("a", "pending a");
  writes_.Delete("b");
  EXPECT_EQ(*writes_.Get("a"), "pending a");
  EXPECT_TRUE(absl::IsNotFound(writes_.Get("b").status()));
  EXPECT_TRUE(absl::IsNotFound(writes_.Get("c").status()));
}

TEST_F(PendingWritesTest, TheLastWriteOfAKeyIsTheOnlyOne) {
  writes_.Put("x", "1");
  writes_.Delete("x");
  writes_.Put("x", "2");
  writes_.Put("d", "1");
  writes_.Delete("d");
  const storage::WriteBatch batch = writes_.Take();
  ASSERT_EQ(batch.operations().size(), 2u);
  // Ascending.
  EXPECT_EQ(batch.operations()[0].key, "d");
  EXPECT_FALSE(batch.operations()[0].value.has_value());
  EXPECT_EQ(batch.operations()[1].value, "2");
}

TEST_F(PendingWritesTest, NothingIsPendingAfterTake) {
  writes_.Put("x", "1");
  EXPECT_FALSE(writes_.empty());
  EXPECT_GT(writes_.size_bytes(), 0u);
  writes_.Take();
  EXPECT_TRUE(writes_.empty());
  EXPECT_EQ(writes_.size_bytes(), 0u);
  EXPECT_TRUE(absl::IsNotFound(writes_.Get("x").status()));
}

}  // namespace
}  // namespace samkoer::matcher
