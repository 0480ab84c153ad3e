#include "matcher/conference_seat.h"

#include <gtest/gtest.h>

#include <string>

#include "matcher/alert_lifecycle.h"
#include "matcher/coordination_steps.h"
#include "tests/matcher/example_policy.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states

constexpr std::string_view kWho = "samkoer://viborg/coordinator/anna";
const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

class ConferenceSeatTest : public testing::Test {
 protected:
  ConferenceSeatTest() {
    AlertContent content;
    content.rule = "unge";
    content.participants.resize(2);
    content.participants[0].set_department("family");
    content.participants[1].set_department("jobs");
    alert_ = OpenAlert("A-7K3M-9QXD", content, kNow);
  }
  static Conference At(const std::string& id,
                       std::int64_t start = 1'810'000'020) {
    Conference conference;
    conference.set_conference_id(id);
    conference.mutable_details()->mutable_start()->set_seconds(start);
    conference.mutable_details()->set_place("Rådhuset");
    return conference;
  }
  absl::Status Take(const std::string& id, std::uint64_t revision = 0) {
    return TakeSeat(alert_, At(id), revision, kWho, "", kNow);
  }
  static ConferenceAction Call() {
    ConferenceAction action;
    action.set_text("Ring til skolen");
    action.set_department("jobs");
    action.set_unit("Team Unge");
    action.set_due_day("2026-12-01");
    return action;
  }
  absl::Status Act(const ConferenceAction& action) {
    const std::string before = alert_.SerializeAsString();
    absl::Status status = SetSeatAction(alert_, action, policy_, kWho, kNow);
    if (!status.ok()) {
      EXPECT_EQ(alert_.SerializeAsString(), before);
    }
    return status;
  }
  const ConferenceSeat& seat() const {
    return alert_.coordination().conference();
  }

  const CompiledPolicy policy_ = Compiled(ExamplePolicy());
  Alert alert_;
};

TEST_F(ConferenceSeatTest, ASeatPlansTheConferenceAndGivingItUpGoesBack) {
  ASSERT_TRUE(
      SetAlertState(alert_, ALERT_STATE_OFFERED, kWho, "", 0, kNow).ok());
  SAMKOER_ASSERT_OK(Take("K-1"));
  EXPECT_EQ(alert_.state(), ALERT_STATE_CONFERENCE_PLANNED);
  EXPECT_TRUE(HasSeat(alert_, "K-1"));
  EXPECT_FALSE(HasSeat(alert_, "K-2"));
  EXPECT_FALSE(HasSeat(alert_, ""));
  EXPECT_EQ(seat().place(), "Rådhuset");
  EXPECT_EQ(alert_.history().rbegin()->event(), "conference-added");
  LeaveSeat(alert_, "conference-removed", kWho, "syg", kNow);
  EXPECT_EQ(alert_.state(), ALERT_STATE_OFFERED);
  EXPECT_FALSE(HasSeat(alert_, "K-1"));
  EXPECT_FALSE(HasSeat(alert_, ""));
  EXPECT_EQ(alert_.history().rbegin()->note(), "syg");
}

TEST_F(ConferenceSeatTest, WhoHasAGuideKeepsTheStateOnBothWays) {
  alert_.mutable_coordination()->mutable_guide()->set_state(
      GUIDE_STATE_ACCEPTED);
  ASSERT_TRUE(
      SetAlertState(alert_, ALERT_STATE_GUIDE_ASSIGNED, kWho, "", 0, kNow)
          .ok());
  SAMKOER_ASSERT_OK(Take("K-1"));
  EXPECT_EQ(alert_.state(), ALERT_STATE_GUIDE_ASSIGNED);
  LeaveSeat(alert_, "conference-removed", kWho, "", kNow);
  EXPECT_EQ(alert_.state(), ALERT_STATE_GUIDE_ASSIGNED);
}

TEST_F(ConferenceSeatTest, OneSeatAtATimeAndAnotherAfterItWasHeld) {
  SAMKOER_ASSERT_OK(Take("K-1"));
  EXPECT_TRUE(absl::IsFailedPrecondition(Take("K-2")));
  SAMKOER_ASSERT_OK(Act(Call()));
  HoldSeat(alert_, kWho, "", kNow);
  EXPECT_TRUE(HasSeat(alert_, "K-1"));
  SAMKOER_ASSERT_OK(Take("K-2"));
  EXPECT_FALSE(seat().has_action());
  EXPECT_FALSE(seat().held());
  // What was agreed before can still be read.
  bool told = false;
  for (const auto& entry : alert_.history()) {
    told |= entry.event() == "conference-action" &&
            entry.note() == "Ring til skolen";
  }
  EXPECT_TRUE(told);
}

TEST_F(ConferenceSeatTest, WhoHasNoCaseInTheAlertActsOnlyAfterANomination) {
  SAMKOER_ASSERT_OK(Take("K-1"));
  ConferenceAction action = Call();
  action.set_department("social");
  action.set_unit("Voksne");
  EXPECT_TRUE(absl::IsFailedPrecondition(Act(action)));
  alert_.mutable_coordination()->add_nominations()->set_department("social");
  SAMKOER_EXPECT_OK(Act(action));
}

