#include "storage/restored_mark.h"

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

TEST(RestoredMarkTest, StandsUntilItIsCleared) {
  MemoryEngine engine;
  const ValueSealer sealer = TestSealer();
  EXPECT_EQ(ValueOf(ReadRestoredMark(engine)), RestoredMark::kNone);
  for (const RestoredMark mark :
       {RestoredMark::kStopped, RestoredMark::kRunning}) {
    SAMKOER_ASSERT_OK(WriteRestoredMark(engine, sealer, mark));
    EXPECT_EQ(ValueOf(ReadRestoredMark(engine)), mark);
  }
  // A backup of a restored store, restored: the stronger one.
  SAMKOER_ASSERT_OK(WriteRestoredMark(engine, sealer, RestoredMark::kStopped));
  EXPECT_EQ(ValueOf(ReadRestoredMark(engine)), RestoredMark::kRunning);
  SAMKOER_ASSERT_OK(ClearRestoredMark(engine));
  EXPECT_EQ(ValueOf(ReadRestoredMark(engine)), RestoredMark::kNone);
  SAMKOER_EXPECT_OK(ClearRestoredMark(engine));
}

TEST(RestoredMarkTest, IsSealedAsAllValuesAre) {
  MemoryEngine engine;
  const ValueSealer sealer = TestSealer();
  SAMKOER_ASSERT_OK(WriteRestoredMark(engine, sealer, RestoredMark::kRunning));
  const std::string key = MetaKey("restored");
  EXPECT_EQ(ValueOf(sealer.Open(key, ValueOf(engine.Get(key)))), "\x01");
}

}  // namespace
}  // namespace samkoer::storage
