#include "matcher/inbox_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Alert;
using testing::ElementsAre;
using testing::IsEmpty;

Alert Convened() {
  Alert alert;
  alert.set_state(samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED);
  return alert;
}
void AddCase(Alert& alert, const std::string& department,
             const std::string& case_ref) {
  auto& participant = *alert.add_participants();
  participant.set_department(department);
  participant.set_case_ref(case_ref);
  participant.set_unit("Team");
}
samkoer::v1::Handover& AddHandover(Alert& alert, const std::string& to) {
  auto& handover = *alert.mutable_coordination()->add_handovers();
  handover.set_handover_id(
      static_cast<std::uint32_t>(alert.coordination().handovers_size()));
  handover.mutable_to()->set_department(to);
  handover.set_state(samkoer::v1::HANDOVER_STATE_REQUESTED);
  return handover;
}
std::vector<std::string> Departments(const Alert& alert) {
  std::vector<std::string> departments;
  ForEachDepartment(alert, [&](const std::string& department) {
    departments.push_back(department);
  });
  return departments;
}

TEST(InboxRulesTest, AnAlertConcernsWhoeverTakesPartOrHasNominated) {
  Alert alert = Convened();
  AddCase(alert, "family", "F-1");
  AddHandover(alert, "social");
  alert.mutable_coordination()->add_nominations()->set_department("jobs");
  EXPECT_THAT(Departments(alert), ElementsAre("family", "jobs"));
  // Without a rule whoever is asked, or still has to act, finds it too.
  alert.clear_participants();
  auto& action =
      *alert.mutable_coordination()->mutable_conference()->mutable_action();
  action.set_department("school");
  EXPECT_THAT(Departments(alert), ElementsAre("jobs", "social", "school"));
  action.mutable_done();
  EXPECT_THAT(Departments(alert), ElementsAre("jobs", "social"));
  alert.set_state(samkoer::v1::ALERT_STATE_CLOSED);
  EXPECT_THAT(Departments(alert), ElementsAre("jobs"));
}

TEST(InboxRulesTest, TheInboxShowsWhatIsConvenedAndConcernsACase) {
  Alert alert = Convened();
  AddCase(alert, "family", "F-2");
  AddCase(alert, "family", "F-1");
  EXPECT_TRUE(InboxShows(alert, "family", false));
  EXPECT_EQ(OwnCases(alert, "family").front().case_ref, "F-1");
  EXPECT_THAT(OwnCases(alert, "jobs"), IsEmpty());
  // A case elsewhere is none of the alert while the rule holds, whoever asks.
  AddHandover(alert, "jobs");
  EXPECT_FALSE(InboxShows(alert, "jobs", true));
  EXPECT_FALSE(InboxShowedHandover(alert, "jobs", 1, true));
  alert.clear_participants();
  EXPECT_TRUE(InboxShows(alert, "jobs", true));
  EXPECT_FALSE(InboxShows(alert, "jobs", false));
  EXPECT_FALSE(InboxShows(alert, "family", true));
  alert.set_state(samkoer::v1::ALERT_STATE_IDENTIFIED);
  EXPECT_FALSE(InboxShows(alert, "jobs", true));
}

TEST(InboxRulesTest, AHandoverThatWasAnsweredWasShown) {
  Alert alert = Convened();
  auto& handover = AddHandover(alert, "jobs");
  ASSERT_NE(HandoverTo(alert, "jobs"), nullptr);
  EXPECT_EQ(HandoverTo(alert, "family"), nullptr);
  EXPECT_TRUE(InboxShowedHandover(alert, "jobs", 1, true));
  handover.set_state(samkoer::v1::HANDOVER_STATE_REFUSED);
  EXPECT_EQ(HandoverTo(alert, "jobs"), nullptr);
  EXPECT_FALSE(InboxShows(alert, "jobs", true));
  EXPECT_TRUE(InboxShowedHandover(alert, "jobs", 1, true));
  EXPECT_FALSE(InboxShowedHandover(alert, "jobs", 1, false));
  EXPECT_FALSE(InboxShowedHandover(alert, "jobs", 2, true));
  EXPECT_FALSE(InboxShowedHandover(alert, "family", 1, true));
}

using InboxOfAMatcherTest = CoordinationTest;

// Each department that has an open case, whoever is asked, whether the rule
// holds or not: what may be answered is what the inbox shows.
TEST_F(InboxOfAMatcherTest, WhoeverMayAnswerSeesItAndTheOtherWayRound) {
  for (const bool rule_holds : {true, false}) {
    for (const char* asked : {"family", "jobs", "shelter"}) {
      const std::string person =
          std::string(asked) + (rule_holds ? "-holds" : "-ceased");
      const std::string id = MatchOf(person);
      in_.MustDelta("shelter", {MakeRecord(person, "B-" + person, "Safranvej",
                                           samkoer::v1::DOMAIN_SOCIAL)});
      SAMKOER_ASSERT_OK(Take(id, Guide()).status());
      samkoer::v1::CoordinateRequest request;
      auto& handover = *request.mutable_request_handover();
      handover.set_role(samkoer::v1::HANDOVER_ROLE_GUIDE);
      handover.mutable_to()->set_name("Lars");
      handover.mutable_to()->set_department(asked);
      handover.mutable_to()->set_unit(
          asked == std::string("family") ? "Rådgivning"
          : asked == std::string("jobs") ? "Team Unge"
                                         : "Safranvej");
      SAMKOER_ASSERT_OK(Take(id, request).status());
      if (!rule_holds) in_.MustDelta("jobs", {}, {"J-" + person});
      for (const char* department : {"family", "jobs", "shelter"}) {
        bool shown = false;
        const auto inbox = Inbox(department);
        for (const auto& entry : inbox.entries()) {
          shown = shown || (entry.alert_id() == id && entry.has_handover());
        }
        samkoer::v1::AnswerHandoverRequest answer;
        answer.set_alert_id(id);
        answer.set_handover_id(1);
        answer.set_accepted(false);
        for (int twice = 0; twice < 2; ++twice) {
          const absl::Status status =
              facade()
                  .AnswerHandover(Installation::Department(department), answer)
                  .status();
          EXPECT_EQ(status.ok(), shown)
              << person << ": " << department << ": " << status;
        }
      }
    }
  }
}

}  // namespace
}  // namespace samkoer::matcher
