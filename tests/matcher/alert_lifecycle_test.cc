#include "matcher/alert_lifecycle.h"

#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states
using testing::ElementsAre;

constexpr std::string_view kWho = "samkoer://viborg/coordinator/anna";

absl::Time T(int hour) {
  return absl::FromUnixSeconds(1'800'000'000) + absl::Hours(hour) +
         absl::Nanoseconds(7);
}

AlertContent Content(const std::vector<std::string>& refs = {"a:1", "b:2"}) {
  AlertContent content;
  content.rule = "unge";
  content.rule_version = 3;
  for (const std::string& ref : refs) {
    auto& participant = content.participants.emplace_back();
    participant.set_department(ref.substr(0, ref.find(':')));
    participant.set_case_ref(ref.substr(ref.find(':') + 1));
  }
  content.reasons.emplace_back().set_kind("age");
  return content;
}

std::vector<std::string> Refs(const Alert& alert) {
  std::vector<std::string> refs;
  for (const auto& p : alert.participants()) {
    refs.push_back(p.department() + ":" + p.case_ref());
  }
  return refs;
}

Alert Opened() { return OpenAlert("A-7K3M-9QXD", Content(), T(0)); }

// Writes down what the state says: a guide who has accepted, a plan.
void Agree(AlertState state, Alert& alert) {
  if (state != ALERT_STATE_GUIDE_ASSIGNED && state != ALERT_STATE_PLAN_ACTIVE) {
    return;
  }
  auto& coordination = *alert.mutable_coordination();
  coordination.set_matched(true);
  if (state == ALERT_STATE_GUIDE_ASSIGNED) {
    coordination.mutable_guide()->set_state(samkoer::v1::GUIDE_STATE_ACCEPTED);
  } else {
    coordination.mutable_plan()->set_exists(true);
  }
}

// An open alert that a person moved to `state`, with what it says.
Alert In(AlertState state) {
  Alert alert = Opened();
  Agree(state, alert);
  if (state != ALERT_STATE_IDENTIFIED) {
    EXPECT_TRUE(SetAlertState(alert, state, kWho, "", 0, T(1)).ok());
  }
  return alert;
}

const std::vector<AlertState> kActive = {
    ALERT_STATE_IDENTIFIED,     ALERT_STATE_OFFERED,
    ALERT_STATE_NOMINATED,      ALERT_STATE_CONFERENCE_PLANNED,
    ALERT_STATE_GUIDE_ASSIGNED, ALERT_STATE_PLAN_ACTIVE};

TEST(AlertLifecycleTest, ANewAlertIsIdentified) {
  const Alert alert =
      OpenAlert("A-7K3M-9QXD", Content({"b:2", "a:9", "a:1"}), T(0));
  EXPECT_EQ(alert.alert_id(), "A-7K3M-9QXD");
  EXPECT_EQ(alert.rule(), "unge");
  EXPECT_EQ(alert.rule_version(), 3u);
  EXPECT_EQ(alert.state(), ALERT_STATE_IDENTIFIED);
  EXPECT_EQ(alert.revision(), 1u);
  EXPECT_THAT(Refs(alert), ElementsAre("a:1", "a:9", "b:2"));
  EXPECT_EQ(alert.created().seconds(), 1'800'000'000);
  EXPECT_EQ(alert.created().nanos(), 7);
  EXPECT_EQ(alert.updated().seconds(), alert.created().seconds());
  ASSERT_EQ(alert.history_size(), 1);
  EXPECT_EQ(alert.history(0).event(), "opened");
  EXPECT_EQ(alert.history(0).actor(), "matcher");
  EXPECT_EQ(alert.history(0).state(), ALERT_STATE_IDENTIFIED);
}

TEST(AlertLifecycleTest, TheSameContentIsNoChange) {
  for (const AlertState state : kActive) {
    Alert alert = In(state);
    const std::string before = alert.SerializeAsString();
    EXPECT_FALSE(ApplyRuleHolds(alert, Content({"b:2", "a:1"}), T(2)));
    EXPECT_EQ(alert.SerializeAsString(), before);
  }
}

TEST(AlertLifecycleTest, ANewPolicyVersionAloneIsNoChange) {
  Alert alert = Opened();
  AlertContent content = Content();
  content.rule_version = 4;
  EXPECT_FALSE(ApplyRuleHolds(alert, content, T(2)));
  EXPECT_EQ(alert.rule_version(), 3u);
}

TEST(AlertLifecycleTest, ADepartmentThatJoinsChangesTheAlertNotItsState) {
  for (const AlertState state : kActive) {
    Alert alert = In(state);
    const auto revision = alert.revision();
    EXPECT_TRUE(ApplyRuleHolds(alert, Content({"a:1", "b:2", "c:3"}), T(2)));
    EXPECT_EQ(alert.state(), state);
    EXPECT_EQ(alert.revision(), revision + 1);
    EXPECT_EQ(alert.updated().seconds(), absl::ToUnixSeconds(T(2)));
    EXPECT_THAT(Refs(alert), ElementsAre("a:1", "b:2", "c:3"));
    EXPECT_EQ(alert.history().rbegin()->event(), "participants-changed");
  }
}

TEST(AlertLifecycleTest, AChangedContactIsAChangeOfParticipants) {
  Alert alert = Opened();
  AlertContent content = Content();
  content.participants[0].set_contact("MFR");
  EXPECT_TRUE(ApplyRuleHolds(alert, content, T(2)));
  EXPECT_EQ(alert.participants(0).contact(), "MFR");
}

TEST(AlertLifecycleTest, AnotherRuleOrAnotherWordingIsARuleChange) {
  Alert alert = Opened();
  AlertContent content = Content();
  content.rule = "unge-2";
  content.rule_version = 4;
  EXPECT_TRUE(ApplyRuleHolds(alert, content, T(2)));
  EXPECT_EQ(alert.rule(), "unge-2");
  EXPECT_EQ(alert.rule_version(), 4u);
  EXPECT_EQ(alert.history().rbegin()->event(), "rule-changed");
  content.reasons[0].set_text("other ages");
  EXPECT_TRUE(ApplyRuleHolds(alert, content, T(3)));
  EXPECT_EQ(alert.reasons(0).text(), "other ages");
  EXPECT_EQ(alert.history().rbegin()->event(), "rule-changed");
}

TEST(AlertLifecycleTest, AnActiveAlertIsWithdrawnWhenTheRuleCeases) {
  for (const AlertState state : kActive) {
    Alert alert = In(state);
    EXPECT_TRUE(ApplyRuleCeased(alert, T(2)));
    EXPECT_EQ(alert.state(), ALERT_STATE_WITHDRAWN);
    EXPECT_TRUE(alert.participants().empty());
    EXPECT_TRUE(alert.reasons().empty());
    EXPECT_EQ(alert.history().rbegin()->event(), "withdrawn");
    const std::string before = alert.SerializeAsString();
    EXPECT_FALSE(ApplyRuleCeased(alert, T(3)));
    EXPECT_EQ(alert.SerializeAsString(), before);
  }
}

TEST(AlertLifecycleTest, AWithdrawnAlertOpensAgainUnderItsId) {
  for (const AlertState state : kActive) {
    Alert alert = In(state);
    ASSERT_TRUE(ApplyRuleCeased(alert, T(2)));
    EXPECT_TRUE(ApplyRuleHolds(alert, Content({"c:3", "d:4"}), T(3)));
    EXPECT_EQ(alert.alert_id(), "A-7K3M-9QXD");
    EXPECT_EQ(alert.state(), ALERT_STATE_IDENTIFIED);
    EXPECT_THAT(Refs(alert), ElementsAre("c:3", "d:4"));
    EXPECT_EQ(alert.history().rbegin()->event(), "reopened");
    EXPECT_EQ(alert.created().seconds(), absl::ToUnixSeconds(T(0)));
  }
}

TEST(AlertLifecycleTest, AnEndedAlertStaysAsItIsWhileTheRuleHolds) {
  for (const AlertState state : {ALERT_STATE_CLOSED, ALERT_STATE_DECLINED}) {
    Alert alert = In(state);
    const std::string before = alert.SerializeAsString();
    EXPECT_FALSE(ApplyRuleHolds(alert, Content({"a:1", "c:3"}), T(2)));
    EXPECT_EQ(alert.SerializeAsString(), before);
  }
}

TEST(AlertLifecycleTest, AnEndedAlertIsIdentifiedAgainAfterTheRuleCeased) {
  for (const AlertState state : {ALERT_STATE_CLOSED, ALERT_STATE_DECLINED}) {
    Alert alert = In(state);
    EXPECT_TRUE(ApplyRuleCeased(alert, T(2)));
    EXPECT_EQ(alert.state(), state);
    EXPECT_TRUE(alert.participants().empty());
    EXPECT_FALSE(ApplyRuleCeased(alert, T(3)));
    EXPECT_TRUE(ApplyRuleHolds(alert, Content(), T(4)));
    EXPECT_EQ(alert.state(), ALERT_STATE_IDENTIFIED);
    EXPECT_EQ(alert.history().rbegin()->event(), "reopened");
  }
}

// The table of the header, row by row, where nothing that is agreed on stands
// in the way.
TEST(AlertLifecycleTest, PeopleMaySetWhatTheTableSays) {
  const std::vector<std::pair<AlertState, std::string>> table = {
      {ALERT_STATE_IDENTIFIED, "-xxxxxxx-"},
      {ALERT_STATE_OFFERED, "x-xxxxxx-"},
      {ALERT_STATE_NOMINATED, "xx-xxxxx-"},
      {ALERT_STATE_CONFERENCE_PLANNED, "xxx-xxxx-"},
      {ALERT_STATE_GUIDE_ASSIGNED, "xxxx-xxx-"},
      {ALERT_STATE_PLAN_ACTIVE, "xxxxx-xx-"},
      {ALERT_STATE_CLOSED, "x------x-"},
      {ALERT_STATE_DECLINED, "x--------"},
      {ALERT_STATE_WITHDRAWN, "-------x-"}};
  for (const auto& [from, row] : table) {
    for (int to = 1; to <= 9; ++to) {
      const auto target = static_cast<AlertState>(to);
      const bool allowed = row[to - 1] == 'x';
      EXPECT_EQ(PersonMaySet(from, target), allowed) << from << " " << to;
      Alert alert =
          In(from == ALERT_STATE_WITHDRAWN ? ALERT_STATE_OFFERED : from);
      if (from == ALERT_STATE_WITHDRAWN) ApplyRuleCeased(alert, T(1));
      alert.clear_coordination();
      Agree(target, alert);
      const std::string before = alert.SerializeAsString();
      const absl::Status status =
          SetAlertState(alert, target, kWho, "so", alert.revision(), T(5));
      EXPECT_EQ(status.ok(), allowed) << from << " " << to << " " << status;
      if (allowed) {
        EXPECT_EQ(alert.state(), target);
        const auto& last = *alert.history().rbegin();
        EXPECT_EQ(last.event(), "state-set");
        EXPECT_EQ(last.actor(), kWho);
        EXPECT_EQ(last.note(), "so");
        EXPECT_EQ(last.state(), target);
      } else {
        EXPECT_EQ(alert.SerializeAsString(), before);
        EXPECT_EQ(status.code(), target == ALERT_STATE_WITHDRAWN
                                     ? absl::StatusCode::kInvalidArgument
                                     : absl::StatusCode::kFailedPrecondition);
      }
    }
  }
}

TEST(AlertLifecycleTest, AStateIsNotSetThatNothingBearsOut) {
  for (const AlertState from : kActive) {
    for (const AlertState to :
         {ALERT_STATE_GUIDE_ASSIGNED, ALERT_STATE_PLAN_ACTIVE}) {
      if (from == to) continue;
      Alert alert = In(from);
      alert.clear_coordination();
      // Somebody who is asked has not accepted; a plan that is not there.
      auto& coordination = *alert.mutable_coordination();
      coordination.mutable_guide()->set_state(
          samkoer::v1::GUIDE_STATE_PROPOSED);
      coordination.mutable_plan()->set_owner("Mette");
      const std::string before = alert.SerializeAsString();
      const absl::Status refused = SetAlertState(alert, to, kWho, "", 0, T(5));
      EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
      EXPECT_THAT(std::string(refused.message()),
                  testing::HasSubstr(to == ALERT_STATE_PLAN_ACTIVE
                                         ? "there is no plan"
                                         : "no youth guide has accepted"));
      EXPECT_EQ(alert.SerializeAsString(), before);
    }
  }
}

TEST(AlertLifecycleTest, WhatIsAgreedOnIsNotDeniedByAnEarlierState) {
  const std::vector<AlertState> earlier = {
      ALERT_STATE_IDENTIFIED, ALERT_STATE_OFFERED, ALERT_STATE_NOMINATED,
      ALERT_STATE_CONFERENCE_PLANNED};
  for (const AlertState to : earlier) {
    Alert guided = In(ALERT_STATE_GUIDE_ASSIGNED);
    absl::Status refused = SetAlertState(guided, to, kWho, "", 0, T(5));
    EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(refused.message()),
                testing::HasSubstr("has a youth guide"));
    Alert planned = In(ALERT_STATE_PLAN_ACTIVE);
    refused = SetAlertState(planned, to, kWho, "", 0, T(5));
    EXPECT_THAT(std::string(refused.message()),
                testing::HasSubstr("say first that there is none"));
    // The plan is gone, the guide is not.
    planned.mutable_coordination()->mutable_plan()->set_exists(false);
    Agree(ALERT_STATE_GUIDE_ASSIGNED, planned);
    EXPECT_FALSE(SetAlertState(planned, to, kWho, "", 0, T(5)).ok());
    EXPECT_TRUE(
        SetAlertState(planned, ALERT_STATE_GUIDE_ASSIGNED, kWho, "", 0, T(6))
            .ok());
  }
  // A guide who was there before the alert was withdrawn stands in no way.
  Alert again = In(ALERT_STATE_GUIDE_ASSIGNED);
  ApplyRuleCeased(again, T(2));
  ApplyRuleHolds(again, Content(), T(3));
  ASSERT_EQ(again.state(), ALERT_STATE_IDENTIFIED);
  EXPECT_TRUE(
      SetAlertState(again, ALERT_STATE_OFFERED, kWho, "", 0, T(4)).ok());
  EXPECT_TRUE(
      SetAlertState(again, ALERT_STATE_GUIDE_ASSIGNED, kWho, "", 0, T(5)).ok());
}

TEST(AlertLifecycleTest, AnEndIsPossibleWhateverIsAgreedOn) {
  for (const AlertState from :
       {ALERT_STATE_GUIDE_ASSIGNED, ALERT_STATE_PLAN_ACTIVE}) {
    for (const AlertState to : {ALERT_STATE_CLOSED, ALERT_STATE_DECLINED}) {
      Alert alert = In(from);
      EXPECT_TRUE(SetAlertState(alert, to, kWho, "", 0, T(5)).ok());
    }
  }
}

TEST(AlertLifecycleTest, StatesThatAreNoneAreRefused) {
  Alert alert = Opened();
  for (const int state : {0, 9, 10, -1}) {
    EXPECT_EQ(
        SetAlertState(alert, static_cast<AlertState>(state), kWho, "", 0, T(1))
            .code(),
        absl::StatusCode::kInvalidArgument);
  }
  EXPECT_EQ(alert.revision(), 1u);
}

TEST(AlertLifecycleTest, AnEndedAlertCannotBeReopenedWhenTheRuleHasCeased) {
  Alert alert = In(ALERT_STATE_CLOSED);
  ApplyRuleCeased(alert, T(2));
  EXPECT_EQ(
      SetAlertState(alert, ALERT_STATE_IDENTIFIED, kWho, "", 0, T(3)).code(),
      absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(
      SetAlertState(alert, ALERT_STATE_DECLINED, kWho, "", 0, T(3)).ok());
}

TEST(AlertLifecycleTest, AnOlderViewIsAborted) {
  Alert alert = In(ALERT_STATE_OFFERED);
  EXPECT_EQ(SetAlertState(alert, ALERT_STATE_CLOSED, kWho, "", 1, T(2)).code(),
            absl::StatusCode::kAborted);
  EXPECT_EQ(alert.state(), ALERT_STATE_OFFERED);
  EXPECT_TRUE(SetAlertState(alert, ALERT_STATE_CLOSED, kWho, "", 2, T(2)).ok());
  EXPECT_EQ(alert.revision(), 3u);
}

TEST(AlertLifecycleTest, NotesAreChecked) {
  Alert alert = Opened();
  // Fictional: fails modulus 11.
  for (const std::string& bad :
       {std::string(501, 'x'), std::string("mor: 130402-1235"),
        std::string("a\x1b"), std::string("\xff")}) {
    const absl::Status status =
        SetAlertState(alert, ALERT_STATE_OFFERED, kWho, bad, 0, T(1));
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(status.message().find("1235"), std::string::npos);
  }
  EXPECT_EQ(alert.state(), ALERT_STATE_IDENTIFIED);
  EXPECT_TRUE(SetAlertState(alert, ALERT_STATE_OFFERED, kWho,
                            "talt med\nMFR " + std::string(480, 'x'), 0, T(1))
                  .ok());
}

TEST(AlertLifecycleTest, HistoryIsCappedAndGivesUpParticipantChangesFirst) {
  Alert alert = In(ALERT_STATE_OFFERED);
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(ApplyRuleHolds(
        alert, Content({"a:1", "b:" + std::to_string(i + 10)}), T(2 + i)));
    ASSERT_LE(alert.history_size(), kMaxHistory);
  }
  ASSERT_EQ(alert.history_size(), kMaxHistory);
  EXPECT_EQ(alert.history(0).event(), "opened");
  EXPECT_EQ(alert.history(1).event(), "state-set");
  EXPECT_EQ(alert.history(2).time().seconds(), absl::ToUnixSeconds(T(304)));
  EXPECT_EQ(alert.revision(), 502u);
}

TEST(AlertLifecycleTest, HistoryWithoutParticipantChangesKeepsTheOpening) {
  Alert alert = Opened();
  for (int i = 0; i < 300; ++i) {
    const AlertState next =
        i % 2 == 0 ? ALERT_STATE_OFFERED : ALERT_STATE_NOMINATED;
    ASSERT_TRUE(SetAlertState(alert, next, kWho, "", 0, T(i)).ok());
  }
  ASSERT_EQ(alert.history_size(), kMaxHistory);
  EXPECT_EQ(alert.history(0).event(), "opened");
  EXPECT_EQ(alert.history().rbegin()->time().seconds(),
            absl::ToUnixSeconds(T(299)));
}

TEST(AlertLifecycleTest, StatesAreSorted) {
  for (const AlertState state : kActive) {
    EXPECT_TRUE(IsActive(state));
    EXPECT_FALSE(IsEnded(state));
    EXPECT_EQ(IsConvened(state), state >= ALERT_STATE_CONFERENCE_PLANNED);
  }
  for (const AlertState state :
       {ALERT_STATE_CLOSED, ALERT_STATE_DECLINED, ALERT_STATE_WITHDRAWN}) {
    EXPECT_TRUE(IsEnded(state));
    EXPECT_FALSE(IsActive(state));
    EXPECT_FALSE(IsConvened(state));
  }
  EXPECT_FALSE(IsActive(ALERT_STATE_UNSPECIFIED));
  EXPECT_FALSE(IsEnded(ALERT_STATE_UNSPECIFIED));
  EXPECT_FALSE(IsConvened(ALERT_STATE_UNSPECIFIED));
}

// Two persons are asked to take over, one of them twice.
Alert WithHandovers() {
  Alert alert = Opened();
  auto& coordination = *alert.mutable_coordination();
  for (const auto& [role, state] :
       {std::pair(HANDOVER_ROLE_CONTACT_PERSON, HANDOVER_STATE_REFUSED),
        std::pair(HANDOVER_ROLE_CONTACT_PERSON, HANDOVER_STATE_REQUESTED),
        std::pair(HANDOVER_ROLE_CASEWORKER, HANDOVER_STATE_REQUESTED)}) {
    auto& handover = *coordination.add_handovers();
    handover.set_role(role);
    handover.set_state(state);
  }
  return alert;
}

TEST(AlertLifecycleTest, AnAlertThatEndsAsksNobodyToTakeOver) {
  for (const AlertState end : {ALERT_STATE_DECLINED, ALERT_STATE_WITHDRAWN}) {
    Alert alert = WithHandovers();
    const std::uint64_t revision = alert.revision();
    if (end == ALERT_STATE_DECLINED) {
      ASSERT_TRUE(SetAlertState(alert, end, kWho, "", 0, T(3)).ok());
    } else {
      ASSERT_TRUE(ApplyRuleCeased(alert, T(3)));
    }
    EXPECT_EQ(alert.state(), end);
    EXPECT_FALSE(HandoverOpen(alert, HANDOVER_ROLE_UNSPECIFIED));
    const auto& handovers = alert.coordination().handovers();
    EXPECT_EQ(handovers[0].state(), HANDOVER_STATE_REFUSED);
    EXPECT_FALSE(handovers[0].has_answered());
    for (const int i : {1, 2}) {
      EXPECT_EQ(handovers[i].state(), HANDOVER_STATE_TAKEN_BACK);
      EXPECT_EQ(handovers[i].answered().seconds(), absl::ToUnixSeconds(T(3)));
      EXPECT_EQ(handovers[i].answered_by(),
                end == ALERT_STATE_DECLINED ? kWho : kMatcherActor);
    }
    // The history says so, before it says that the alert has ended.
    EXPECT_EQ(alert.revision(), revision + 3);
    ASSERT_EQ(alert.history_size(), 4);
    for (const int i : {1, 2}) {
      EXPECT_EQ(alert.history(i).event(), "handover-answered");
      EXPECT_EQ(alert.history(i).state(), ALERT_STATE_IDENTIFIED);
    }
    EXPECT_EQ(alert.history(3).state(), end);
  }
}

TEST(AlertLifecycleTest, AHandoverThatAWithdrawalLeftOpenKeepsNothing) {
  // As alerts stand that were withdrawn before handovers were taken back.
  Alert alert = Opened();
  ASSERT_TRUE(ApplyRuleCeased(alert, T(1)));
  *alert.mutable_coordination() = WithHandovers().coordination();
  ASSERT_TRUE(ApplyRuleHolds(alert, Content({"a:1", "b:2"}), T(2)));
  EXPECT_EQ(alert.state(), ALERT_STATE_IDENTIFIED);
  EXPECT_FALSE(SomebodyHasTask(alert));
  ASSERT_TRUE(ApplyRuleCeased(alert, T(3), /*open_case=*/true));
  EXPECT_EQ(alert.state(), ALERT_STATE_WITHDRAWN);
}

TEST(AlertLifecycleTest, ConvenedCountsFromTheFirstUnbrokenStep) {
  Alert alert = Opened();
  EXPECT_EQ(ConvenedSince(alert), std::nullopt);
  const auto set = [&](AlertState state, int hour) {
    alert.clear_coordination();
    Agree(state, alert);
    ASSERT_TRUE(SetAlertState(alert, state, kWho, "", 0, T(hour)).ok());
  };
  set(ALERT_STATE_CONFERENCE_PLANNED, 5);
  EXPECT_EQ(ConvenedSince(alert), T(5));
  set(ALERT_STATE_GUIDE_ASSIGNED, 6);
  ApplyRuleHolds(alert, Content({"a:1", "c:3"}), T(7));
  EXPECT_EQ(ConvenedSince(alert), T(5));
  set(ALERT_STATE_OFFERED, 8);
  EXPECT_EQ(ConvenedSince(alert), std::nullopt);
  set(ALERT_STATE_PLAN_ACTIVE, 9);
  EXPECT_EQ(ConvenedSince(alert), T(9));
}

TEST(AlertLifecycleTest, ConvenedSurvivesTheCapOfTheHistory) {
  Alert alert = In(ALERT_STATE_CONFERENCE_PLANNED);
  for (int i = 0; i < 300; ++i) {
    ApplyRuleHolds(alert, Content({"a:1", "b:" + std::to_string(i + 10)}),
                   T(2 + i));
  }
  EXPECT_EQ(ConvenedSince(alert), T(1));
}

}  // namespace
}  // namespace samkoer::matcher
