#include "matcher/feed_dictionaries.h"

#include "matcher/alert_store.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

class FeedDictionariesTest : public StateFixture {
 protected:
  std::shared_ptr<const CompiledPolicy> Policy(std::string_view unit) {
    auto policy = ExamplePolicy();
    policy.mutable_departments(0)->add_units()->set_name(std::string(unit));
    return std::make_shared<const CompiledPolicy>(Compiled(std::move(policy)));
  }
  // Of an empty store, written at once.
  const storage::Dictionary* For(
      const std::shared_ptr<const CompiledPolicy>& policy) {
    const auto* dictionary =
        dictionaries_.ForPolicy(policy, sealer_, tx_.writes());
    pending_ = !tx_.writes().empty();
    Write();
    return dictionary;
  }
  FeedDictionaries dictionaries_;
  bool pending_ = false;
};

TEST_F(FeedDictionariesTest, ASampleSaysWhatThePolicySaysAndNothingElse) {
  const std::string sample = SampleAlerts(*Policy("Sundhedsplejen"));
  for (const char* text : {"Sundhedsplejen", "myndighedsafdelinger", "opened",
                           "withdrawn", "reopened", "matcher"}) {
    EXPECT_NE(sample.find(text), std::string::npos) << text;
  }
  EXPECT_EQ(sample, SampleAlerts(*Policy("Sundhedsplejen")));
}

TEST_F(FeedDictionariesTest, ADictionaryIsMadeWhenThePolicysWordsChange) {
  const auto* first = For(Policy("a unit"));
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(first->number(), 1);
  EXPECT_TRUE(pending_);
  const auto* same_words = For(Policy("a unit"));
  EXPECT_EQ(same_words, first);
  EXPECT_FALSE(pending_);
  EXPECT_EQ(For(Policy("another unit"))->number(), 2);
  EXPECT_EQ(For(Policy("a unit"))->number(), 3);
  EXPECT_EQ(dictionaries_.Find(0), nullptr);
  EXPECT_EQ(dictionaries_.Find(1), first);
  EXPECT_EQ(dictionaries_.Find(4), nullptr);
}

TEST_F(FeedDictionariesTest, AStartFindsThemAllAgain) {
  const auto policy = Policy("a unit");
  For(policy);
  For(Policy("another unit"));
  FeedDictionaries again;
  SAMKOER_ASSERT_OK(again.Load(engine_, sealer_));
  ASSERT_NE(again.Find(2), nullptr);
  EXPECT_EQ(again.Find(1)->bytes(), SampleAlerts(*policy));
  EXPECT_EQ(again.Find(3), nullptr);
  EXPECT_EQ(
      again.ForPolicy(Policy("another unit"), sealer_, tx_.writes())->number(),
      2);
  EXPECT_TRUE(tx_.writes().empty());
}

TEST_F(FeedDictionariesTest, WithoutAPolicyThereIsNone) {
  EXPECT_EQ(For(nullptr), nullptr);
  EXPECT_FALSE(pending_);
}

TEST_F(FeedDictionariesTest, AlertsOfEveryPolicyAreReadAfterAStart) {
  AddPersons(1, 2);
  Write();
  auto next = ExamplePolicy();
  next.set_version(next.version() + 1);
  next.mutable_departments(0)->set_name("Et andet navn");
  SAMKOER_ASSERT_OK(ChangePolicy(
      state_, tx_, std::make_shared<const CompiledPolicy>(Compiled(next))));
  AddPersons(3, 3);
  Write();
  for (const char* person : {"p1", "p3"}) {
    samkoer::v1::Alert alert;
    FeedDictionaries loaded;
    SAMKOER_ASSERT_OK(loaded.Load(engine_, sealer_));
    std::swap(state_.dictionaries, loaded);
    SAMKOER_EXPECT_OK(AlertLoader(state_, tx_).Load(PersonOf(person), alert));
    EXPECT_EQ(alert.participants_size(), 2) << person;
  }
}

TEST_F(FeedDictionariesTest, AMissingOneIsNoticed) {
  For(Policy("a unit"));
  For(Policy("another unit"));
  storage::WriteBatch batch;
  batch.Delete(storage::DictionaryKey(1));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  FeedDictionaries again;
  EXPECT_TRUE(absl::IsDataLoss(again.Load(engine_, sealer_)));
}

TEST_F(FeedDictionariesTest, ADamagedOneIsRefused) {
  For(Policy("a unit"));
  storage::WriteBatch batch;
  batch.Put(storage::DictionaryKey(1), "damaged");
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  FeedDictionaries again;
  EXPECT_FALSE(again.Load(engine_, sealer_).ok());
}

}  // namespace
}  // namespace samkoer::matcher
