#include "matcher/coordination_steps.h"

#include <gmock/gmock.h>

#include <string>

#include "matcher/alert_lifecycle.h"
#include "matcher/timestamps.h"
#include "tests/matcher/example_policy.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states
using testing::HasSubstr;

constexpr std::string_view kWho = "samkoer://viborg/coordinator/anna";

absl::Time T(int hour) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Hours(hour);
}

Holder Mette() {
  Holder holder;
  holder.set_name("Mette");
  holder.set_department("jobs");
  holder.set_unit("Team Unge");
  return holder;
}
Holder Ole() {
  Holder holder;
  holder.set_name("Ole");
  holder.set_external("FGU Midt");
  return holder;
}
class CoordinationStepsTest : public testing::Test {
 protected:
  CoordinationStepsTest() {
    AlertContent content;
    content.rule = "unge";
    content.participants.resize(1);
    content.participants[0].set_department("family");
    content.participants[0].set_case_ref("F-1");
    alert_ = OpenAlert("A-7K3M-9QXD", content, T(0));
  }
  absl::Status Take(CoordinateRequest request) {
    StepContext context;
    context.policy = &policy_;
    context.birth = birth_;
    context.day = D("2026-11-22");
    context.actor = kWho;
    context.now = T(++hour_);
    const std::string before = alert_.SerializeAsString();
    const auto revision = alert_.revision();
    const absl::Status status = Coordinate(alert_, request, context);
    if (status.ok()) {
      EXPECT_EQ(alert_.revision(), revision + 1);
      EXPECT_EQ(alert_.history().rbegin()->actor(), kWho);
    } else {
      EXPECT_EQ(alert_.SerializeAsString(), before);
    }
    return status;
  }
  CoordinateRequest Guide(Holder holder, bool accepted) {
    CoordinateRequest request;
    *request.mutable_assign_guide()->mutable_holder() = std::move(holder);
    request.mutable_assign_guide()->set_accepted(accepted);
    return request;
  }
  CoordinateRequest HandOver(HandoverRole role, Holder to) {
    CoordinateRequest request;
    request.mutable_request_handover()->set_role(role);
    *request.mutable_request_handover()->mutable_to() = std::move(to);
    return request;
  }
  CoordinateRequest Settle(std::uint32_t id, HandoverState state) {
    CoordinateRequest request;
    request.mutable_settle_handover()->set_handover_id(id);
    request.mutable_settle_handover()->set_state(state);
    return request;
  }
  CoordinateRequest Contact(bool agreement = false) {
    CoordinateRequest request;
    *request.mutable_appoint_contact_person()->mutable_holder() = Ole();
    request.mutable_appoint_contact_person()->set_by_agreement(agreement);
    return request;
  }
  const Coordination& Now() { return alert_.coordination(); }

  const CompiledPolicy policy_ = Compiled(ExamplePolicy());
  Month birth_ = M(200603);
  Alert alert_;
  int hour_ = 0;
};

TEST_F(CoordinationStepsTest, TheWayFromIdentifiedToAPlan) {
  CoordinateRequest offer;
  offer.mutable_offer();
  SAMKOER_ASSERT_OK(Take(offer));
  EXPECT_EQ(alert_.state(), ALERT_STATE_OFFERED);
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), false)));
  EXPECT_EQ(alert_.state(), ALERT_STATE_OFFERED);
  EXPECT_FALSE(HasGuide(alert_));
  CoordinateRequest yes;
  yes.mutable_answer_guide()->set_accepted(true);
  SAMKOER_ASSERT_OK(Take(yes));
  EXPECT_EQ(alert_.state(), ALERT_STATE_GUIDE_ASSIGNED);
  EXPECT_TRUE(HasGuide(alert_));
  CoordinateRequest plan;
  plan.mutable_set_plan()->set_exists(true);
  plan.mutable_set_plan()->set_last_review_month(202611);
  SAMKOER_ASSERT_OK(Take(plan));
  EXPECT_EQ(alert_.state(), ALERT_STATE_PLAN_ACTIVE);
  EXPECT_EQ(alert_.history().rbegin()->event(), "set_plan");
}

TEST_F(CoordinationStepsTest, OneWhoSaysNoIsNoGuide) {
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), false)));
  CoordinateRequest no;
  no.mutable_answer_guide()->set_accepted(false);
  SAMKOER_ASSERT_OK(Take(no));
  EXPECT_FALSE(Now().has_guide());
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(no)));
}

TEST_F(CoordinationStepsTest, AnOlderViewIsRefused) {
  CoordinateRequest offer = Guide(Mette(), true);
  offer.set_expected_revision(alert_.revision() + 1);
  EXPECT_TRUE(absl::IsAborted(Take(offer)));
  offer.set_expected_revision(alert_.revision());
  SAMKOER_EXPECT_OK(Take(offer));
  EXPECT_TRUE(absl::IsAborted(Take(offer)));
}

