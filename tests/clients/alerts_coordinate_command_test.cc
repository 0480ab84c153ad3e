#include <gtest/gtest.h>

#include <string>

#include "clients/alerts/coordinate_command.h"

namespace samkoer::clients {
namespace {

v1::CoordinateRequest Made(std::string_view command, const StepArguments& a) {
  auto request = MakeStep(command, a, Language::kDanish);
  EXPECT_TRUE(request.ok()) << command;
  return request.ok() ? *request : v1::CoordinateRequest();
}
bool Refused(std::string_view command, const StepArguments& a) {
  return !MakeStep(command, a, Language::kDanish).ok();
}
StepArguments Mette() {
  StepArguments a;
  a.name = "Mette H.";
  a.department = "jobs";
  a.unit = "Team Unge";
  return a;
}

TEST(CoordinateCommand, AGuideIsWhoWasTypedAndAsFarAsWasSaid) {
  StepArguments a = Mette();
  a.second = true;
  a.note = "aftalt";
  auto request = Made("guide", a);
  EXPECT_EQ(request.assign_guide().holder().name(), "Mette H.");
  EXPECT_EQ(request.assign_guide().holder().department(), "jobs");
  EXPECT_FALSE(request.assign_guide().accepted());
  EXPECT_TRUE(request.assign_guide().wished());
  EXPECT_EQ(request.note(), "aftalt");
  a.flag = true;
  EXPECT_TRUE(Made("guide", a).assign_guide().accepted());
}

TEST(CoordinateCommand, EachCommandMakesItsStep) {
  StepArguments a = Mette();
  a.answer = "ja";
  a.text = "x";
  a.role = "contact";
  EXPECT_TRUE(Made("offer", a).has_offer());
  EXPECT_TRUE(Made("guide-answer", a).answer_guide().accepted());
  EXPECT_TRUE(Made("caseworker", a).has_appoint_caseworker());
  EXPECT_TRUE(Made("contact", a).has_appoint_contact_person());
  EXPECT_TRUE(Made("contact-continue", a).has_continue_contact_person());
  EXPECT_EQ(Made("contact-end", a).end_contact_person().reason(), "x");
  EXPECT_TRUE(Made("consent", a).record_consent().given());
  EXPECT_EQ(Made("measure-join", a).join_measure().measure(), "x");
  EXPECT_EQ(Made("measure-leave", a).leave_measure().measure(), "x");
  EXPECT_EQ(Made("handover", a).request_handover().role(),
            v1::HANDOVER_ROLE_CONTACT_PERSON);
  EXPECT_TRUE(Made("stu", a).set_marker().set());
  EXPECT_TRUE(Made("action-done", a).has_action_done());
  EXPECT_FALSE(Made("guide", a).assign_guide().at_conference());
  a.third = true;
  EXPECT_TRUE(Made("guide", a).assign_guide().at_conference());
  EXPECT_FALSE(MakeStep("nonsense", a, Language::kDanish).ok());
}

TEST(CoordinateCommand, AnAnswerIsYesOrNoAndAHandoversAlsoBack) {
  StepArguments a;
  a.number = 3;
  a.answer = "nej";
  EXPECT_FALSE(Made("guide-answer", a).answer_guide().accepted());
  EXPECT_EQ(Made("handover-answer", a).settle_handover().state(),
            v1::HANDOVER_STATE_REFUSED);
  a.answer = "tilbage";
  EXPECT_EQ(Made("handover-answer", a).settle_handover().state(),
            v1::HANDOVER_STATE_TAKEN_BACK);
  EXPECT_EQ(Made("handover-answer", a).settle_handover().handover_id(), 3u);
  EXPECT_TRUE(Refused("guide-answer", a));
  a.answer = "måske";
  EXPECT_TRUE(Refused("handover-answer", a));
  a.role = "chief";
  EXPECT_TRUE(Refused("handover", a));
}

TEST(CoordinateCommand, HalfYearsAndMonthsAreReadAsTheyAreWritten) {
  StepArguments a;
  a.text = "2027-1";
  EXPECT_EQ(Made("half-year", a).plan_half_year().half_year(), 20271u);
  a.text = "ingen";
  EXPECT_EQ(Made("half-year", a).plan_half_year().half_year(), 0u);
  for (const char* wrong : {"2027", "2027-12", "27-1", "2027-x", "20271"}) {
    a.text = wrong;
    EXPECT_TRUE(Refused("half-year", a)) << wrong;
  }
  a.text = "Mette";
  a.flag = true;
  a.answer = "2026-11";
  EXPECT_EQ(Made("plan", a).set_plan().last_review_month(), 202611u);
  EXPECT_EQ(Made("plan", a).set_plan().owner(), "Mette");
  a.answer = "11-2026";
  EXPECT_TRUE(Refused("plan", a));
}

}  // namespace
}  // namespace samkoer::clients
