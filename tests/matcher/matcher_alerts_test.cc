// The facade as coordinators see it.
#include <gmock/gmock.h>

#include <thread>

#include "proto/limits.h"
#include "storage/feed_id.h"
#include "storage/key_layout.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using storage::Message;
using storage::ValueOf;
using testing::HasSubstr;

class MatcherAlertsTest : public testing::Test {
 protected:
  MatcherAlertsTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  // Alerts for p0 .. p(count - 1), in families and jobs.
  void MakeAlerts(int count) {
    std::vector<samkoer::v1::CaseRecord> family, jobs;
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      family.push_back(
          MakeRecord("p" + n, "F-" + n, "Rådgivning", DOMAIN_FAMILY));
      jobs.push_back(
          MakeRecord("p" + n, "J-" + n, "Team Unge", DOMAIN_EMPLOYMENT));
    }
    in_.MustSnapshot("family", family);
    in_.MustSnapshot("jobs", jobs);
  }
  absl::StatusOr<samkoer::v1::SetAlertStateResponse> Set(
      const std::string& id, samkoer::v1::AlertState state,
      std::uint64_t revision = 0, std::string note = "aftalt") {
    samkoer::v1::SetAlertStateRequest request;
    request.set_alert_id(id);
    request.set_state(state);
    request.set_note(note);
    request.set_expected_revision(revision);
    return in_.matcher().SetAlertState(Installation::Coordinator(), request);
  }
  absl::StatusOr<samkoer::v1::GetAlertResponse> Get(const std::string& id) {
    samkoer::v1::GetAlertRequest request;
    request.set_alert_id(id);
    return in_.matcher().GetAlert(Installation::Coordinator(), request);
  }
  samkoer::v1::AuditLeaf LastLeaf() { return in_.Leaves().back(); }

  Installation in_{ExamplePolicy()};
};

TEST_F(MatcherAlertsTest, TheFeedKeepsItsIdUntilALossIsDeclared) {
  const std::string id = in_.matcher().FeedId();
  EXPECT_EQ(id.size(), proto::kFeedIdBytes);
  in_.Restart();
  EXPECT_EQ(in_.matcher().FeedId(), id);
  EXPECT_EQ(ValueOf(in_.matcher().ListAlerts(Installation::Coordinator(), {}))
                .feed_id(),
            id);
  SAMKOER_EXPECT_OK(in_.matcher().CheckFeedId(id));
  SAMKOER_EXPECT_OK(in_.matcher().CheckFeedId(""));
  EXPECT_TRUE(absl::IsInvalidArgument(in_.matcher().CheckFeedId("x")));
  in_.Close();
  storage::WriteBatch batch;  // as the write of the loss does
  batch.Delete(storage::MetaKey(storage::kFeedIdWord));
  SAMKOER_ASSERT_OK(in_.store().Write(batch));
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_NE(in_.matcher().FeedId(), id);
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.matcher().CheckFeedId(id)));
}

TEST_F(MatcherAlertsTest, PagesGiveEveryAlertOnceNewestFirst) {
  MakeAlerts(25);
  const auto all = in_.AllAlerts();
  ASSERT_EQ(all.size(), 25u);
  for (const std::uint32_t page : {1u, 2u, 7u, 25u, 26u}) {
    const auto paged = in_.AllAlerts(page);
    ASSERT_EQ(paged.size(), 25u) << page;
    for (std::size_t i = 0; i < paged.size(); ++i) {
      EXPECT_EQ(paged[i].alert_id(), all[i].alert_id());
    }
  }
  // Of one commit: by id.
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LT(all[i - 1].alert_id(), all[i].alert_id());
  }
  MakeAlerts(26);
  EXPECT_EQ(Cases(in_.AllAlerts(1)[0]), "family F-25, jobs J-25");
}

