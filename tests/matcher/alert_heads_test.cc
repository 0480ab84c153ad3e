#include "matcher/alert_heads.h"

#include <gtest/gtest.h>

#include "matcher/alert_reader.h"
#include "matcher/recovery.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

std::vector<std::uint64_t> NumbersOf(const AlertHeads& heads,
                                     std::uint64_t before = 0) {
  std::vector<std::uint64_t> numbers;
  heads.Scan(before, [&](const storage::StoredAlert& head) {
    numbers.push_back(head.number);
    return true;
  });
  return numbers;
}

std::vector<storage::StoredAlert> Heads(
    std::initializer_list<std::uint64_t> numbers) {
  std::vector<storage::StoredAlert> heads;
  for (const std::uint64_t number : numbers) {
    heads.emplace_back().number = number;
  }
  return heads;
}

TEST(AlertHeadsTest, AScanGoesFromTheNewestAndBeginsBelowANumber) {
  AlertHeadBook book;
  EXPECT_TRUE(NumbersOf(*book.Share(0)).empty());
  book.Put(2, Heads({130, 131}));
  book.Put(0, Heads({1, 63}));
  const auto heads = book.Share(5);
  EXPECT_EQ(heads->feed_sequence(), 5u);
  using Numbers = std::vector<std::uint64_t>;
  EXPECT_EQ(NumbersOf(*heads), (Numbers{131, 130, 63, 1}));
  EXPECT_EQ(NumbersOf(*heads, 131), (Numbers{130, 63, 1}));
  EXPECT_EQ(NumbersOf(*heads, 128), (Numbers{63, 1}));
  EXPECT_EQ(NumbersOf(*heads, 63), (Numbers{1}));
  EXPECT_TRUE(NumbersOf(*heads, 1).empty());
  EXPECT_EQ(NumbersOf(*heads, 1'000'000), (Numbers{131, 130, 63, 1}));
  int seen = 0;
  heads->Scan(0, [&](const storage::StoredAlert&) { return ++seen < 3; });
  EXPECT_EQ(seen, 3);
}

TEST(AlertHeadsTest, AMomentStaysAsItWas) {
  AlertHeadBook book;
  book.Put(0, Heads({1, 2}));
  book.Put(1, Heads({64}));
  const auto before = book.Share(1);
  EXPECT_EQ(book.Share(1), before);
  book.Put(0, Heads({2}));
  book.Put(1, {});
  const auto after = book.Share(2);
  EXPECT_EQ(NumbersOf(*before).size(), 3u);
  EXPECT_EQ(NumbersOf(*after), std::vector<std::uint64_t>{2});
  EXPECT_NE(book.Share(3), after);
}

class AlertHeadsOfAStoreTest : public StateFixture {
 protected:
  // By what would be stored.
  std::vector<std::string> InMemory(LoopState& state) {
    std::vector<std::string> heads;
    state.heads.Share(0)->Scan(0, [&](const storage::StoredAlert& head) {
      heads.push_back(storage::EncodeAlertBlock({&head, 1}));
      return true;
    });
    return heads;
  }
  std::vector<std::string> Stored() {
    std::vector<std::string> heads;
    SAMKOER_EXPECT_OK(
        AlertReader(engine_, sealer_)
            .Scan(0, [&](const storage::StoredAlert& head) {
              heads.push_back(storage::EncodeAlertBlock({&head, 1}));
              return true;
            }));
    return heads;
  }
};

TEST_F(AlertHeadsOfAStoreTest, AreThoseThatWereWrittenAndThoseThatAreLoaded) {
  AddPersons(0, 129);
  // Not durable yet.
  EXPECT_TRUE(InMemory(state_).empty());
  Write();
  EXPECT_EQ(InMemory(state_).size(), 130u);
  EXPECT_EQ(InMemory(state_), Stored());
  {
    RecordChanges changes(state_, tx_);
    UpsertJobs(changes, "p7", "J-9");
    Finish(changes);
  }
  Write();
  EXPECT_EQ(InMemory(state_), Stored());
  storage::WriteBatch batch;
  const std::string key = storage::MetaKey(storage::kMatcherStateWord);
  batch.Put(key, sealer_.Seal(key, storage::EncodeMatcherState(state_.state)));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  LoopState loaded;
  loaded.store = &engine_;
  loaded.sealer = &sealer_;
  loaded.threads = 2;
  loaded.match_key = state_.match_key;
  SAMKOER_ASSERT_OK(LoadState(loaded));
  EXPECT_EQ(InMemory(loaded), Stored());
}

}  // namespace
}  // namespace samkoer::matcher
