#include "matcher/conference_change.h"

#include <gmock/gmock.h>

#include "tests/matcher/conference_fixture.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states
using storage::ValueOf;

class ConferenceChangeTest : public ConferenceTest {
 protected:
  // An action for somebody's unit in the first case on the agenda.
  absl::Status ActBy(const std::string& id, const std::string& department,
                     const std::string& unit) {
    const auto shown = Get(id);
    ChangeConferenceRequest request;
    request.set_expected_revision(shown.conference().revision());
    auto& action = *request.mutable_action();
    action.set_alert_id(shown.agenda(0).alert_id());
    action.mutable_action()->set_text("Ring til skolen");
    action.mutable_action()->set_department(department);
    action.mutable_action()->set_unit(unit);
    action.mutable_action()->set_due_day("2026-12-01");
    return Change(id, request).status();
  }
};

TEST_F(ConferenceChangeTest, DetailsKeepTheirBounds) {
  SAMKOER_EXPECT_OK(CheckConferenceDetails(Details()));
  for (const auto& spoil :
       {+[](ConferenceDetails& d) { d.clear_start(); },
        +[](ConferenceDetails& d) {
          d.mutable_start()->set_seconds(1'800'000'001);
        },
        +[](ConferenceDetails& d) { d.mutable_start()->set_nanos(1); },
        +[](ConferenceDetails& d) { d.mutable_start()->set_seconds(-60); },
        +[](ConferenceDetails& d) {
          d.mutable_start()->set_seconds(600'000'000'000);
        },
        +[](ConferenceDetails& d) { d.set_minutes(9); },
        +[](ConferenceDetails& d) { d.set_minutes(601); },
        +[](ConferenceDetails& d) { d.set_place(std::string(101, 'x')); },
        +[](ConferenceDetails& d) { d.clear_leader(); },
        +[](ConferenceDetails& d) { d.set_leader("010203-1234"); },
        +[](ConferenceDetails& d) { d.add_team(""); },
        +[](ConferenceDetails& d) {
          for (int i = 0; i < 21; ++i) d.add_team("x");
        }}) {
    ConferenceDetails wrong = Details();
    spoil(wrong);
    EXPECT_TRUE(absl::IsInvalidArgument(CheckConferenceDetails(wrong)));
  }
}

TEST_F(ConferenceChangeTest, ACaseTakesASeatAndItsDepartmentsSeeIt) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  EXPECT_EQ(AlertOf().state(), ALERT_STATE_CONFERENCE_PLANNED);
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(id, alert)));
  ASSERT_EQ(Get(id).agenda_size(), 1);
  EXPECT_EQ(Get(id).agenda(0).departments_size(), 2);
  EXPECT_THAT(Get(id).agenda(0).sources(), testing::ElementsAre("matched"));
  EXPECT_EQ(Inbox("family").entries(0).conference().place(), "Rådhuset");
  // Nothing that a department calls its case by.
  EXPECT_THAT(Get(id).DebugString(), testing::Not(testing::HasSubstr("F-p")));
  SAMKOER_ASSERT_OK(Remove(id, alert));
  EXPECT_EQ(AlertOf().state(), ALERT_STATE_IDENTIFIED);
  EXPECT_EQ(Get(id).agenda_size(), 0);
  EXPECT_TRUE(absl::IsNotFound(Remove(id, alert)));
  EXPECT_TRUE(absl::IsNotFound(Add(id, "A-0000-0000")));
}

TEST_F(ConferenceChangeTest, EachCaseHasItsActionBeforeTheConferenceIsHeld) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  EXPECT_TRUE(absl::IsFailedPrecondition(End(id)));
  EXPECT_EQ(Get(id).conference().state(), CONFERENCE_STATE_PLANNED);
  SAMKOER_ASSERT_OK(Act(id, alert));
  SAMKOER_ASSERT_OK(End(id));
  EXPECT_EQ(Get(id).conference().state(), CONFERENCE_STATE_HELD);
  EXPECT_TRUE(AlertOf().coordination().conference().held());
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(id, alert)));
  EXPECT_TRUE(absl::IsFailedPrecondition(Cancel(id)));
  EXPECT_TRUE(absl::IsFailedPrecondition(End(id)));
  SAMKOER_EXPECT_OK(Act(id, alert, "Ring til familien"));
  // A next conference may follow; who was at the first is still told.
  const std::string next = Plan();
  SAMKOER_ASSERT_OK(Add(next, alert));
  ASSERT_EQ(Get(id).agenda_size(), 1);
  EXPECT_FALSE(Get(id).agenda(0).has_action());
  EXPECT_TRUE(absl::IsNotFound(Act(id, alert)));
}