TEST_F(MatcherAlertsTest, AListIsFilteredByStateAndDepartment) {
  MakeAlerts(3);
  in_.MustDelta("social", {MakeRecord("p0", "S-0", "Voksne",
                                      samkoer::v1::DOMAIN_SOCIAL)});
  const auto all = in_.AllAlerts();
  SAMKOER_ASSERT_OK(
      Set(all[0].alert_id(), samkoer::v1::ALERT_STATE_CLOSED).status());
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  samkoer::v1::ListAlertsRequest request;
  request.add_states(samkoer::v1::ALERT_STATE_CLOSED);
  auto page =
      ValueOf(in_.matcher().ListAlerts(Installation::Coordinator(), request));
  EXPECT_EQ(page.alerts_size(), 1);
  request.Clear();
  request.set_department("social");
  page =
      ValueOf(in_.matcher().ListAlerts(Installation::Coordinator(), request));
  EXPECT_LE(page.alerts_size(), 1);
  request.set_department("nowhere");
  page =
      ValueOf(in_.matcher().ListAlerts(Installation::Coordinator(), request));
  EXPECT_EQ(page.alerts_size(), 0);
}

TEST_F(MatcherAlertsTest, ATokenNotMadeHereIsRefused) {
  samkoer::v1::ListAlertsRequest request;
  for (const char* token : {"0", "x", "-1", "1x"}) {
    request.set_page_token(token);
    EXPECT_TRUE(absl::IsInvalidArgument(
        in_.matcher()
            .ListAlerts(Installation::Coordinator(), request)
            .status()))
        << token;
  }
}

TEST_F(MatcherAlertsTest, EveryReadIsInTheLogBeforeItsAnswer) {
  MakeAlerts(2);
  in_.ActiveAlerts();
  auto leaf = LastLeaf();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_ALERTS_READ);
  EXPECT_EQ(leaf.actor(), Installation::Coordinator().uri);
  EXPECT_EQ(leaf.subjects_size(), 2);
  const std::string id = in_.ActiveAlerts()[0].alert_id();
  SAMKOER_ASSERT_OK(Get(id).status());
  leaf = LastLeaf();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_ALERTS_READ);
  EXPECT_EQ(leaf.subjects_size(), 1);
  in_.Feed();
  leaf = LastLeaf();
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_FEED_READ);
  EXPECT_EQ(leaf.subjects_size(), 2);
}

TEST_F(MatcherAlertsTest, ARefusedLogRefusesTheRead) {
  MakeAlerts(1);
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(
      in_.matcher().ListAlerts(Installation::Coordinator(), {}).status()));
  EXPECT_TRUE(absl::IsUnavailable(Get("A-0000-0000").status()));
}

TEST_F(MatcherAlertsTest, AnAlertIsFoundAsPeopleWriteItsId) {
  MakeAlerts(1);
  std::string id = in_.ActiveAlerts()[0].alert_id();
  for (char& c : id) c = static_cast<char>(std::tolower(c));
  std::erase(id, '-');
  SAMKOER_EXPECT_OK(Get(id).status());
  for (const char* bad : {"A-0000-0000", "", "A-7K3M", "nothing"}) {
    const auto status = Get(bad).status();
    EXPECT_TRUE(absl::IsNotFound(status)) << bad;
    EXPECT_EQ(Message(status), "there is no such alert");
  }
}

TEST_F(MatcherAlertsTest, AStateIsSetWithItsFeedEntryAndLeaf) {
  MakeAlerts(1);
  const auto before = in_.ActiveAlerts()[0];
  const auto set = Set(before.alert_id(), samkoer::v1::ALERT_STATE_OFFERED, 1);
  SAMKOER_ASSERT_OK(set.status());
  EXPECT_EQ(set->alert().state(), samkoer::v1::ALERT_STATE_OFFERED);
  EXPECT_EQ(set->alert().revision(), 2u);
  const auto& step = set->alert().history(1);
  EXPECT_EQ(step.actor(), Installation::Coordinator().uri);
  EXPECT_EQ(step.note(), "aftalt");
  EXPECT_EQ(LastLeaf().action(), samkoer::v1::AUDIT_ACTION_ALERT_STATE_SET);
  EXPECT_EQ(LastLeaf().detail(), "ALERT_STATE_OFFERED");
  const auto feed = in_.Feed();
  EXPECT_EQ(feed.back().alert().SerializeAsString(),
            set->alert().SerializeAsString());
  in_.Restart();
  EXPECT_EQ(in_.ActiveAlerts()[0].SerializeAsString(),
            set->alert().SerializeAsString());
}

