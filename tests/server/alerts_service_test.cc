#include "server/alerts_service.h"

#include <gmock/gmock.h>

#include "matcherd_fixture.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

class AlertsServiceTest : public MatcherdFixture {
 protected:
  AlertsServiceTest() : coordinator_(pki_.Client("coordinator", "anna")) {}

  // Pushes one case of the person from both departments: one alert.
  void PushBoth(char person) {
    const std::string ref(1, person);
    ASSERT_TRUE(PushOnce(Connect(pki_.Client("department", "familie")), person,
                         {TestRecord("familie", person, "F-" + ref)})
                    .ok());
    ASSERT_TRUE(PushOnce(Connect(pki_.Client("department", "job")), person,
                         {TestRecord("job", person, "J-" + ref)})
                    .ok());
  }
  std::unique_ptr<v1::Alerts::Stub> Stub() {
    return v1::Alerts::NewStub(Connect(coordinator_));
  }
  // An open stream of the feed.
  struct Follower {
    Follower(std::unique_ptr<v1::Alerts::Stub> alerts, std::uint64_t after,
             const std::string& feed_id = {})
        : stub(std::move(alerts)) {
      SetDeadline(context);
      v1::FollowRequest request;
      request.set_after_sequence(after);
      request.set_feed_id(feed_id);
      reader = stub->Follow(&context, request);
    }
    v1::FeedEvent Read() {
      v1::FeedEvent event;
      return reader->Read(&event) ? event : v1::FeedEvent();
    }
    grpc::Status Finish() {
      while (Read().event_case() != v1::FeedEvent::EVENT_NOT_SET) {
      }
      return reader->Finish();
    }
    std::unique_ptr<v1::Alerts::Stub> stub;
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReader<v1::FeedEvent>> reader;
  };

  testing::TestCertificate coordinator_;
};

TEST_F(AlertsServiceTest, AFollowerGetsWhatIsStoredThenWhatIsNew) {
  PushBoth('A');
  Follower follower(Stub(), 0);
  const v1::FeedEvent stored = follower.Read();
  ASSERT_TRUE(stored.has_entry());
  EXPECT_EQ(stored.entry().sequence(), 1u);
  EXPECT_EQ(stored.entry().alert().participants_size(), 2);
  const v1::FeedEvent caught_up = follower.Read();
  ASSERT_TRUE(caught_up.has_heartbeat());
  EXPECT_EQ(caught_up.heartbeat().caught_up_to(), 1u);
  PushBoth('B');
  const v1::FeedEvent live = follower.Read();
  ASSERT_TRUE(live.has_entry());
  EXPECT_EQ(live.entry().sequence(), 2u);
}

TEST_F(AlertsServiceTest, AResumedFollowerGetsEqualBytesAndMissesNothing) {
  PushBoth('A');
  PushBoth('B');
  Follower first(Stub(), 0);
  ASSERT_EQ(first.Read().entry().sequence(), 1u);
  const std::string second = first.Read().entry().SerializeAsString();
  Follower resumed(Stub(), 1);
  EXPECT_EQ(resumed.Read().entry().SerializeAsString(), second);
}