TEST_F(ConferenceSeatTest, WithoutARuleTheOneWithATaskActs) {
  auto& coordination = *alert_.mutable_coordination();
  Holder& holder = *coordination.mutable_contact_person()->mutable_holder();
  holder.set_external("Headspace");
  SAMKOER_ASSERT_OK(Take("K-1"));
  ConferenceAction action = Call();
  action.set_department("social");
  action.set_unit("Voksne");
  // While the rule holds, those who take part are known.
  EXPECT_TRUE(absl::IsFailedPrecondition(Act(action)));
  ASSERT_TRUE(ApplyRuleCeased(alert_, kNow, /*open_case=*/true));
  SAMKOER_EXPECT_OK(Act(action));
  SAMKOER_EXPECT_OK(Act(Call()));
  holder.clear_external();
  holder.set_department("jobs");
  EXPECT_TRUE(absl::IsFailedPrecondition(Act(action)));
  SAMKOER_EXPECT_OK(Act(Call()));
  coordination.clear_contact_person();
  coordination.add_nominations()->set_department("jobs");
  EXPECT_TRUE(absl::IsFailedPrecondition(Act(action)));
  SAMKOER_EXPECT_OK(Act(Call()));
}

TEST_F(ConferenceSeatTest, ASeatThatMovesSaysWhetherTheConferenceDoes) {
  SAMKOER_ASSERT_OK(Take("K-1"));
  MoveSeat(alert_, At("K-1", 1'820'000'040), kWho, "", kNow);
  EXPECT_EQ(alert_.history().rbegin()->event(), "conference-rescheduled");
  MoveSeat(alert_, At("K-2"), kWho, "", kNow);
  EXPECT_EQ(alert_.history().rbegin()->event(), "conference-moved");
}

TEST_F(ConferenceSeatTest, AnEndedAlertHasNoSeatToComeButWhatWasHeldStays) {
  SAMKOER_ASSERT_OK(Take("K-1"));
  ASSERT_TRUE(ApplyRuleCeased(alert_, kNow, /*open_case=*/false));
  EXPECT_FALSE(alert_.coordination().has_conference());
  EXPECT_TRUE(absl::IsFailedPrecondition(Take("K-1")));

  AlertContent content;
  content.rule = "unge";
  content.participants.resize(1);
  content.participants[0].set_department("jobs");
  ASSERT_TRUE(ApplyRuleHolds(alert_, content, kNow));
  SAMKOER_ASSERT_OK(Take("K-2"));
  SAMKOER_ASSERT_OK(Act(Call()));
  HoldSeat(alert_, kWho, "", kNow);
  ASSERT_TRUE(
      SetAlertState(alert_, ALERT_STATE_CLOSED, kWho, "", 0, kNow).ok());
  EXPECT_TRUE(HasSeat(alert_, "K-2"));
  EXPECT_TRUE(absl::IsFailedPrecondition(Act(Call())));
}

TEST_F(ConferenceSeatTest, ASeatIsTakenOnTheRevisionThatWasSeen) {
  EXPECT_TRUE(absl::IsAborted(Take("K-1", alert_.revision() + 1)));
  EXPECT_FALSE(alert_.coordination().has_conference());
  SAMKOER_EXPECT_OK(Take("K-1", alert_.revision()));
}

TEST_F(ConferenceSeatTest, AMovedSeatKeepsTheState) {
  SAMKOER_ASSERT_OK(Take("K-1"));
  MoveSeat(alert_, At("K-2", 1'820'000'040), kWho, "", kNow);
  EXPECT_TRUE(HasSeat(alert_, "K-2"));
  EXPECT_EQ(seat().start().seconds(), 1'820'000'040);
  EXPECT_EQ(alert_.state(), ALERT_STATE_CONFERENCE_PLANNED);
}

TEST_F(ConferenceSeatTest, AnActionIsConcreteAndOfAUnitOfThePolicy) {
  SAMKOER_ASSERT_OK(Take("K-1"));
  ConferenceAction action = Call();
  action.mutable_done()->set_seconds(5);
  SAMKOER_ASSERT_OK(Act(action));
  EXPECT_FALSE(seat().action().has_done());
  for (const auto& spoil :
       {+[](ConferenceAction& a) { a.clear_text(); },
        +[](ConferenceAction& a) { a.set_text("om 010203-1234"); },
        +[](ConferenceAction& a) { a.set_unit("Safranvej"); },
        +[](ConferenceAction& a) { a.clear_department(); },
        +[](ConferenceAction& a) { a.set_due_day("2026-13-01"); },
        +[](ConferenceAction& a) { a.clear_due_day(); }}) {
    ConferenceAction wrong = Call();
    spoil(wrong);
    EXPECT_TRUE(absl::IsInvalidArgument(Act(wrong)));
  }
}

}  // namespace
}  // namespace samkoer::matcher