TEST_F(ConferenceChangeTest, AColleaguesActionIsReplacedByWhoHasSeenItOnly) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  ChangeConferenceRequest request;
  auto& action = *request.mutable_action();
  action.set_alert_id(alert);
  action.mutable_action()->set_text("Ring til skolen");
  action.mutable_action()->set_department("jobs");
  action.mutable_action()->set_unit("Team Unge");
  action.mutable_action()->set_due_day("2026-12-01");
  SAMKOER_ASSERT_OK(Change(id, request).status());
  const std::uint64_t seen = AlertOf().revision();
  // The same again is no loss.
  SAMKOER_EXPECT_OK(Change(id, request).status());
  action.mutable_action()->set_text("Ring til familien");
  EXPECT_TRUE(absl::IsFailedPrecondition(Change(id, request).status()));
  action.set_expected_alert_revision(seen);
  EXPECT_TRUE(absl::IsAborted(Change(id, request).status()));
  EXPECT_EQ(Get(id).agenda(0).action().text(), "Ring til skolen");
  action.set_expected_alert_revision(Get(id).agenda(0).alert_revision());
  SAMKOER_EXPECT_OK(Change(id, request).status());
  EXPECT_EQ(Get(id).agenda(0).action().text(), "Ring til familien");
}

TEST_F(ConferenceChangeTest, WhoHasNotSeenAColleaguesActionTakesNoSeatAway) {
  const std::string alert = MatchOf(), id = Plan(2);
  const std::string other = planned_.conferences(1).conference_id();
  SAMKOER_ASSERT_OK(Add(id, alert));
  const std::uint64_t seen = AlertOf().revision();
  SAMKOER_ASSERT_OK(Act(id, alert));
  const std::string before = AlertOf().SerializeAsString();
  ASSERT_TRUE(absl::IsAborted(Remove(id, alert, seen)));
  ASSERT_TRUE(absl::IsAborted(Move(id, alert, other, seen)));
  ASSERT_TRUE(absl::IsAborted(Remove(id, alert, AlertOf().revision() + 1)));
  EXPECT_EQ(AlertOf().SerializeAsString(), before);
  EXPECT_EQ(Get(id).agenda_size(), 1);
  EXPECT_EQ(Get(other).agenda_size(), 0);
  // Who has seen it may.
  SAMKOER_EXPECT_OK(Move(id, alert, other, AlertOf().revision()));
  EXPECT_EQ(Get(other).agenda(0).action().text(), "Ring til skolen");
  SAMKOER_EXPECT_OK(
      Remove(other, alert, Get(other).agenda(0).alert_revision()));
  EXPECT_FALSE(AlertOf().coordination().has_conference());
}

TEST_F(ConferenceChangeTest, OnlyWhoHasACaseInTheAlertActs) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  ChangeConferenceRequest request;
  auto& action = *request.mutable_action();
  action.set_alert_id(alert);
  action.mutable_action()->set_text("Ring til skolen");
  action.mutable_action()->set_department("social");
  action.mutable_action()->set_unit("Voksne");
  action.mutable_action()->set_due_day("2026-12-01");
  EXPECT_TRUE(absl::IsFailedPrecondition(Change(id, request).status()));
  EXPECT_FALSE(Get(id).agenda(0).has_action());
}

TEST_F(ConferenceChangeTest, WithoutARuleWhoeverHasATaskActs) {
  const std::string alert = MatchOf(), id = Plan();
  CoordinateRequest caseworker;
  *caseworker.mutable_appoint_caseworker()->mutable_holder() = Mette();
  SAMKOER_ASSERT_OK(Take(alert, caseworker).status());
  SAMKOER_ASSERT_OK(Add(id, alert));
  in_.MustDelta("family", {}, {"F-p"});
  ASSERT_TRUE(AlertOf().participants().empty());
  EXPECT_TRUE(absl::IsFailedPrecondition(End(id)));
  EXPECT_THAT(Get(id).agenda(0).departments(),
              testing::ElementsAre("Jobcenter"));
  EXPECT_TRUE(absl::IsFailedPrecondition(ActBy(id, "social", "Voksne")));
  SAMKOER_ASSERT_OK(Act(id, alert));
  EXPECT_EQ(Inbox("jobs").entries(0).conference().action().text(),
            "Ring til skolen");
  SAMKOER_ASSERT_OK(End(id));
  EXPECT_EQ(Get(id).conference().state(), CONFERENCE_STATE_HELD);
}

TEST_F(ConferenceChangeTest, WhereTheAlertNamesNobodyTheCoordinatorDoes) {
  const std::string alert = MatchOf(), id = Plan();
  CoordinateRequest contact;
  auto& holder = *contact.mutable_appoint_contact_person()->mutable_holder();
  holder.set_name("Ole");
  holder.set_external("Headspace");
  SAMKOER_ASSERT_OK(Take(alert, contact).status());
  SAMKOER_ASSERT_OK(Add(id, alert));
  in_.MustDelta("family", {}, {"F-p"});
  ASSERT_TRUE(AlertOf().participants().empty());
  EXPECT_EQ(Inbox("jobs").entries_size(), 0);
  SAMKOER_ASSERT_OK(Act(id, alert));
  // Who is to act finds its own case by it; who has none learns nothing.
  in_.Restart();
  ASSERT_EQ(Inbox("jobs").entries_size(), 1);
  EXPECT_EQ(Inbox("jobs").entries(0).case_ref(), "J-p");
  EXPECT_EQ(Inbox("jobs").entries(0).conference().action().text(),
            "Ring til skolen");
  SAMKOER_ASSERT_OK(ActBy(id, "social", "Voksne"));
  EXPECT_EQ(Inbox("jobs").entries_size(), 0);
  EXPECT_EQ(Inbox("social").entries_size(), 0);
  SAMKOER_ASSERT_OK(Act(id, alert));
  SAMKOER_ASSERT_OK(End(id));
  CoordinateRequest done;
  done.mutable_action_done();
  SAMKOER_ASSERT_OK(Take(alert, done).status());
  EXPECT_EQ(Inbox("jobs").entries_size(), 0);
}

