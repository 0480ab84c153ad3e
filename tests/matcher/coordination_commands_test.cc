#include "matcher/coordination_commands.h"

#include <gmock/gmock.h>

#include "tests/matcher/coordination_fixture.h"
#include "tests/matcher/sealed_contents.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AUDIT_ACTION_COORDINATED;
using samkoer::v1::AUDIT_ACTION_HANDOVER_ANSWERED;
using samkoer::v1::AUDIT_ACTION_NOMINATED;
using storage::Fault;
using storage::Table;

class CoordinationCommandsTest : public CoordinationTest {
 protected:
  samkoer::v1::Alert HandoverToFamily(const std::string& id) {
    samkoer::v1::CoordinateRequest request;
    auto& handover = *request.mutable_request_handover();
    handover.set_role(samkoer::v1::HANDOVER_ROLE_GUIDE);
    handover.mutable_to()->set_name("Lars");
    handover.mutable_to()->set_department("family");
    handover.mutable_to()->set_unit("Rådgivning");
    return storage::ValueOf(Take(id, request));
  }
  absl::Status Answer(std::string_view department, const std::string& id,
                      bool accepted) {
    samkoer::v1::AnswerHandoverRequest request;
    request.set_alert_id(id);
    request.set_handover_id(1);
    request.set_accepted(accepted);
    return facade()
        .AnswerHandover(Installation::Department(department), request)
        .status();
  }
};

TEST_F(CoordinationCommandsTest, AStepIsAnAlertAFeedEntryAndALeafAndStays) {
  const std::string id = MatchOf();
  const auto feed = in_.Feed().size();
  auto request = Guide();
  request.set_note("aftalt på mødet");
  const auto alert = storage::ValueOf(Take(id, request));
  EXPECT_EQ(alert.state(), samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED);
  const auto leaf = in_.Leaves().back();
  EXPECT_EQ(in_.Feed().size(), feed + 1);
  EXPECT_EQ(leaf.action(), AUDIT_ACTION_COORDINATED);
  EXPECT_EQ(leaf.detail(), "assign_guide");
  // The note goes with the alert.
  EXPECT_EQ(leaf.SerializeAsString().find("aftalt"), std::string::npos);
  EXPECT_EQ(leaf.subjects_size(), 1);
  EXPECT_EQ(leaf.SerializeAsString().find("Mette"), std::string::npos);
  in_.Restart();
  EXPECT_EQ(AlertOf().SerializeAsString(), alert.SerializeAsString());
}

TEST_F(CoordinationCommandsTest, ARefusedStepWritesNothing) {
  const std::string id = MatchOf();
  const auto leaves = in_.Leaves().size();
  auto request = Guide();
  request.set_expected_revision(9);
  EXPECT_TRUE(absl::IsAborted(Take(id, request).status()));
  EXPECT_TRUE(absl::IsNotFound(Take("A-0000-0000", Guide()).status()));
  EXPECT_TRUE(absl::IsNotFound(Take("nonsense", Guide()).status()));
  EXPECT_EQ(in_.Leaves().size(), leaves);
}

TEST_F(CoordinationCommandsTest, AStepThatCannotBeWrittenWasNotTaken) {
  const std::string id = MatchOf();
  in_.FailWrite(1, Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(Take(id, Guide()).status()));
  EXPECT_TRUE(in_.fatal());
  in_.Restart();
  EXPECT_FALSE(AlertOf().coordination().has_guide());
}