TEST_F(MatcherAlertsTest, AStateThatMayNotBeSetIsRefusedWithoutATrace) {
  MakeAlerts(1);
  const std::string id = in_.ActiveAlerts()[0].alert_id();
  const std::uint64_t feed = in_.matcher().FeedSequence();
  EXPECT_TRUE(absl::IsInvalidArgument(
      Set(id, samkoer::v1::ALERT_STATE_WITHDRAWN).status()));
  EXPECT_TRUE(
      absl::IsAborted(Set(id, samkoer::v1::ALERT_STATE_OFFERED, 9).status()));
  EXPECT_TRUE(absl::IsNotFound(
      Set("A-0000-0000", samkoer::v1::ALERT_STATE_OFFERED).status()));
  EXPECT_EQ(in_.matcher().FeedSequence(), feed);
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_ALERT_STATE_SET), 0u);
}

TEST_F(MatcherAlertsTest, AReopenedAlertTakesTodaysParticipants) {
  MakeAlerts(1);
  const std::string id = in_.ActiveAlerts()[0].alert_id();
  SAMKOER_ASSERT_OK(Set(id, samkoer::v1::ALERT_STATE_CLOSED).status());
  in_.MustDelta("social", {MakeRecord("p0", "S-0", "Voksne",
                                      samkoer::v1::DOMAIN_SOCIAL)});
  EXPECT_EQ(Cases(Get(id)->alert()), "family F-0, jobs J-0");
  const auto set = Set(id, samkoer::v1::ALERT_STATE_IDENTIFIED);
  SAMKOER_ASSERT_OK(set.status());
  EXPECT_EQ(Cases(set->alert()), "family F-0, jobs J-0, social S-0");
  EXPECT_EQ(Cases(Get(id)->alert()), "family F-0, jobs J-0, social S-0");
}

TEST_F(MatcherAlertsTest, AWithdrawnAlertReopensUnderTheSameId) {
  MakeAlerts(1);
  const std::string id = in_.ActiveAlerts()[0].alert_id();
  in_.MustDelta("jobs", {}, {"J-0"});
  EXPECT_EQ(Get(id)->alert().state(), samkoer::v1::ALERT_STATE_WITHDRAWN);
  EXPECT_EQ(Get(id)->alert().participants_size(), 0);
  in_.MustDelta("jobs",
                {MakeRecord("p0", "J-9", "Team Unge", DOMAIN_EMPLOYMENT)});
  EXPECT_EQ(Get(id)->alert().state(), samkoer::v1::ALERT_STATE_IDENTIFIED);
  EXPECT_EQ(Cases(Get(id)->alert()), "family F-0, jobs J-9");
}

TEST_F(MatcherAlertsTest, TheFeedIsGaplessAndEqualWhenReadAgain) {
  MakeAlerts(10);
  const auto first = in_.Feed(3);
  in_.Restart();
  const auto again = in_.Feed();
  ASSERT_EQ(first.size(), 10u);
  ASSERT_EQ(again.size(), 10u);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(first[i].sequence(), i + 1);
    EXPECT_EQ(first[i].SerializeAsString(), again[i].SerializeAsString());
  }
  EXPECT_TRUE(absl::IsOutOfRange(
      in_.matcher().ReadFeed(Installation::Coordinator(), 11, 10).status()));
}

TEST_F(MatcherAlertsTest, AnEmptyReadOfTheFeedIsNotLogged) {
  const std::size_t leaves = in_.Leaves().size();
  EXPECT_TRUE(in_.Feed().empty());
  EXPECT_EQ(in_.Leaves().size(), leaves);
}

