#include "matcher/due_step.h"

#include <gtest/gtest.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AUDIT_ACTION_DUE_RAISED;

class DueStepTest : public testing::Test {
 protected:
  DueStepTest() {
    in_.policy().mutable_coordination()->set_offer_days(14);
    SAMKOER_EXPECT_OK(in_.Open());
  }
  // "p" has an alert and was born in the month.
  void Match(std::uint32_t birth_month) {
    in_.MustSnapshot("family",
                     {MakeRecord("p", "F-1", "Rådgivning",
                                 samkoer::v1::DOMAIN_FAMILY, birth_month)});
    in_.MustSnapshot("jobs",
                     {MakeRecord("p", "J-1", "Team Unge",
                                 samkoer::v1::DOMAIN_EMPLOYMENT, birth_month)});
  }
  void Pass(const std::string& day) {
    in_.SetDay(day);
    SAMKOER_ASSERT_OK(in_.Sweep());
  }
  samkoer::v1::Alert Alert() { return in_.AllAlerts().at(0); }

  Installation in_{ExamplePolicy()};
};

TEST_F(DueStepTest, TheDailyRunRaisesWhatIsOverdueOnce) {
  Match(200606);
  ASSERT_EQ(Alert().coordination().dues_size(), 1);
  EXPECT_EQ(Alert().coordination().dues(0).day(), "2026-12-06");
  Pass("2026-12-06");
  EXPECT_EQ(Alert().revision(), 1u);
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_DUE_RAISED), 0u);
  Pass("2026-12-07");
  EXPECT_TRUE(Alert().coordination().dues(0).overdue());
  EXPECT_EQ(Alert().history().rbegin()->event(), "due");
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_DUE_RAISED), 1u);
  EXPECT_EQ(in_.Feed().size(), 2u);
  Pass("2026-12-08");
  EXPECT_EQ(Alert().revision(), 2u);
  in_.Restart();
  EXPECT_EQ(Alert().revision(), 2u);
}

TEST_F(DueStepTest, ATransitionIsRaisedWhenItsMonthComesNear) {
  Match(200907);  // 18 in July 2027
  EXPECT_EQ(Alert().coordination().transitions_size(), 0);
  Pass("2027-01-01");
  ASSERT_EQ(Alert().coordination().transitions_size(), 1);
  EXPECT_EQ(Alert().coordination().transitions(0).month(), 202707u);
  samkoer::v1::ListAlertsRequest request;
  request.set_transition_ahead(true);
  EXPECT_EQ(storage::ValueOf(
                in_.matcher().ListAlerts(Installation::Coordinator(), request))
                .alerts_size(),
            1);
  Pass("2027-08-01");
  EXPECT_EQ(Alert().coordination().transitions_size(), 0);
  EXPECT_EQ(storage::ValueOf(
                in_.matcher().ListAlerts(Installation::Coordinator(), request))
                .alerts_size(),
            0);
}

TEST_F(DueStepTest, APolicyWithoutDeadlinesTakesThemBack) {
  Match(200606);
  in_.policy().set_version(4);
  in_.policy().clear_coordination();
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(Alert().coordination().dues_size(), 0);
}

TEST_F(DueStepTest, AnErasedPersonsDuesAreGone) {
  Match(200606);
  in_.MustErase("p");
  Pass("2026-12-07");
  EXPECT_TRUE(in_.AllAlerts().empty());
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_DUE_RAISED), 0u);
}

}  // namespace
}  // namespace samkoer::matcher
