#include "matcher/overview.h"

#include <gtest/gtest.h>

#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::GetOverviewResponse;

class OverviewTest : public CoordinationTest {
 protected:
  absl::StatusOr<GetOverviewResponse> TryCount() {
    OverviewBasis basis;
    basis.policy = in_.CompilePolicy();
    basis.feed_sequence = 7;
    const auto snapshot = in_.store().Snapshot();
    return CountOverview(basis, *snapshot, in_.sealer());
  }
  GetOverviewResponse Count() { return storage::ValueOf(TryCount()); }
  static std::uint64_t InState(const GetOverviewResponse& overview,
                               samkoer::v1::AlertState state) {
    for (const auto& count : overview.states()) {
      if (count.state() == state) return count.alerts();
    }
    return 999;
  }
};

TEST_F(OverviewTest, OfNothingEveryNumberIsThereAndNought) {
  const GetOverviewResponse overview = Count();
  EXPECT_EQ(overview.states_size(), samkoer::v1::AlertState_ARRAYSIZE - 1);
  EXPECT_EQ(InState(overview, samkoer::v1::ALERT_STATE_IDENTIFIED), 0u);
  ASSERT_EQ(overview.guides_size(), 1);
  EXPECT_EQ(overview.guides(0).alerts(), 0u);
  EXPECT_EQ(overview.half_years_size(), 1);
  ASSERT_EQ(overview.months_size(), 1);
  EXPECT_EQ(overview.months(0).month(), 202611u);
  EXPECT_EQ(overview.feed_sequence(), 7u);
}

TEST_F(OverviewTest, WhatHasEndedIsInItsStateAndNowhereElse) {
  const std::string a = MatchOf("a");
  MatchOf("b");
  SAMKOER_ASSERT_OK(Take(a, Guide()).status());
  samkoer::v1::SetAlertStateRequest decline;
  decline.set_alert_id(AlertOf("b").alert_id());
  decline.set_state(samkoer::v1::ALERT_STATE_DECLINED);
  SAMKOER_ASSERT_OK(in_.matcher()
                        .SetAlertState(Installation::Coordinator(), decline)
                        .status());
  const GetOverviewResponse overview = Count();
  EXPECT_EQ(InState(overview, samkoer::v1::ALERT_STATE_DECLINED), 1u);
  EXPECT_EQ(InState(overview, samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED), 1u);
  EXPECT_EQ(overview.matched_only(), 1u);
  ASSERT_EQ(overview.guides_size(), 2);
  EXPECT_EQ(overview.guides(0).unit(), "Team Unge");
  EXPECT_EQ(overview.guides(0).alerts(), 1u);
  EXPECT_EQ(overview.guides(1).alerts(), 0u);
  EXPECT_EQ(overview.half_years(0).assigned(), 1u);
  EXPECT_EQ(overview.months(0).added(), 2u);
  EXPECT_EQ(overview.months(0).assigned(), 1u);
  EXPECT_EQ(overview.months(0).backlog(), 0u);
}

TEST_F(OverviewTest, AUnitIsCalledAsThePolicyCallsIt) {
  SAMKOER_ASSERT_OK(Take(MatchOf(), Guide()).status());
  for (auto& department : *in_.policy().mutable_departments()) {
    if (department.id() == "jobs") department.set_name("Ungecentret");
  }
  EXPECT_EQ(Count().guides(0).department_name(), "Ungecentret");
}

TEST_F(OverviewTest, OfADamagedStoreThereAreNoNumbers) {
  MatchOf();
  in_.Close();
  in_.DamageAlerts();
  EXPECT_TRUE(absl::IsDataLoss(TryCount().status())) << TryCount().status();
}

}  // namespace
}  // namespace samkoer::matcher