TEST_F(MatcherAlertsTest, WaitForFeedWakesWhenAnAlertIsDurable) {
  std::uint64_t seen = 0;
  std::thread follower([&] {
    seen =
        ValueOf(in_.matcher().WaitForFeed(0, absl::Now() + absl::Seconds(60)));
  });
  MakeAlerts(1);
  follower.join();
  EXPECT_EQ(seen, 1u);
  // At once if there is something already, and at the deadline if not.
  EXPECT_EQ(ValueOf(in_.matcher().WaitForFeed(0, absl::InfinitePast())), 1u);
  EXPECT_EQ(ValueOf(in_.matcher().WaitForFeed(1, absl::InfinitePast())), 1u);
}

TEST_F(MatcherAlertsTest, WaitForFeedEndsWhenTheMatcherDoes) {
  std::thread follower([&] {
    EXPECT_TRUE(
        absl::IsCancelled(in_.matcher()
                              .WaitForFeed(0, absl::Now() + absl::Seconds(60))
                              .status()));
  });
  in_.matcher().Stop();
  follower.join();
}

TEST_F(MatcherAlertsTest, TheInboxHasADepartmentsOwnCasesOnceConvened) {
  MakeAlerts(5);
  const Caller family = Installation::Department("family");
  EXPECT_EQ(ValueOf(in_.matcher().ListInbox(family, {})).entries_size(), 0);
  for (const auto& alert : in_.ActiveAlerts()) {
    SAMKOER_ASSERT_OK(
        Set(alert.alert_id(), samkoer::v1::ALERT_STATE_CONFERENCE_PLANNED)
            .status());
  }
  samkoer::v1::ListInboxRequest request;
  request.set_page_size(2);
  std::vector<std::string> seen;
  do {
    const auto page = ValueOf(in_.matcher().ListInbox(family, request));
    EXPECT_LE(page.entries_size(), 2);
    for (const auto& entry : page.entries()) {
      EXPECT_THAT(entry.case_ref(), testing::StartsWith("F-"));
      EXPECT_EQ(entry.unit(), "Rådgivning");
      EXPECT_TRUE(entry.has_convened());
      seen.push_back(entry.alert_id() + entry.case_ref());
    }
    request.set_page_token(page.next_page_token());
    EXPECT_EQ(LastLeaf().action(), samkoer::v1::AUDIT_ACTION_INBOX_READ);
    // No more is opened than is shown.
    EXPECT_EQ(LastLeaf().subjects_size(), page.entries_size());
  } while (!request.page_token().empty());
  EXPECT_EQ(seen.size(), 5u);
  EXPECT_TRUE(std::is_sorted(seen.begin(), seen.end()));
  EXPECT_EQ(
      ValueOf(in_.matcher().ListInbox(Installation::Department("social"), {}))
          .entries_size(),
      0);
  request.set_page_token("nonsense");
  EXPECT_TRUE(absl::IsInvalidArgument(
      in_.matcher().ListInbox(family, request).status()));
}

TEST_F(MatcherAlertsTest, AListOfMoreStatesThanThereAreIsRefused) {
  samkoer::v1::ListAlertsRequest request;
  for (int i = 0; i < 100; ++i) {
    request.add_states(samkoer::v1::ALERT_STATE_CLOSED);
  }
  EXPECT_TRUE(absl::IsInvalidArgument(
      in_.matcher().ListAlerts(Installation::Coordinator(), request).status()));
}

TEST_F(MatcherAlertsTest, AManyPersonsMatchNamesAllSubjectsInItsLeaves) {
  MakeAlerts(3100);
  std::size_t subjects = 0;
  for (const auto& leaf : in_.Leaves()) {
    if (leaf.action() == samkoer::v1::AUDIT_ACTION_ALERTS_MATCHED) {
      subjects += leaf.subjects_size();
      EXPECT_EQ(leaf.push_id().size(), 16u);
    }
  }
  EXPECT_EQ(subjects, 3100u);
  EXPECT_EQ(in_.matcher().Stats().alerts_held, 3100u);
}

}  // namespace
}  // namespace samkoer::matcher