TEST_F(CoordinationCommandsTest, ANominationOfAnUnmatchedPersonIsAnAlert) {
  in_.MustSnapshot("family", {Family("p", "F-p")});
  EXPECT_TRUE(in_.AllAlerts().empty());
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  auto alert = in_.AllAlerts().at(0);
  EXPECT_EQ(alert.state(), samkoer::v1::ALERT_STATE_NOMINATED);
  EXPECT_EQ(alert.coordination().nominations(0).unit(), "Rådgivning");
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_NOMINATED), 1u);
  in_.Restart();
  // The match joins it.
  in_.MustSnapshot("jobs", {Jobs("p", "J-p")});
  ASSERT_EQ(in_.AllAlerts().size(), 1u);
  const auto matched = in_.AllAlerts().at(0);
  EXPECT_EQ(matched.alert_id(), alert.alert_id());
  EXPECT_EQ(matched.state(), samkoer::v1::ALERT_STATE_NOMINATED);
  EXPECT_EQ(Cases(matched), "family F-p, jobs J-p");
  EXPECT_TRUE(matched.coordination().matched());
  // And leaves it: the nomination keeps the alert.
  in_.MustDelta("jobs", {}, {"J-p"});
  EXPECT_EQ(in_.AllAlerts().at(0).state(), samkoer::v1::ALERT_STATE_NOMINATED);
  // Until its case goes.
  in_.MustDelta("family", {}, {"F-p"});
  EXPECT_EQ(in_.AllAlerts().at(0).state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
  EXPECT_EQ(in_.AllAlerts().at(0).coordination().nominations_size(), 0);
}

TEST_F(CoordinationCommandsTest, TwoNominationsAndAMatchAreOneAlert) {
  MatchOf();
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  SAMKOER_ASSERT_OK(Nominate("jobs", "J-p").status());
  SAMKOER_ASSERT_OK(Nominate("jobs", "J-p").status());
  ASSERT_EQ(in_.AllAlerts().size(), 1u);
  EXPECT_EQ(AlertOf().coordination().nominations_size(), 2);
}

TEST_F(CoordinationCommandsTest, ADepartmentNominatesItsOwnOpenCasesOnly) {
  MatchOf();
  EXPECT_TRUE(absl::IsNotFound(Nominate("family", "J-p").status()));
  EXPECT_TRUE(absl::IsNotFound(Nominate("family", "F-none").status()));
  auto closed = Family("c", "F-c");
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  closed.set_closed_month(202610);
  in_.MustDelta("family", {closed});
  EXPECT_TRUE(absl::IsNotFound(Nominate("family", "F-c").status()));
}

TEST_F(CoordinationCommandsTest, OfACaseWithSeveralPersonsOneIsNamed) {
  in_.MustSnapshot("family", {Family("a", "F-1"), Family("b", "F-1")});
  EXPECT_TRUE(absl::IsFailedPrecondition(Nominate("family", "F-1").status()));
  EXPECT_TRUE(absl::IsNotFound(Nominate("family", "F-1", "z").status()));
  SAMKOER_ASSERT_OK(Nominate("family", "F-1", "b").status());
  EXPECT_FALSE(in_.LookUp(PseudonymOf("a")).has_alert());
  EXPECT_TRUE(in_.LookUp(PseudonymOf("b")).has_alert());
}

TEST_F(CoordinationCommandsTest, AClosedAlertThatIsNominatedTakesTodaysCases) {
  const std::string id = MatchOf();
  samkoer::v1::SetAlertStateRequest close;
  close.set_alert_id(id);
  close.set_state(samkoer::v1::ALERT_STATE_CLOSED);
  SAMKOER_ASSERT_OK(
      in_.matcher().SetAlertState(Installation::Coordinator(), close).status());
  in_.MustDelta("social",
                {MakeRecord("p", "S-p", "Voksne", samkoer::v1::DOMAIN_SOCIAL)});
  EXPECT_EQ(Cases(AlertOf()), "family F-p, jobs J-p");
  SAMKOER_ASSERT_OK(Nominate("jobs", "J-p").status());
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_NOMINATED);
  EXPECT_EQ(Cases(AlertOf()), "family F-p, jobs J-p, social S-p");
}

