#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "clients/alerts/conference_command.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Remembers what it was asked; one conference, in pages of one.
class FakeConferences final : public v1::Conferences::Service {
 public:
  FakeConferences() {
    conference.set_conference_id("K-7K3M-9QXD");
    conference.mutable_details()->mutable_start()->set_seconds(1'796'112'000);
    conference.mutable_details()->set_leader("Anna");
    conference.mutable_details()->set_place("Rådhuset");
    conference.set_state(v1::CONFERENCE_STATE_PLANNED);
    conference.set_revision(3);
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Conferences::NewStub(server_->InProcessChannel({}));
  }
  ~FakeConferences() override {
    server_->Shutdown(std::chrono::system_clock::now());
  }
  grpc::Status ListConferences(grpc::ServerContext*,
                               const v1::ListConferencesRequest* request,
                               v1::ListConferencesResponse* response) override {
    lists.push_back(*request);
    *response->add_conferences() = conference;
    if (request->page_token().empty()) response->set_next_page_token("1");
    return grpc::Status::OK;
  }
  grpc::Status GetConference(grpc::ServerContext*,
                             const v1::GetConferenceRequest*,
                             v1::GetConferenceResponse* response) override {
    *response->mutable_conference() = conference;
    auto& item = *response->add_agenda();
    item.set_alert_id("A-0000-0001");
    item.set_alert_revision(7);
    return grpc::Status::OK;
  }
  grpc::Status PlanConferences(grpc::ServerContext*,
                               const v1::PlanConferencesRequest* request,
                               v1::PlanConferencesResponse* response) override {
    plans.push_back(*request);
    *response->add_conferences() = conference;
    return grpc::Status::OK;
  }
  grpc::Status ChangeConference(
      grpc::ServerContext*, const v1::ChangeConferenceRequest* request,
      v1::ChangeConferenceResponse* response) override {
    changes.push_back(*request);
    if (!refusal.ok()) return refusal;
    if (request->expected_revision() != 0 &&
        request->expected_revision() != conference.revision()) {
      return {grpc::StatusCode::ABORTED, "the conference has changed"};
    }
    *response->mutable_conference() = conference;
    return grpc::Status::OK;
  }

  v1::Conference conference;
  grpc::Status refusal;
  std::vector<v1::ListConferencesRequest> lists;
  std::vector<v1::PlanConferencesRequest> plans;
  std::vector<v1::ChangeConferenceRequest> changes;
  std::unique_ptr<v1::Conferences::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class ConferenceCommandTest : public testing::Test {
 protected:
  absl::Status Do(std::string_view command,
                  OutputFormat format = OutputFormat::kHuman) {
    out_.str("");
    const AlertsOutput output{out_, notices_, format, {}};
    return RunConferences(*server_.stub, command, args_, output);
  }
  std::string Out() const { return out_.str(); }

  FakeConferences server_;
  ConferenceArguments args_;
  std::ostringstream out_, notices_;
};

TEST_F(ConferenceCommandTest, APlanIsWhatWasTyped) {
  args_.start = "2026-12-01 09:00";
  args_.leader = "Anna";
  args_.team = {"Jobcentret", "PPR"};
  args_.count = 26;
  ASSERT_TRUE(Do("plan").ok());
  ASSERT_EQ(server_.plans.size(), 1u);
  const auto& plan = server_.plans[0];
  EXPECT_EQ(plan.details().start().seconds(), 1'796'115'600);
  EXPECT_EQ(plan.details().leader(), "Anna");
  EXPECT_THAT(plan.details().team(), ElementsAre("Jobcentret", "PPR"));
  EXPECT_EQ(plan.count(), 26u);
  args_.start = "i morgen";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("plan")));
}

TEST_F(ConferenceCommandTest, ListsAreReadPageByPageAndCalendarsKnowThePast) {
  ASSERT_TRUE(Do("list", OutputFormat::kJson).ok());
  EXPECT_EQ(server_.lists.size(), 2u);
  EXPECT_FALSE(server_.lists[0].include_past());
  EXPECT_EQ(Out().front(), '[');
  ASSERT_TRUE(Do("calendar").ok());
  EXPECT_TRUE(server_.lists[3].include_past());
  EXPECT_THAT(Out(), HasSubstr("UID:K-7K3M-9QXD@samkoer\r\n"));
}

TEST_F(ConferenceCommandTest, AChangeIsBasedOnWhatIsThereOrOnWhatWasSeen) {
  args_.conference_id = "k7k3m9qxd";
  args_.alert_id = "A-0000-0001";
  args_.reason = "haster";
  ASSERT_TRUE(Do("add").ok());
  EXPECT_EQ(server_.changes[0].expected_revision(), 3u);
  EXPECT_EQ(server_.changes[0].add().alert_id(), "A-0000-0001");
  EXPECT_EQ(server_.changes[0].reason(), "haster");
  args_.revision = 2;
  EXPECT_TRUE(absl::IsAborted(Do("remove")));
  EXPECT_EQ(server_.changes[1].remove().alert_id(), "A-0000-0001");
}

TEST_F(ConferenceCommandTest, ACaseLeavesAsItWasReadOrAsItWasSeen) {
  args_.conference_id = "K-7K3M-9QXD";
  args_.alert_id = "A-0000-0001";
  args_.to_conference_id = "K-0000-0002";
  ASSERT_TRUE(Do("remove").ok());
  ASSERT_TRUE(Do("move").ok());
  EXPECT_EQ(server_.changes[0].remove().expected_alert_revision(), 7u);
  EXPECT_EQ(server_.changes[1].move().expected_alert_revision(), 7u);
  args_.alert_revision = 6;
  for (const char* command : {"remove", "move", "add", "action"}) {
    ASSERT_TRUE(Do(command).ok()) << command;
  }
  EXPECT_EQ(server_.changes[2].remove().expected_alert_revision(), 6u);
  EXPECT_EQ(server_.changes[3].move().expected_alert_revision(), 6u);
  EXPECT_EQ(server_.changes[4].add().expected_alert_revision(), 6u);
  EXPECT_EQ(server_.changes[5].action().expected_alert_revision(), 6u);
  // What was seen of the conference says it of its cases, too.
  args_.alert_revision = 0;
  args_.revision = 3;
  ASSERT_TRUE(Do("remove").ok());
  EXPECT_EQ(server_.changes[6].expected_revision(), 3u);
  EXPECT_EQ(server_.changes[6].remove().expected_alert_revision(), 0u);
}

TEST_F(ConferenceCommandTest, EachCommandMakesItsChange) {
  args_.conference_id = "K-7K3M-9QXD";
  args_.alert_id = "A-0000-0001";
  args_.to_conference_id = "K-0000-0002";
  args_.text = "Ring";
  args_.department = "jobs";
  args_.unit = "Team Unge";
  args_.due_day = "2026-12-08";
  for (const char* command :
       {"move", "action", "close", "cancel", "remove", "change"}) {
    args_.revision = command == std::string("change") ? 3 : 0;
    EXPECT_TRUE(Do(command).ok()) << command;
  }
  ASSERT_EQ(server_.changes.size(), 6u);
  EXPECT_EQ(server_.changes[0].move().to_conference_id(), "K-0000-0002");
  EXPECT_EQ(server_.changes[1].action().action().due_day(), "2026-12-08");
  EXPECT_TRUE(server_.changes[2].has_close());
  EXPECT_TRUE(server_.changes[3].has_cancel());
  // What was not given stays.
  EXPECT_EQ(server_.changes[5].details().place(), "Rådhuset");
  args_.place = "Skolen";
  args_.start = "2026-12-02 09:00";
  ASSERT_TRUE(Do("change").ok());
  EXPECT_EQ(server_.changes[6].details().place(), "Skolen");
  EXPECT_EQ(server_.changes[6].details().leader(), "Anna");
  EXPECT_EQ(server_.changes[6].details().start().seconds(), 1'796'202'000);
}

TEST_F(ConferenceCommandTest, WhatAColleagueWroteIsNotReplacedUnseen) {
  args_.conference_id = "K-7K3M-9QXD";
  args_.place = "Skolen";
  const absl::Status blind = Do("change");
  EXPECT_TRUE(absl::IsInvalidArgument(blind));
  EXPECT_THAT(HintOf(blind), HasSubstr("show K-7K3M-9QXD"));
  EXPECT_TRUE(server_.changes.empty());
  args_.revision = 2;
  EXPECT_TRUE(absl::IsAborted(Do("change")));
  // An action goes without a revision, and the server refuses to replace one.
  args_.revision = 0;
  args_.alert_id = "A-0000-0001";
  args_.text = "Ring";
  server_.refusal = {grpc::StatusCode::FAILED_PRECONDITION, "another action"};
  const absl::Status refused = Do("action");
  EXPECT_EQ(server_.changes.back().expected_revision(), 0u);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(HintOf(refused), HasSubstr("--revision"));
}

TEST_F(ConferenceCommandTest, NothingThatIsNoIdOrHoldsACprNumberLeaves) {
  args_.conference_id = "010203-1234";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("show")));
  args_.conference_id = "K-7K3M-9QXD";
  args_.alert_id = "010203-1234";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("add")));
  args_.alert_id = "A-0000-0001";
  args_.to_conference_id = "A-0000-0001";
  EXPECT_TRUE(absl::IsInvalidArgument(Do("move")));
  for (std::string* text :
       {&args_.reason, &args_.text, &args_.place, &args_.leader, &args_.unit}) {
    *text = "om 010203-1234";
    EXPECT_TRUE(absl::IsInvalidArgument(Do("close"))) << *text;
    text->clear();
  }
  EXPECT_TRUE(server_.changes.empty());
}

TEST_F(ConferenceCommandTest, AConferenceIsShownAsAPageOrAsJson) {
  args_.conference_id = "K-7K3M-9QXD";
  ASSERT_TRUE(Do("show").ok());
  EXPECT_THAT(Out(), HasSubstr("Mødeleder: Anna"));
  ASSERT_TRUE(Do("show", OutputFormat::kJson).ok());
  EXPECT_THAT(Out(), HasSubstr("\"conference_id\": \"K-7K3M-9QXD\""));
}

}  // namespace
}  // namespace samkoer::clients
