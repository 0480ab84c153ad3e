#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;

samkoer::v1::CaseRecord Closed(std::string_view ref, std::uint32_t month) {
  auto record = MakeRecord("a", ref, "Rådgivning", DOMAIN_FAMILY);
  record.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  record.set_closed_month(month);
  return record;
}

TEST(RetentionPlanTest, SaysWhatGoesWhenByDomainAndState) {
  Installation in(ExamplePolicy());
  SAMKOER_ASSERT_OK(in.Open());
  in.MustSnapshot(
      "family",
      {Closed("F-1", 202610), Closed("F-2", 202610), Closed("F-3", 202611),
       MakeRecord("b", "F-4", "Rådgivning", DOMAIN_FAMILY),
       MakeRecord("c", "F-5", "Rådgivning", DOMAIN_FAMILY)});
  in.MustSnapshot("jobs",
                  {MakeRecord("b", "J-4", "Team Unge", DOMAIN_EMPLOYMENT),
                   MakeRecord("c", "J-5", "Team Unge", DOMAIN_EMPLOYMENT)});
  in.MustDelta("jobs", {}, {"J-5"});
  const auto plan =
      storage::ValueOf(in.matcher().RetentionPlan(Installation::Officer()));
  EXPECT_EQ(plan.day(), "2026-11-22");
  ASSERT_EQ(plan.days_size(), 3);
  EXPECT_EQ(plan.days(0).day(), "2027-05-01");
  EXPECT_EQ(plan.days(0).domain(), DOMAIN_FAMILY);
  EXPECT_EQ(plan.days(0).count(), 2u);
  EXPECT_EQ(plan.days(1).day(), "2027-06-01");
  EXPECT_EQ(plan.days(1).count(), 1u);
  EXPECT_EQ(plan.days(2).day(), "2027-12-01");
  EXPECT_EQ(plan.days(2).state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
  EXPECT_EQ(plan.days(2).domain(), samkoer::v1::DOMAIN_UNSPECIFIED);
  EXPECT_EQ(plan.days(2).count(), 1u);
  EXPECT_EQ(plan.open_records(), 3u);
  EXPECT_EQ(plan.open_alerts(), 1u);
}

TEST(RetentionPlanTest, IsLogged) {
  Installation in(ExamplePolicy());
  SAMKOER_ASSERT_OK(in.Open());
  storage::ValueOf(in.matcher().RetentionPlan(Installation::Officer()));
  const auto leaf = in.Leaves().back();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_RETENTION_PLAN_READ);
  EXPECT_EQ(leaf.actor(), Installation::Officer().uri);
  EXPECT_EQ(leaf.detail(), "retention plan");
}

}  // namespace
}  // namespace samkoer::matcher