TEST_F(ConferenceChangeTest, TheDepartmentThatActsSeesItsAction) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  SAMKOER_ASSERT_OK(Act(id, alert));
  EXPECT_EQ(Inbox("jobs").entries(0).conference().action().text(),
            "Ring til skolen");
  EXPECT_FALSE(Inbox("family").entries(0).conference().has_action());
}

TEST_F(ConferenceChangeTest, AnAgendaIsFullAtThePolicysNumber) {
  const std::string id = Plan();
  in_.policy().set_version(4);
  in_.policy().mutable_coordination()->set_conference_cases(2);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(Get(id).conference().max_cases(), 2u);
  SAMKOER_EXPECT_OK(Add(id, MatchOf("a")));
  SAMKOER_EXPECT_OK(Add(id, MatchOf("b")));
  const std::string c = MatchOf("c"), other = Plan();
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(id, c)));
  SAMKOER_ASSERT_OK(Add(other, c));
  EXPECT_TRUE(absl::IsFailedPrecondition(Move(other, c, id)));
  // One who has declined leaves a seat.
  SAMKOER_ASSERT_OK(SetState(AlertOf("a").alert_id(), ALERT_STATE_DECLINED));
  EXPECT_EQ(Get(id).conference().cases(), 1u);
  SAMKOER_EXPECT_OK(Move(other, c, id));
}

TEST_F(ConferenceChangeTest, WhoDeclinesAndComesBackIsAddedAgain) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  SAMKOER_ASSERT_OK(SetState(alert, ALERT_STATE_DECLINED));
  SAMKOER_ASSERT_OK(SetState(alert, ALERT_STATE_IDENTIFIED));
  EXPECT_EQ(Get(id).agenda_size(), 0);
  SAMKOER_ASSERT_OK(Add(id, alert));
  EXPECT_EQ(Get(id).agenda_size(), 1);
}

TEST_F(ConferenceChangeTest, ACancelledConferenceFreesItsCases) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  SAMKOER_ASSERT_OK(Cancel(id));
  EXPECT_FALSE(AlertOf().coordination().has_conference());
  EXPECT_EQ(AlertOf().state(), ALERT_STATE_IDENTIFIED);
  EXPECT_TRUE(absl::IsFailedPrecondition(Add(id, alert)));
  SAMKOER_EXPECT_OK(Add(Plan(), alert));
}

TEST_F(ConferenceChangeTest, AMovedCaseAndAMovedConferenceAreToldInTheAlert) {
  const std::string alert = MatchOf(), id = Plan(2);
  const std::string other = planned_.conferences(1).conference_id();
  SAMKOER_ASSERT_OK(Add(id, alert));
  EXPECT_TRUE(absl::IsInvalidArgument(Move(id, alert, id)));
  EXPECT_TRUE(absl::IsNotFound(Move(id, alert, "K-0000-0000")));
  SAMKOER_ASSERT_OK(Move(id, alert, other));
  EXPECT_EQ(Get(id).agenda_size(), 0);
  EXPECT_EQ(Get(other).agenda_size(), 1);
  EXPECT_EQ(Get(other).conference().revision(), 2u);
  EXPECT_EQ(Get(other).conference().changed_by(),
            Installation::Coordinator().uri);
  ChangeConferenceRequest details;
  *details.mutable_details() = Details(1'900'000'020);
  EXPECT_TRUE(absl::IsInvalidArgument(Change(other, details).status()));
  details.set_expected_revision(2);
  SAMKOER_ASSERT_OK(Change(other, details).status());
  EXPECT_EQ(AlertOf().history().rbegin()->event(), "conference-rescheduled");
  EXPECT_EQ((AlertOf().history().rbegin() + 1)->event(), "conference-moved");
  EXPECT_EQ(AlertOf().coordination().conference().start().seconds(),
            1'900'000'020);
}

TEST_F(ConferenceChangeTest, ASeatOfAConferenceThatWasNeverClosedIsForgotten) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  in_.SetDay("2029-02-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_TRUE(absl::IsNotFound(TryGet(id).status()));
  SAMKOER_EXPECT_OK(Add(Plan(), alert));
}

}  // namespace
}  // namespace samkoer::matcher