TEST_F(CoordinationStepsTest, AnEndedAlertTakesNoStep) {
  SAMKOER_ASSERT_OK(
      SetAlertState(alert_, ALERT_STATE_DECLINED, kWho, "", 0, T(1)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(Guide(Mette(), true))));
  EXPECT_TRUE(absl::IsInvalidArgument(Take(CoordinateRequest())));
}

TEST_F(CoordinationStepsTest, NobodyIsReleasedBeforeTheSuccessorAccepts) {
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  EXPECT_THAT(std::string(Take(Guide(Ole(), true)).message()),
              HasSubstr("successor"));
  SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_GUIDE, Ole())));
  EXPECT_EQ(Now().guide().holder().name(), "Mette");
  // Nor may the alert be closed meanwhile; the young person may still say no.
  EXPECT_TRUE(absl::IsFailedPrecondition(
      SetAlertState(alert_, ALERT_STATE_CLOSED, kWho, "", 0, T(9))));
  Alert declined = alert_;
  SAMKOER_EXPECT_OK(
      SetAlertState(declined, ALERT_STATE_DECLINED, kWho, "", 0, T(9)));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Take(HandOver(HANDOVER_ROLE_GUIDE, Ole()))));
  SAMKOER_ASSERT_OK(Take(Settle(1, HANDOVER_STATE_REFUSED)));
  EXPECT_EQ(Now().guide().holder().name(), "Mette");
  SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_GUIDE, Ole())));
  SAMKOER_ASSERT_OK(Take(Settle(2, HANDOVER_STATE_ACCEPTED)));
  EXPECT_EQ(Now().guide().holder().name(), "Ole");
  EXPECT_EQ(Now().handovers(1).from().name(), "Mette");
  SAMKOER_EXPECT_OK(
      SetAlertState(alert_, ALERT_STATE_CLOSED, kWho, "", 0, T(99)));
}

TEST_F(CoordinationStepsTest, AnAnswerIsGivenOnce) {
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_GUIDE, Ole())));
  bool changed = false;
  EXPECT_TRUE(absl::IsNotFound(AnswerHandover(
      alert_, 7, HANDOVER_STATE_ACCEPTED, kWho, "", T(50), changed)));
  SAMKOER_ASSERT_OK(AnswerHandover(alert_, 1, HANDOVER_STATE_ACCEPTED, kWho, "",
                                   T(50), changed));
  EXPECT_TRUE(changed);
  const std::string before = alert_.SerializeAsString();
  SAMKOER_ASSERT_OK(AnswerHandover(alert_, 1, HANDOVER_STATE_ACCEPTED, kWho, "",
                                   T(51), changed));
  EXPECT_FALSE(changed);
  EXPECT_EQ(alert_.SerializeAsString(), before);
  EXPECT_TRUE(absl::IsFailedPrecondition(AnswerHandover(
      alert_, 1, HANDOVER_STATE_REFUSED, kWho, "", T(51), changed)));
}

TEST_F(CoordinationStepsTest, HandoversAreBoundedAndTheirNumbersGoOn) {
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  for (std::uint32_t i = 1; i <= 30; ++i) {
    SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_GUIDE, Ole())));
    SAMKOER_ASSERT_OK(Take(Settle(i, HANDOVER_STATE_TAKEN_BACK)));
  }
  EXPECT_EQ(Now().handovers_size(), kMaxHandovers);
  EXPECT_EQ(Now().handovers().rbegin()->handover_id(), 30u);
}

TEST_F(CoordinationStepsTest, AContactPersonHasAges) {
  birth_ = M(201401);
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(Contact())));
  birth_ = M(200001);
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(Contact())));
  // Above them only one from before goes on.
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(Contact(true))));
  birth_ = M(200603);
  SAMKOER_ASSERT_OK(Take(Contact()));
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(Contact())));
  CoordinateRequest end;
  end.mutable_end_contact_person()->set_reason("er faldet på plads");
  SAMKOER_ASSERT_OK(Take(end));
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(end)));
  SAMKOER_ASSERT_OK(Take(Contact()));
  EXPECT_EQ(Now().contact_person().reestablished(), 1u);
  EXPECT_FALSE(Now().contact_person().has_ended());
  SAMKOER_ASSERT_OK(Take(end));
  birth_ = M(200001);
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(Contact(false))));
  SAMKOER_ASSERT_OK(Take(Contact(true)));
}

TEST_F(CoordinationStepsTest, AContactPersonDoesNotEndDuringAHandover) {
  SAMKOER_ASSERT_OK(Take(Contact()));
  SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_CONTACT_PERSON, Mette())));
  CoordinateRequest end;
  end.mutable_end_contact_person()->set_reason("x");
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(end)));
  SAMKOER_ASSERT_OK(Take(Settle(1, HANDOVER_STATE_ACCEPTED)));
  SAMKOER_EXPECT_OK(Take(end));
}

