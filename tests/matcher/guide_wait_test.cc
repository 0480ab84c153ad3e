#include "matcher/guide_wait.h"

#include <gtest/gtest.h>

#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"
#include "tests/matcher/example_policy.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states

constexpr std::string_view kWho = "samkoer://viborg/coordinator/anna";

absl::Time On(int day) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Hours(24 * day);
}

class GuideWaitTest : public testing::Test {
 protected:
  static AlertContent Content() {
    AlertContent content;
    content.rule = "unge";
    content.participants.resize(1);
    return content;
  }
  void Take(int day, const CoordinateRequest& request) {
    StepContext context;
    context.policy = &policy_;
    context.birth = M(200603);
    context.day = D("2026-11-22");
    context.actor = kWho;
    context.now = On(day);
    SAMKOER_ASSERT_OK(Coordinate(alert_, request, context));
  }
  void Guide(int day, const std::string& name, bool accepted = true) {
    CoordinateRequest request;
    auto& guide = *request.mutable_assign_guide();
    guide.mutable_holder()->set_name(name);
    guide.mutable_holder()->set_external("FGU Midt");
    guide.set_accepted(accepted);
    Take(day, request);
  }
  void Answer(int day, bool accepted) {
    CoordinateRequest request;
    request.mutable_answer_guide()->set_accepted(accepted);
    Take(day, request);
  }
  void Set(int day, AlertState state) {
    SAMKOER_ASSERT_OK(SetAlertState(alert_, state, kWho, "", 0, On(day)));
  }

  const CompiledPolicy policy_ = Compiled(ExamplePolicy());
  Alert alert_ = OpenAlert("A-7K3M-9QXD", Content(), On(0));
};

TEST_F(GuideWaitTest, FromTheAlertToTheGuidesYes) {
  Guide(5, "Ole", false);
  Answer(7, false);
  Guide(9, "Mette", false);
  Answer(12, true);
  EXPECT_EQ(DaysToGuide(alert_), 12);
}

TEST_F(GuideWaitTest, OnTheSameDayIsNoDay) {
  Guide(0, "Mette");
  EXPECT_EQ(DaysToGuide(alert_), 0);
}

TEST_F(GuideWaitTest, AHandoverIsNoWaiting) {
  Guide(12, "Mette");
  CoordinateRequest ask;
  ask.mutable_request_handover()->set_role(HANDOVER_ROLE_GUIDE);
  ask.mutable_request_handover()->mutable_to()->set_name("Ole");
  ask.mutable_request_handover()->mutable_to()->set_external("FGU Midt");
  Take(100, ask);
  bool changed = false;
  SAMKOER_ASSERT_OK(AnswerHandover(alert_, 1, HANDOVER_STATE_ACCEPTED, kWho, "",
                                   On(110), changed));
  EXPECT_EQ(DaysToGuide(alert_), 12);
}

TEST_F(GuideWaitTest, AClosedAlertThatOpensAgainBeginsAgain) {
  Guide(12, "Mette");
  Set(50, ALERT_STATE_CLOSED);
  Set(80, ALERT_STATE_IDENTIFIED);
  Guide(83, "Ole");
  EXPECT_EQ(DaysToGuide(alert_), 3);
}

TEST_F(GuideWaitTest, WhoKeptTheGuideWhileWithdrawnHasNotWaitedAgain) {
  Guide(12, "Mette");
  ASSERT_TRUE(ApplyRuleCeased(alert_, On(50), /*open_case=*/false));
  ASSERT_TRUE(ApplyRuleHolds(alert_, Content(), On(80)));
  EXPECT_EQ(DaysToGuide(alert_), 12);
}

TEST_F(GuideWaitTest, WhoHadNoneWhenWithdrawnWaitsFromTheOpening) {
  ASSERT_TRUE(ApplyRuleCeased(alert_, On(50), /*open_case=*/true));
  ASSERT_EQ(alert_.state(), ALERT_STATE_WITHDRAWN);
  ASSERT_TRUE(ApplyRuleHolds(alert_, Content(), On(80)));
  Guide(84, "Mette");
  EXPECT_EQ(DaysToGuide(alert_), 4);
}

TEST_F(GuideWaitTest, AHistoryThatGaveUpTheStepLeavesTheGuidesOwnDay) {
  Guide(12, "Mette");
  alert_.mutable_history()->DeleteSubrange(1, 1);
  EXPECT_EQ(DaysToGuide(alert_), 12);
}

}  // namespace
}  // namespace samkoer::matcher
