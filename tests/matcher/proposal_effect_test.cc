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

TEST(ToldTest, SmallCountsAreWithheldAndSumsRounded) {
  PolicyEffect effect;
  effect.persons = 1003;
  effect.matching_now = 47;
  effect.matching_then = 53;
  effect.more = 10;
  effect.fewer = 4;
  const auto told = Told(effect, 5);
  EXPECT_EQ(told.persons(), 1000u);
  EXPECT_EQ(told.matching_now(), 45u);
  EXPECT_EQ(told.matching_then(), 50u);
  EXPECT_TRUE(told.rounded());
  EXPECT_EQ(told.more(), 10u);
  EXPECT_FALSE(told.more_withheld());
  EXPECT_EQ(told.fewer(), 0u);
  EXPECT_TRUE(told.fewer_withheld());
}

TEST(ToldTest, NobodyIsToldAsNobodyAndAsManyAsTheLimitAsTheyAre) {
  PolicyEffect effect;
  effect.more = 5;
  const auto told = Told(effect, 5);
  EXPECT_EQ(told.more(), 5u);
  EXPECT_FALSE(told.more_withheld());
  EXPECT_EQ(told.fewer(), 0u);
  EXPECT_FALSE(told.fewer_withheld());
}

TEST(ToldTest, FewDeletionsAreNeverToldAsNone) {
  PolicyEffect effect;
  effect.records_withdrawn = 1;
  effect.deleted_at_once = 4;
  auto told = Told(effect, 5);
  EXPECT_EQ(told.records_withdrawn(), 5u);
  EXPECT_EQ(told.deleted_at_once(), 5u);
  effect.records_withdrawn = 17;
  effect.deleted_at_once = 0;
  told = Told(effect, 5);
  EXPECT_EQ(told.records_withdrawn(), 17u);
  EXPECT_EQ(told.deleted_at_once(), 0u);
}

}  // namespace
}  // namespace samkoer::matcher