TEST_F(CoordinationStepsTest,
       ACaseworkerIsOfTheMunicipalityAndDecidedByAPerson) {
  CoordinateRequest request;
  *request.mutable_appoint_caseworker()->mutable_holder() = Ole();
  EXPECT_TRUE(absl::IsInvalidArgument(Take(request)));
  *request.mutable_appoint_caseworker()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(request));
  EXPECT_EQ(Now().caseworker().decided_by(), kWho);
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(request)));
  EXPECT_TRUE(
      absl::IsInvalidArgument(Take(HandOver(HANDOVER_ROLE_CASEWORKER, Ole()))));
}

TEST_F(CoordinationStepsTest, ConsentsMarksHalfYearsAndPlansAreWrittenDown) {
  CoordinateRequest consent;
  consent.mutable_record_consent()->set_measure("misbrugsbehandling");
  SAMKOER_ASSERT_OK(Take(consent));
  consent.mutable_record_consent()->set_given(true);
  SAMKOER_ASSERT_OK(Take(consent));
  ASSERT_EQ(Now().consents_size(), 1);
  EXPECT_TRUE(Now().consents(0).given());
  CoordinateRequest marker;
  marker.mutable_set_marker()->set_marker(MARKER_STU);
  marker.mutable_set_marker()->set_set(true);
  SAMKOER_ASSERT_OK(Take(marker));
  SAMKOER_ASSERT_OK(Take(marker));
  EXPECT_EQ(Now().markers_size(), 1);
  marker.mutable_set_marker()->set_set(false);
  SAMKOER_ASSERT_OK(Take(marker));
  EXPECT_EQ(Now().markers_size(), 0);
  CoordinateRequest half;
  half.mutable_plan_half_year()->set_half_year(20273);
  EXPECT_TRUE(absl::IsInvalidArgument(Take(half)));
  half.mutable_plan_half_year()->set_half_year(20271);
  SAMKOER_EXPECT_OK(Take(half));
  CoordinateRequest plan;
  plan.mutable_set_plan()->set_exists(true);
  plan.mutable_set_plan()->set_last_review_month(202612);
  EXPECT_TRUE(absl::IsInvalidArgument(Take(plan)));
}

TEST_F(CoordinationStepsTest, AMeasureJoinsByConsentAndAnewInANewEffort) {
  CoordinateRequest join;
  join.mutable_join_measure()->set_measure("misbrugsbehandling");
  EXPECT_TRUE(absl::IsFailedPrecondition(Take(join)));
  CoordinateRequest consent;
  consent.mutable_record_consent()->set_measure("misbrugsbehandling");
  consent.mutable_record_consent()->set_given(true);
  SAMKOER_ASSERT_OK(Take(consent));
  SAMKOER_ASSERT_OK(Take(join));
  EXPECT_EQ(alert_.history().rbegin()->event(), "join_measure");
  CoordinateRequest leave;
  leave.mutable_leave_measure()->set_measure("misbrugsbehandling");
  SAMKOER_ASSERT_OK(Take(leave));
  SAMKOER_ASSERT_OK(Take(join));
  BeginAgain(alert_);
  EXPECT_TRUE(Now().consents(0).given());
  EXPECT_FALSE(Now().consents(0).has_joined());
}

TEST_F(CoordinationStepsTest, WhatWasAgreedEndsWithAClosedAlert) {
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  SAMKOER_ASSERT_OK(Take(Contact()));
  SAMKOER_ASSERT_OK(
      SetAlertState(alert_, ALERT_STATE_CLOSED, kWho, "", 0, T(50)));
  EXPECT_TRUE(Now().has_guide());
  SAMKOER_ASSERT_OK(
      SetAlertState(alert_, ALERT_STATE_IDENTIFIED, kWho, "", 0, T(51)));
  EXPECT_FALSE(Now().has_guide());
  EXPECT_TRUE(Now().has_contact_person());
}

TEST_F(CoordinationStepsTest, AGuideKeepsTheAlertWhileThereIsAnOpenCase) {
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  EXPECT_TRUE(ApplyRuleCeased(alert_, T(50), /*open_case=*/true));
  EXPECT_EQ(alert_.state(), ALERT_STATE_GUIDE_ASSIGNED);
  EXPECT_TRUE(alert_.participants().empty());
  EXPECT_TRUE(ApplyRuleCeased(alert_, T(51), /*open_case=*/false));
  EXPECT_EQ(alert_.state(), ALERT_STATE_WITHDRAWN);
}