TEST_F(CoordinationCommandsTest, TheInboxShowsTheOwnCasesAndTheHandover) {
  const std::string id = MatchOf();
  SAMKOER_ASSERT_OK(Take(id, Guide()).status());
  HandoverToFamily(id);
  const auto inbox = Inbox("family");
  ASSERT_EQ(inbox.entries_size(), 1);
  EXPECT_EQ(inbox.entries(0).case_ref(), "F-p");
  EXPECT_EQ(inbox.entries(0).handover().handover_id(), 1u);
  EXPECT_EQ(inbox.entries(0).handover().unit(), "Rådgivning");
  EXPECT_FALSE(Inbox("jobs").entries(0).has_handover());
  // Nobody else may answer, nor a department without the case.
  EXPECT_TRUE(absl::IsNotFound(Answer("jobs", id, true)));
  EXPECT_TRUE(absl::IsNotFound(Answer("social", id, true)));
  SAMKOER_ASSERT_OK(Answer("family", id, true));
  SAMKOER_ASSERT_OK(Answer("family", id, true));
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_HANDOVER_ANSWERED), 1u);
  EXPECT_TRUE(absl::IsFailedPrecondition(Answer("family", id, false)));
  const auto alert = AlertOf();
  EXPECT_EQ(alert.coordination().guide().holder().name(), "Lars");
  EXPECT_EQ(alert.coordination().handovers(0).answered_by(),
            Installation::Department("family").uri);
  EXPECT_FALSE(Inbox("family").entries(0).has_handover());
}

TEST_F(CoordinationCommandsTest, ANominatorsInboxHasItsCaseWithoutAMatch) {
  in_.MustSnapshot("family", {Family("p", "F-p")});
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  EXPECT_EQ(Inbox("family").entries_size(), 0);
  SAMKOER_ASSERT_OK(Take(AlertOf().alert_id(), Guide()).status());
  ASSERT_EQ(Inbox("family").entries_size(), 1);
  EXPECT_EQ(Inbox("jobs").entries_size(), 0);
}

TEST_F(CoordinationCommandsTest, AGuideKeepsTheAlertWhenADepartmentCloses) {
  const std::string id = MatchOf();
  SAMKOER_ASSERT_OK(Take(id, Guide()).status());
  in_.MustDelta("jobs", {}, {"J-p"});
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED);
  in_.Restart();
  in_.MustDelta("family", {}, {"F-p"});
  EXPECT_EQ(in_.AllAlerts().at(0).state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
}

TEST_F(CoordinationCommandsTest, ACaseworkerKeepsTheAlertUntilTheLastCase) {
  const std::string id = MatchOf();
  samkoer::v1::CoordinateRequest request;
  *request.mutable_appoint_caseworker()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(id, request).status());
  in_.MustDelta("jobs", {}, {"J-p"});
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_IDENTIFIED);
  EXPECT_TRUE(AlertOf().participants().empty());
  in_.Restart();
  in_.MustDelta("family", {}, {"F-p"});
  EXPECT_EQ(in_.AllAlerts().at(0).state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
}

// A department that is gone could never push that its case is closed.
TEST_F(CoordinationCommandsTest, ACaseThatThePolicyLostKeepsNoAlert) {
  const std::string id = MatchOf();
  samkoer::v1::CoordinateRequest request;
  *request.mutable_appoint_caseworker()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(id, request).status());
  in_.MustDelta("family", {}, {"F-p"});
  in_.MustDelta("social",
                {MakeRecord("p", "S-p", "Bolig", samkoer::v1::DOMAIN_SOCIAL)});
  in_.policy().mutable_rules(0)->set_at_least(3);
  in_.policy().set_version(4);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  ASSERT_TRUE(AlertOf().participants().empty());
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);  // jobs
  in_.policy().set_version(5);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_IDENTIFIED);
  auto& social = *in_.policy().mutable_departments(1);
  ASSERT_EQ(social.id(), "social");
  social.mutable_units()->DeleteSubrange(1, 1);  // Bolig
  in_.policy().set_version(6);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(in_.AllAlerts().at(0).state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
}

