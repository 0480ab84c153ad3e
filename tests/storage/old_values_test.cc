#include "storage/old_values.h"

#include <gtest/gtest.h>

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

constexpr LookLimits kNoLimits = {1 << 30, 1 << 30, 1 << 30};

class OldValuesTest : public testing::Test {
 protected:
  OldValuesTest() {
    // The identity and the index are not sealed, and are not looked at.
    WriteBatch batch;
    batch.Put(MetaKey(kIdentityWord), "not sealed");
    batch.Put(SubjectIndexKey({}, 1), "");
    SAMKOER_EXPECT_OK(engine_.Write(batch));
  }
  void Put(std::uint64_t number, std::size_t bytes = 10) {
    const std::string key = NumberKey(Table::kAlert, number);
    WriteBatch batch;
    batch.Put(key, sealer_.Seal(key, std::string(bytes, 'x')));
    SAMKOER_EXPECT_OK(engine_.Write(batch));
  }
  void Rotate() {
    SAMKOER_EXPECT_OK(sealer_.Replace({{1, TestKey(1)}, {2, TestKey(2)}}, 2));
  }
  // All old keys, in as many looks as it takes.
  std::vector<std::string> All(const LookLimits& limits, int* looks = nullptr) {
    std::vector<std::string> keys;
    std::string from;
    while (true) {
      OldValues found = ValueOf(FindOldValues(engine_, 2, from, limits));
      if (looks != nullptr) ++*looks;
      keys.insert(keys.end(), found.keys.begin(), found.keys.end());
      if (found.end) return keys;
      from = found.next;
    }
  }

  MemoryEngine engine_;
  ValueSealer sealer_ = TestSealer(1);
};

TEST_F(OldValuesTest, OldOnesAreFoundInAnyStepsEachOnce) {
  std::vector<std::string> old;
  for (std::uint64_t n = 0; n < 20; n += 2) {
    Put(n);
    old.push_back(NumberKey(Table::kAlert, n));
  }
  Rotate();
  for (std::uint64_t n = 1; n < 20; n += 2) Put(n);
  EXPECT_EQ(All(kNoLimits), old);
  for (const LookLimits limits :
       {LookLimits{1, 100, 100}, LookLimits{1000, 1, 100},
        LookLimits{1000, 100, 1}, LookLimits{130, 3, 5}}) {
    int looks = 0;
    EXPECT_EQ(All(limits, &looks), old);
    EXPECT_GT(looks, 3);
  }
  EXPECT_EQ(ValueOf(CountSealedValues(engine_)), 20u);
}

TEST_F(OldValuesTest, AStepEndsWhenItHasItsBytes) {
  for (std::uint64_t n = 0; n < 10; ++n) Put(n, 1000);
  Rotate();
  const auto found = ValueOf(FindOldValues(engine_, 2, "", {3000, 100, 100}));
  EXPECT_EQ(found.keys.size(), 3u);
  EXPECT_FALSE(found.end);
  EXPECT_EQ(found.next, NumberKey(Table::kAlert, 3));
}

TEST_F(OldValuesTest, AValueThatIsNoSealedOneIsAnError) {
  WriteBatch batch;
  batch.Put(NumberKey(Table::kAlert, 5), "short");
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_FALSE(FindOldValues(engine_, 2, "", kNoLimits).ok());
}

}  // namespace
}  // namespace samkoer::storage
