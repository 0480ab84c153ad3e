#include "matcher/proposal_effect.h"

#include "gtest/gtest.h"

namespace samkoer::matcher {
namespace {

TEST(WithholdBelowTest, IsFiveUnlessThePolicySaysOtherwise) {
  samkoer::v1::Policy policy;
  EXPECT_EQ(WithholdBelow(policy), 5u);
  policy.set_withhold_below(10);
  EXPECT_EQ(WithholdBelow(policy), 10u);
}

TEST(ToldTest, CountsOfPersonsAreRoundedAndFewLookLikeNone) {
  ProposedEffect effect;
  effect.persons = 1003;
  effect.matching_now = 47;
  effect.matching_then = 57;
  effect.more = 14;
  effect.fewer = 4;
  const auto told = Told(effect, 5);
  EXPECT_EQ(told.persons(), 1000u);
  EXPECT_EQ(told.matching_now(), 45u);
  EXPECT_EQ(told.matching_then(), 55u) << "45 and 10 more";
  EXPECT_TRUE(told.rounded());
  EXPECT_EQ(told.more(), 10u);
  EXPECT_FALSE(told.more_withheld());
  EXPECT_EQ(told.fewer(), 0u);
  EXPECT_TRUE(told.fewer_withheld());
}

TEST(ToldTest, WithinAStepOfTheLimitNothingThatIsToldDiffers) {
  ProposedEffect effect;
  effect.persons = effect.matching_now = 20;
  const std::string none = Told(effect, 5).SerializeAsString();
  for (std::uint64_t n = 1; n < 5; ++n) {
    effect.matching_then = 20 + n;
    effect.more = effect.fewer = n;
    effect.records_withdrawn = effect.deleted_at_once = n;
    EXPECT_EQ(Told(effect, 5).SerializeAsString(), none) << n;
  }
  effect.more = 5;
  EXPECT_EQ(Told(effect, 5).more(), 5u);
  EXPECT_FALSE(Told(effect, 5).more_withheld());
}

TEST(ToldTest, DeletionsAreNeverToldAsFewerThanTheyAre) {
  ProposedEffect effect;
  effect.records_withdrawn = 1;
  effect.deleted_at_once = 0;
  auto told = Told(effect, 5);
  EXPECT_EQ(told.records_withdrawn(), 5u);
  EXPECT_EQ(told.deleted_at_once(), 5u);
  effect.records_withdrawn = 17;
  effect.deleted_at_once = 20;
  told = Told(effect, 5);
  EXPECT_EQ(told.records_withdrawn(), 20u);
  EXPECT_EQ(told.deleted_at_once(), 20u);
}

}  // namespace
}  // namespace samkoer::matcher