TEST_F(AlertsServiceTest, ACursorOfAnotherFeedIsRefusedWithWhatToDo) {
  PushBoth('A');
  PushBoth('B');
  v1::ListAlertsResponse list;
  v1::GetOverviewResponse overview;
  const auto stub = Stub();
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->ListAlerts(&context, {}, &list).ok());
  }
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->GetOverview(&context, {}, &overview).ok());
  }
  EXPECT_EQ(list.feed_id().size(), 16u);
  EXPECT_EQ(overview.feed_id(), list.feed_id());
  Follower own(Stub(), 1, list.feed_id());
  const v1::FeedEvent first = own.Read();
  EXPECT_EQ(first.entry().sequence(), 2u);
  EXPECT_EQ(first.feed_id(), list.feed_id());
  EXPECT_EQ(own.Read().feed_id(), "");
  const grpc::Status other = Follower(Stub(), 1, std::string(16, 'x')).Finish();
  EXPECT_EQ(other.error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_NE(other.error_message().find("list the alerts anew"),
            std::string::npos);
  EXPECT_EQ(Follower(Stub(), 1, "short").Finish().error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(AlertsServiceTest, ACursorBeyondTheEndIsOutOfRange) {
  EXPECT_EQ(Follower(Stub(), 7).Finish().error_code(),
            grpc::StatusCode::OUT_OF_RANGE);
  EXPECT_EQ(Follower(Stub(), ~0ull).Finish().error_code(),
            grpc::StatusCode::OUT_OF_RANGE);
}

TEST_F(AlertsServiceTest, ARevokedFollowerEnds) {
  Follower follower(Stub(), 0);
  ASSERT_TRUE(follower.Read().has_heartbeat());
  Revoke(coordinator_);
  ExpectStatus(follower.Finish(), grpc::StatusCode::PERMISSION_DENIED,
               "not permitted");
}

TEST_F(AlertsServiceTest, StoppingEndsFollowersWithWhatToDo) {
  Follower follower(Stub(), 0);
  ASSERT_TRUE(follower.Read().has_heartbeat());
  server_->Stop(absl::Seconds(20));
  ExpectStatus(follower.Finish(), grpc::StatusCode::UNAVAILABLE,
               "the matcher is stopping; go on from the last entry received");
}

TEST_F(AlertsServiceTest, TooManyFollowersOfOnePersonAreRefused) {
  std::vector<std::unique_ptr<Follower>> open;
  for (int i = 0; i < kMaxFollowersPerCertificate; ++i) {
    open.push_back(std::make_unique<Follower>(Stub(), 0));
    ASSERT_TRUE(open.back()->Read().has_heartbeat());
  }
  ExpectStatus(Follower(Stub(), 0).Finish(),
               grpc::StatusCode::RESOURCE_EXHAUSTED,
               "too many calls at once; try again later");
}

class SharedAlertsTest : public AlertsServiceTest {
 protected:
  void SetUp() override {
    config_.add_portals(Uri("webside"));
    AlertsServiceTest::SetUp();
    PushBoth('A');
    portal_ =
        v1::Alerts::NewStub(Connect(pki_.Client("coordinator", "webside")));
  }
  static std::string Uri(const std::string& name) {
    return "samkoer://viborg/coordinator/" + name;
  }
  static void Name(grpc::ClientContext& context,
                   const std::vector<std::string>& names) {
    for (const std::string& name : names) {
      context.AddMetadata("samkoer-on-behalf-of", Uri(name));
    }
  }
  grpc::Status List(const std::vector<std::string>& names) {
    grpc::ClientContext context;
    Name(context, names);
    v1::ListAlertsResponse list;
    grpc::Status status = portal_->ListAlerts(&context, {}, &list);
    if (status.ok()) {
      EXPECT_EQ(list.alerts_size(), 1);
    }
    return status;
  }
  grpc::Status Overview(const std::vector<std::string>& names) {
    grpc::ClientContext context;
    Name(context, names);
    v1::GetOverviewResponse overview;
    return portal_->GetOverview(&context, {}, &overview);
  }
  // "anna 1" of leaves of that action since then: who, and of how many
  // subjects.
  std::vector<std::string> Readers(v1::AuditAction action,
                                   std::uint64_t since) {
    std::vector<std::string> readers;
    for (const v1::AuditLeaf& leaf : Leaves(since)) {
      if (leaf.action() != action) continue;
      readers.push_back(leaf.actor().substr(leaf.actor().rfind('/') + 1) + " " +
                        std::to_string(leaf.subjects_size()));
      EXPECT_EQ(leaf.actor().rfind(Uri(""), 0), 0u) << leaf.actor();
    }
    return readers;
  }
  std::vector<v1::AuditLeaf> Leaves(std::uint64_t since) {
    std::vector<v1::AuditLeaf> leaves;
    const absl::Status read = store_->log->ReadLeaves(
        *store_->engine, since, store_->log->size(),
        [&](std::uint64_t, std::string_view bytes) {
          EXPECT_TRUE(leaves.emplace_back().ParseFromArray(
              bytes.data(), static_cast<int>(bytes.size())));
          return true;
        });
    EXPECT_TRUE(read.ok()) << read;
    return leaves;
  }
  std::unique_ptr<v1::Alerts::Stub> portal_;
};

TEST_F(SharedAlertsTest, EachWhoAsksTogetherHasALeafBeforeTheAnswer) {
  using ::testing::UnorderedElementsAre;
  std::uint64_t size = store_->log->size();
  ASSERT_TRUE(List({"anna", "bo", "carl"}).ok());
  EXPECT_THAT(Readers(v1::AUDIT_ACTION_ALERTS_READ, size),
              UnorderedElementsAre("anna 1", "bo 1", "carl 1"));
  size = store_->log->size();
  ASSERT_TRUE(Overview({"carl", "anna"}).ok());
  EXPECT_THAT(Readers(v1::AUDIT_ACTION_OVERVIEW_READ, size),
              UnorderedElementsAre("anna 0", "carl 0"));
  EXPECT_EQ(store_->log->size(), size + 2);
  // As many as may be named fit into a call's headers, however long.
  std::vector<std::string> names;
  for (std::size_t i = 0; i < proto::kMaxPeopleOfCall; ++i) {
    names.push_back(std::string(60, 'a') + std::to_string(i));
  }
  size = store_->log->size();
  const grpc::Status most = List(names);
  EXPECT_TRUE(most.ok()) << most.error_message();
  EXPECT_EQ(store_->log->size(), size + names.size());
  names.emplace_back("b");
  EXPECT_EQ(List(names).error_code(), grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(SharedAlertsTest, WhatIsNobodyElsesIsAskedByOne) {
  grpc::ClientContext context;
  Name(context, {"anna", "bo"});
  v1::GetAlertRequest request;
  request.set_alert_id("A-0000-0000");
  v1::GetAlertResponse response;
  EXPECT_EQ(portal_->GetAlert(&context, request, &response).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

TEST_F(SharedAlertsTest, WhoeverHasAskedTooOftenIsToldAndNobodyElse) {
  std::uint64_t left = kLoggedCallsBurst;
  while (left > 0) {
    const std::size_t some =
        std::min<std::uint64_t>(left, proto::kMaxPeopleOfCall);
    ASSERT_TRUE(Overview(std::vector<std::string>(some, "bo")).ok());
    left -= some;
  }
  // Some calls come back in the seconds that this takes.
  grpc::Status status = Overview({"anna", "bo"});
  for (int i = 0; i < 200 && status.ok(); ++i) {
    status = Overview({"anna", "bo"});
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_TRUE(Overview({"anna"}).ok());
  Close();
  Open();
  std::vector<std::string> refused;
  for (const v1::AuditLeaf& leaf : Leaves(0)) {
    if (leaf.action() == v1::AUDIT_ACTION_REFUSED) {
      refused.push_back(leaf.actor());
    }
  }
  EXPECT_THAT(refused, ::testing::ElementsAre(Uri("bo")));
}

TEST_F(AlertsServiceTest, ListShowAndSetGoThroughWithTheirErrors) {
  PushBoth('A');
  const auto stub = Stub();
  v1::ListAlertsResponse list;
  {
    grpc::ClientContext context;
    ASSERT_TRUE(stub->ListAlerts(&context, {}, &list).ok());
    ASSERT_EQ(list.alerts_size(), 1);
  }
  const v1::Alert& alert = list.alerts(0);
  {
    grpc::ClientContext context;
    v1::GetAlertRequest request;
    request.set_alert_id("A-0000-0000");
    v1::GetAlertResponse response;
    EXPECT_EQ(stub->GetAlert(&context, request, &response).error_code(),
              grpc::StatusCode::NOT_FOUND);
  }
  v1::SetAlertStateRequest request;
  request.set_alert_id(alert.alert_id());
  request.set_state(v1::ALERT_STATE_OFFERED);
  request.set_expected_revision(alert.revision() + 5);
  {
    grpc::ClientContext context;
    v1::SetAlertStateResponse response;
    EXPECT_EQ(stub->SetAlertState(&context, request, &response).error_code(),
              grpc::StatusCode::ABORTED);
  }
  request.set_expected_revision(alert.revision());
  grpc::ClientContext context;
  v1::SetAlertStateResponse response;
  ASSERT_TRUE(stub->SetAlertState(&context, request, &response).ok());
  EXPECT_EQ(response.alert().state(), v1::ALERT_STATE_OFFERED);
  EXPECT_EQ(response.alert().history().rbegin()->actor(),
            "samkoer://viborg/coordinator/anna");
}

}  // namespace
}  // namespace samkoer::server
