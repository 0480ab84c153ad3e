#include "matcher/conferences.h"

#include <gmock/gmock.h>

#include <set>

#include "absl/time/civil_time.h"
#include "storage/conference_table.h"
#include "tests/matcher/conference_fixture.h"

namespace samkoer::matcher {
namespace {

using namespace samkoer::v1;  // NOLINT: many states
using storage::ValueOf;

class ConferencesTest : public ConferenceTest {
 protected:
  ListConferencesResponse List(const ListConferencesRequest& request = {}) {
    return ValueOf(
        conferences().ListConferences(Installation::Coordinator(), request));
  }
};

TEST_F(ConferencesTest, ARowKeepsTheRhythmAndTheTimeOfDay) {
  Plan(20);
  ASSERT_EQ(planned_.conferences_size(), 20);
  absl::TimeZone zone;
  ASSERT_TRUE(absl::LoadTimeZone("Europe/Copenhagen", &zone));
  const auto civil = [&](int n) {
    return absl::ToCivilSecond(
        absl::FromUnixSeconds(
            planned_.conferences(n).details().start().seconds()),
        zone);
  };
  std::set<int> offsets;
  for (int n = 1; n < 20; ++n) {
    EXPECT_EQ(absl::CivilDay(civil(n)) - absl::CivilDay(civil(n - 1)), 14);
    EXPECT_EQ(civil(n).hour(), civil(0).hour());
    offsets.insert(static_cast<int>(
        planned_.conferences(n).details().start().seconds() % 86400));
  }
  // Summer time lay between.
  EXPECT_EQ(offsets.size(), 2u);
  in_.Restart();
  ListConferencesRequest request;
  request.set_page_size(7);
  int seen = 0;
  std::int64_t last = 0;
  do {
    const auto page = List(request);
    EXPECT_EQ(page.rhythm_days(), 14u);
    seen += page.conferences_size();
    for (const auto& conference : page.conferences()) {
      EXPECT_GT(conference.details().start().seconds(), last);
      last = conference.details().start().seconds();
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen, 20);
  request.set_page_token("nonsense");
  EXPECT_TRUE(absl::IsInvalidArgument(
      conferences()
          .ListConferences(Installation::Coordinator(), request)
          .status()));
}

TEST_F(ConferencesTest, ThePolicysMinutesAndRhythmHold) {
  in_.policy().set_version(4);
  in_.policy().mutable_coordination()->set_conference_rhythm_days(7);
  in_.policy().mutable_coordination()->set_conference_minutes(90);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  Plan(2);
  EXPECT_EQ(planned_.conferences(0).details().minutes(), 90u);
  EXPECT_EQ(planned_.conferences(1).details().start().seconds() -
                planned_.conferences(0).details().start().seconds(),
            7 * 86400);
}

TEST_F(ConferencesTest, TheSamePlanIsNotTakenTwice) {
  SAMKOER_ASSERT_OK(TryPlan(Details(), 2).status());
  EXPECT_TRUE(absl::IsAlreadyExists(TryPlan(Details()).status()));
  EXPECT_EQ(List().conferences_size(), 2);
  ConferenceDetails elsewhere = Details();
  elsewhere.set_place("Skolen");
  SAMKOER_EXPECT_OK(TryPlan(elsewhere).status());
}

TEST_F(ConferencesTest, MoreThanAYearOrThanTheTableHoldsIsRefused) {
  EXPECT_TRUE(absl::IsInvalidArgument(TryPlan(Details(), 53).status()));
  ConferenceDetails nobody = Details();
  nobody.clear_leader();
  EXPECT_TRUE(absl::IsInvalidArgument(TryPlan(nobody).status()));
  ConferenceDetails details = Details();
  absl::Status status;
  for (std::size_t n = 0; n < kMaxConferences; n += 50) {
    SAMKOER_ASSERT_OK(status);
    details.set_place("Rum " + std::to_string(n));
    status = TryPlan(details, 50).status();
  }
  SAMKOER_ASSERT_OK(status);
  details.set_place("Gangen");
  EXPECT_TRUE(absl::IsResourceExhausted(TryPlan(details).status()));
}

TEST_F(ConferencesTest, AListHasWhatIsToComeAndThePastOnRequest) {
  const std::string gone = Plan(), held = Plan(), next = Plan();
  SAMKOER_ASSERT_OK(Cancel(gone));
  SAMKOER_ASSERT_OK(End(held));
  ASSERT_EQ(List().conferences_size(), 1);
  EXPECT_EQ(List().conferences(0).conference_id(), next);
  ListConferencesRequest request;
  request.set_include_past(true);
  EXPECT_EQ(List(request).conferences_size(), 3);
  *request.mutable_from() = List().conferences(0).details().start();
  EXPECT_EQ(List(request).conferences_size(), 1);
}

TEST_F(ConferencesTest,
       AnotherLeaderLeavesTheCasesAloneAndAnotherPlaceDoesNot) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  const auto before = AlertOf().revision();
  ChangeConferenceRequest change;
  *change.mutable_details() = Get(id).conference().details();
  change.set_expected_revision(Get(id).conference().revision());
  change.mutable_details()->set_leader("Anden Leder");
  SAMKOER_ASSERT_OK(Change(id, change).status());
  EXPECT_EQ(Get(id).conference().details().leader(), "Anden Leder");
  EXPECT_EQ(AlertOf().revision(), before);
  change.set_expected_revision(Get(id).conference().revision());
  change.mutable_details()->set_place("Et andet rum");
  SAMKOER_ASSERT_OK(Change(id, change).status());
  EXPECT_EQ(AlertOf().revision(), before + 1);
  EXPECT_EQ(AlertOf().coordination().conference().place(), "Et andet rum");
}

TEST_F(ConferencesTest, OfTwoChangesOfOneViewOneIsTold) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  ChangeConferenceRequest cancel;
  cancel.mutable_cancel();
  cancel.set_expected_revision(1);
  EXPECT_TRUE(absl::IsAborted(Change(id, cancel).status()));
  cancel.set_expected_revision(2);
  cancel.set_reason("om 010203-1234");
  EXPECT_TRUE(absl::IsInvalidArgument(Change(id, cancel).status()));
  cancel.clear_reason();
  cancel.clear_cancel();
  EXPECT_TRUE(absl::IsInvalidArgument(Change(id, cancel).status()));
  EXPECT_TRUE(absl::IsNotFound(Cancel("K-0000-0000")));
  EXPECT_EQ(Get(id).conference().state(), CONFERENCE_STATE_PLANNED);
}

TEST_F(ConferencesTest, TheLogSaysWhoDidWhatToWhom) {
  const std::string alert = MatchOf(), id = Plan();
  ChangeConferenceRequest add;
  add.mutable_add()->set_alert_id(alert);
  add.set_reason("haster");
  SAMKOER_ASSERT_OK(Change(id, add).status());
  Get(id);
  const auto leaves = in_.Leaves();
  const auto& read = leaves[leaves.size() - 1];
  const auto& changed = leaves[leaves.size() - 2];
  const auto& planned = leaves[leaves.size() - 3];
  EXPECT_EQ(read.action(), AUDIT_ACTION_CONFERENCES_READ);
  EXPECT_EQ(read.subjects_size(), 1);
  EXPECT_EQ(changed.action(), AUDIT_ACTION_CONFERENCE_CHANGED);
  EXPECT_EQ(changed.detail(), "add " + id);
  // The words stand in the alert, and go with it.
  EXPECT_EQ(changed.SerializeAsString().find("haster"), std::string::npos);
  EXPECT_EQ(changed.subjects_size(), 1);
  EXPECT_EQ(changed.actor(), Installation::Coordinator().uri);
  EXPECT_EQ(planned.detail(), "plan " + id);
}

TEST_F(ConferencesTest, AnErasedPersonLeavesTheAgenda) {
  const std::string id = Plan();
  SAMKOER_ASSERT_OK(Add(id, MatchOf("a")));
  SAMKOER_ASSERT_OK(Add(id, MatchOf("b")));
  in_.MustErase("a");
  ASSERT_EQ(Get(id).agenda_size(), 1);
  EXPECT_EQ(Get(id).agenda(0).alert_id(), AlertOf("b").alert_id());
  EXPECT_EQ(Get(id).conference().cases(), 1u);
  // Not its number either.
  SAMKOER_EXPECT_OK(in_.store().Scan(
      storage::TablePrefix(storage::Table::kConference), "",
      [&](std::string_view key, std::string_view value) {
        EXPECT_EQ(ValueOf(storage::DecodeConference(
                              ValueOf(in_.sealer().Open(key, value))))
                      .alerts.size(),
                  1u);
        return true;
      }));
  in_.Restart();
  EXPECT_EQ(Get(id).agenda_size(), 1);
}

TEST_F(ConferencesTest, RetentionTakesAnAlertOffTheAgendaItStoodOn) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  SAMKOER_ASSERT_OK(Act(id, alert));
  SAMKOER_ASSERT_OK(End(id));
  SAMKOER_ASSERT_OK(SetState(alert, ALERT_STATE_CLOSED));
  // The rule ceases, and the alert's time is over long before the conference's.
  in_.MustDelta("family", {}, {"F-p"});
  in_.SetDay("2028-02-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(in_.AllAlerts().size(), 0u);
  EXPECT_EQ(Get(id).agenda_size(), 0);
}

TEST_F(ConferencesTest, OldConferencesGo) {
  const std::string id = Plan();
  in_.SetDay("2028-12-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  SAMKOER_EXPECT_OK(TryGet(id).status());
  in_.SetDay("2029-02-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_TRUE(absl::IsNotFound(TryGet(id).status()));
}

}  // namespace
}  // namespace samkoer::matcher