TEST_F(CoordinationCommandsTest, TheLastTasksEndEndsAnAlertWithoutARule) {
  const std::string id = MatchOf();
  samkoer::v1::CoordinateRequest contact;
  *contact.mutable_appoint_contact_person()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(id, contact).status());
  samkoer::v1::CoordinateRequest end;
  end.mutable_end_contact_person()->set_reason("er faldet på plads");
  // While the rule holds, the alert stays.
  SAMKOER_ASSERT_OK(Take(id, end).status());
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_IDENTIFIED);
  SAMKOER_ASSERT_OK(Take(id, contact).status());
  in_.MustDelta("jobs", {}, {"J-p"});
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_IDENTIFIED);
  const auto alert = storage::ValueOf(Take(id, end));
  EXPECT_EQ(alert.state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
  EXPECT_EQ(AlertOf().SerializeAsString(), alert.SerializeAsString());
}

TEST_F(CoordinationCommandsTest, AHandoverIsAnsweredAfterTheRuleHasCeased) {
  const std::string id = MatchOf();
  SAMKOER_ASSERT_OK(Take(id, Guide()).status());
  HandoverToFamily(id);
  in_.MustDelta("jobs", {}, {"J-p"});
  // The department that is asked still finds its own case by it, and nobody
  // else does.
  ASSERT_EQ(Inbox("family").entries_size(), 1);
  EXPECT_EQ(Inbox("family").entries(0).case_ref(), "F-p");
  EXPECT_EQ(Inbox("family").entries(0).unit(), "Rådgivning");
  EXPECT_EQ(Inbox("family").entries(0).handover().handover_id(), 1u);
  EXPECT_EQ(Inbox("jobs").entries_size(), 0);
  EXPECT_TRUE(absl::IsNotFound(Answer("jobs", id, true)));
  in_.Restart();
  SAMKOER_ASSERT_OK(Answer("family", id, true));
  EXPECT_EQ(AlertOf().coordination().guide().holder().name(), "Lars");
  ASSERT_EQ(Inbox("family").entries_size(), 1);
  EXPECT_FALSE(Inbox("family").entries(0).has_handover());
  EXPECT_EQ(Inbox("jobs").entries_size(), 0);
}

TEST_F(CoordinationCommandsTest, WithoutAnOpenCaseNoDepartmentAnswers) {
  const std::string id = MatchOf();
  in_.MustDelta("social",
                {MakeRecord("p", "S-p", "Voksne", samkoer::v1::DOMAIN_SOCIAL)});
  SAMKOER_ASSERT_OK(Take(id, Guide()).status());
  HandoverToFamily(id);
  in_.MustDelta("jobs", {}, {"J-p"});
  in_.MustDelta("family", {}, {"F-p"});
  EXPECT_EQ(AlertOf().state(), samkoer::v1::ALERT_STATE_GUIDE_ASSIGNED);
  EXPECT_EQ(Inbox("family").entries_size(), 0);
  EXPECT_TRUE(absl::IsNotFound(Answer("family", id, true)));
}

TEST_F(CoordinationCommandsTest, ErasureTakesEverythingThatWasAgreed) {
  const std::string id = MatchOf();
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  SAMKOER_ASSERT_OK(Take(id, Guide()).status());
  ASSERT_TRUE(SealedContents(in_.store(), in_.sealer())
                  .Holds("Mette Guide", Table::kNotice));
  in_.MustErase("p");
  const SealedContents after(in_.store(), in_.sealer());
  EXPECT_FALSE(after.Holds("Mette Guide", Table::kNotice));
  EXPECT_FALSE(after.Holds("har brug for en guide", Table::kNotice));
  EXPECT_TRUE(absl::IsNotFound(Take(id, Guide()).status()));
}

TEST_F(CoordinationCommandsTest, TheLookUpNamesWhoDidWhat) {
  const std::string id = MatchOf();
  SAMKOER_ASSERT_OK(Nominate("family", "F-p").status());
  SAMKOER_ASSERT_OK(Take(id, Guide()).status());
  std::vector<std::string> actions;
  const auto told = in_.LookUp(PseudonymOf("p"));
  for (const auto& access : told.accesses()) {
    actions.push_back(access.action());
  }
  EXPECT_THAT(actions,
              testing::IsSupersetOf({std::string("AUDIT_ACTION_NOMINATED"),
                                     std::string("AUDIT_ACTION_COORDINATED")}));
}

}  // namespace
}  // namespace samkoer::matcher