TEST_F(CoordinationStepsTest, WhoeverHasATaskKeepsTheAlert) {
  const Alert nobody = alert_;
  const auto kept = [&](bool open_case) {
    Alert alert = alert_;
    EXPECT_TRUE(ApplyRuleCeased(alert, T(50), open_case));
    EXPECT_TRUE(alert.participants().empty());
    return alert.state() != ALERT_STATE_WITHDRAWN;
  };
  EXPECT_FALSE(kept(true));
  // One who is asked to be the guide is not responsible yet.
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), false)));
  EXPECT_FALSE(kept(true));
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  EXPECT_TRUE(kept(true));
  EXPECT_FALSE(kept(false));

  alert_ = nobody;
  CoordinateRequest caseworker;
  *caseworker.mutable_appoint_caseworker()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(caseworker));
  EXPECT_TRUE(kept(true));
  EXPECT_FALSE(kept(false));
  // And until the successor has accepted, by the handover and by the one who
  // hands over.
  Holder ali = Mette();
  ali.set_name("Ali");
  SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_CASEWORKER, ali)));
  EXPECT_TRUE(kept(true));
  alert_.mutable_coordination()->clear_caseworker();
  EXPECT_TRUE(kept(true));
  EXPECT_FALSE(kept(false));
  SAMKOER_ASSERT_OK(Take(Settle(1, HANDOVER_STATE_TAKEN_BACK)));
  EXPECT_FALSE(kept(true));

  alert_ = nobody;
  SAMKOER_ASSERT_OK(Take(Contact()));
  EXPECT_TRUE(kept(true));
  EXPECT_FALSE(kept(false));
  CoordinateRequest end;
  end.mutable_end_contact_person()->set_reason("er faldet på plads");
  SAMKOER_ASSERT_OK(Take(end));
  EXPECT_FALSE(kept(true));
}

TEST_F(CoordinationStepsTest, APersonMovesOnAnAlertThatATaskKeeps) {
  CoordinateRequest caseworker;
  *caseworker.mutable_appoint_caseworker()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(caseworker));
  ASSERT_TRUE(ApplyRuleCeased(alert_, T(50), /*open_case=*/true));
  SAMKOER_EXPECT_OK(
      SetAlertState(alert_, ALERT_STATE_OFFERED, kWho, "", 0, T(51)));
}

TEST_F(CoordinationStepsTest, APlanThatIsNotThereAfterAllLeavesWhatIsAgreed) {
  const auto plan = [&](bool exists) {
    CoordinateRequest request;
    request.mutable_set_plan()->set_exists(exists);
    SAMKOER_ASSERT_OK(Take(request));
  };
  CoordinateRequest offer;
  offer.mutable_offer();
  SAMKOER_ASSERT_OK(Take(offer));
  plan(true);
  EXPECT_EQ(alert_.state(), ALERT_STATE_OFFERED);
  SAMKOER_ASSERT_OK(
      SetAlertState(alert_, ALERT_STATE_PLAN_ACTIVE, kWho, "", 0, T(40)));
  plan(false);
  EXPECT_EQ(alert_.state(), ALERT_STATE_OFFERED);
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  plan(true);
  EXPECT_EQ(alert_.state(), ALERT_STATE_PLAN_ACTIVE);
  plan(false);
  EXPECT_EQ(alert_.state(), ALERT_STATE_GUIDE_ASSIGNED);
}

TEST_F(CoordinationStepsTest, TheDepartmentsOfThoseWithATaskAreKnown) {
  EXPECT_TRUE(TaskDepartments(alert_).empty());
  SAMKOER_ASSERT_OK(Take(Contact()));  // external
  EXPECT_TRUE(TaskDepartments(alert_).empty());
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), false)));
  EXPECT_TRUE(TaskDepartments(alert_).empty());
  SAMKOER_ASSERT_OK(Take(HandOver(HANDOVER_ROLE_CONTACT_PERSON, Mette())));
  EXPECT_THAT(TaskDepartments(alert_), testing::ElementsAre("jobs"));
  SAMKOER_ASSERT_OK(Take(Settle(1, HANDOVER_STATE_REFUSED)));
  EXPECT_TRUE(TaskDepartments(alert_).empty());
  SAMKOER_ASSERT_OK(Take(Guide(Mette(), true)));
  EXPECT_THAT(TaskDepartments(alert_), testing::ElementsAre("jobs"));
}

TEST_F(CoordinationStepsTest, NotesAndNamesHoldNoCprNumber) {
  CoordinateRequest request = Guide(Mette(), true);
  request.set_note("ring til 250803-1236");
  EXPECT_TRUE(absl::IsInvalidArgument(Take(request)));
  request = Guide(Mette(), true);
  request.mutable_assign_guide()->mutable_holder()->set_name("250803-1236");
  EXPECT_TRUE(absl::IsInvalidArgument(Take(request)));
}

}  // namespace
}  // namespace samkoer::matcher
