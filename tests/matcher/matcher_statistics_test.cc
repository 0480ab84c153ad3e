// The part of the facade for records and reports. The tables: statistics_test.
#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class MatcherStatisticsTest : public MatcherIntakeTest {};

TEST_F(MatcherStatisticsTest, TheProcessingIsDescribedAsItIs) {
  in_.MustSnapshot("family", {Family("a", "F-1"), Family("a", "F-2")});
  in_.MustSnapshot("jobs", {Jobs("a", "J-1"), Jobs("b", "J-2")});
  in_.MustErase("b", /*objection=*/true);
  const auto response =
      ValueOf(in_.matcher().DescribeProcessing(Installation::Officer()));
  EXPECT_EQ(response.policy().municipality(), "viborg");
  EXPECT_EQ(response.policy().departments_size(), 4);
  EXPECT_TRUE(response.has_policy_since());
  EXPECT_EQ(response.day(), "2026-11-22");
  EXPECT_EQ(response.records(), 3u);
  EXPECT_EQ(response.persons(), 1u);
  EXPECT_EQ(response.alerts(), 1u);
  EXPECT_EQ(response.objections(), 1u);
  EXPECT_GT(response.audit_leaves(), 5u);
  EXPECT_THAT(response.epochs(), testing::ElementsAre(Installation::kEpoch));
  EXPECT_EQ(in_.Leaves().back().action(),
            samkoer::v1::AUDIT_ACTION_STATISTICS_READ);
}

TEST_F(MatcherStatisticsTest, ThePolicysBeginningSurvivesARestart) {
  const auto since = [&] {
    return ValueOf(in_.matcher().DescribeProcessing(Installation::Officer()))
        .policy_since()
        .seconds();
  };
  const auto first = since();
  in_.SetDay("2026-11-25");
  in_.Restart();
  EXPECT_EQ(since(), first);
}

}  // namespace
}  // namespace samkoer::matcher
