#include "matcher/nomination_steps.h"

#include <gtest/gtest.h>

#include <string>

#include "matcher/alert_lifecycle.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states

constexpr std::string_view kWho = "samkoer://viborg/coordinator/anna";

absl::Time T(int hour) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Hours(hour);
}

Nomination Of(std::string department, std::string case_ref) {
  Nomination nomination;
  nomination.set_department(std::move(department));
  nomination.set_case_ref(std::move(case_ref));
  nomination.set_reason("har brug for en guide");
  return nomination;
}

class NominationStepsTest : public testing::Test {
 protected:
  NominationStepsTest() {
    AlertContent content;
    content.rule = "unge";
    content.participants.resize(1);
    content.participants[0].set_department("family");
    content.participants[0].set_case_ref("F-1");
    alert_ = OpenAlert("A-7K3M-9QXD", content, T(0));
  }
  Alert alert_;
};

TEST_F(NominationStepsTest, ANominationMeetsTheMatchInOneAlert) {
  SAMKOER_ASSERT_OK(Nominate(alert_, Of("jobs", "J-1"), "jobs", T(1)));
  EXPECT_EQ(alert_.state(), ALERT_STATE_NOMINATED);
  EXPECT_TRUE(alert_.coordination().matched());
  auto again = Of("jobs", "J-1");
  again.set_reason("stadig");
  SAMKOER_ASSERT_OK(Nominate(alert_, again, "jobs", T(2)));
  ASSERT_EQ(alert_.coordination().nominations_size(), 1);
  EXPECT_EQ(alert_.coordination().nominations(0).reason(), "stadig");
  // The rule ceases; the nomination stands.
  EXPECT_TRUE(ApplyRuleCeased(alert_, T(3)));
  EXPECT_EQ(alert_.state(), ALERT_STATE_NOMINATED);
  EXPECT_EQ(alert_.history().rbegin()->event(), "rule-ceased");
  EXPECT_FALSE(ApplyRuleCeased(alert_, T(3)));
  EXPECT_FALSE(DropNominations(
      alert_, [](const Nomination&) { return true; }, T(4)));
  EXPECT_TRUE(DropNominations(
      alert_, [](const Nomination&) { return false; }, T(4)));
  EXPECT_TRUE(ApplyRuleCeased(alert_, T(4)));
  EXPECT_EQ(alert_.state(), ALERT_STATE_WITHDRAWN);
}

TEST_F(NominationStepsTest, ANominationAloneIsAnAlertThatAMatchJoins) {
  Alert alone;
  alone.set_alert_id("A-7K3M-9QXE");
  SAMKOER_ASSERT_OK(Nominate(alone, Of("jobs", "J-1"), "jobs", T(1)));
  EXPECT_EQ(alone.state(), ALERT_STATE_NOMINATED);
  EXPECT_FALSE(alone.coordination().matched());
  EXPECT_EQ(alone.revision(), 1u);
  AlertContent content;
  content.rule = "unge";
  content.participants.resize(1);
  EXPECT_TRUE(ApplyRuleHolds(alone, content, T(2)));
  EXPECT_EQ(alone.state(), ALERT_STATE_NOMINATED);
  EXPECT_TRUE(alone.coordination().matched());
  EXPECT_EQ(alone.history().rbegin()->event(), "matched");
}

TEST_F(NominationStepsTest, ANominationOpensAClosedAlertNotADeclinedOne) {
  for (const bool declined : {false, true}) {
    Alert alert = alert_;
    SAMKOER_ASSERT_OK(SetAlertState(
        alert, declined ? ALERT_STATE_DECLINED : ALERT_STATE_CLOSED, kWho, "",
        0, T(1)));
    SAMKOER_ASSERT_OK(Nominate(alert, Of("jobs", "J-1"), "jobs", T(2)));
    EXPECT_EQ(alert.state(),
              declined ? ALERT_STATE_DECLINED : ALERT_STATE_NOMINATED);
    EXPECT_EQ(alert.coordination().nominations_size(), 1);
  }
}

TEST_F(NominationStepsTest, NominationsAreBounded) {
  for (int i = 0; i < kMaxNominations; ++i) {
    SAMKOER_ASSERT_OK(
        Nominate(alert_, Of("jobs", "J-" + std::to_string(i)), "jobs", T(1)));
  }
  EXPECT_TRUE(absl::IsResourceExhausted(
      Nominate(alert_, Of("jobs", "J-99"), "jobs", T(1))));
  SAMKOER_EXPECT_OK(Nominate(alert_, Of("jobs", "J-0"), "jobs", T(1)));
}

}  // namespace
}  // namespace samkoer::matcher
