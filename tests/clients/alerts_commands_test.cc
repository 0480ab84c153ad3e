#include <sstream>

#include "clients/alerts/commands.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/alerts_fake_server.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

class CommandsTest : public testing::Test {
 protected:
  AlertsOutput Output(OutputFormat format = OutputFormat::kHuman) {
    return {out_, notices_, format, {}};
  }
  void Fill(int count) {
    for (int i = 0; i < count; ++i) {
      server_.alerts.push_back(SampleAlert("A-" + std::to_string(1000 + i)));
    }
  }
  FakeAlerts server_;
  std::ostringstream out_, notices_;
};

TEST_F(CommandsTest, ListSaysWhenThereIsMore) {
  Fill(3);
  server_.page_size = 2;
  ASSERT_TRUE(ListAlerts(*server_.stub, {}, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("A-1001"));
  EXPECT_THAT(out_.str(), testing::Not(HasSubstr("A-1002")));
  EXPECT_THAT(notices_.str(), HasSubstr("--all"));
}

TEST_F(CommandsTest, ListAllReadsEveryPageInOrder) {
  Fill(7);
  server_.page_size = 2;
  ASSERT_TRUE(ListAlerts(*server_.stub, {.all = true}, Output()).ok());
  EXPECT_EQ(server_.lists.size(), 4u);
  EXPECT_LT(out_.str().find("A-1000"), out_.str().find("A-1006"));
  EXPECT_EQ(notices_.str(), "");
}

TEST_F(CommandsTest, ListPassesItsFiltersOn) {
  ASSERT_TRUE(ListAlerts(*server_.stub,
                         {.states = {v1::ALERT_STATE_CLOSED},
                          .department = "jobcenter",
                          .page_size = 5},
                         Output())
                  .ok());
  EXPECT_EQ(server_.lists[0].states(0), v1::ALERT_STATE_CLOSED);
  EXPECT_EQ(server_.lists[0].department(), "jobcenter");
  EXPECT_EQ(server_.lists[0].page_size(), 5u);
}

TEST_F(CommandsTest, ListAsJsonIsOneArrayEvenIfEmpty) {
  ASSERT_TRUE(ListAlerts(*server_.stub, {}, Output(OutputFormat::kJson)).ok());
  EXPECT_EQ(out_.str(), "[\n]\n");
  out_.str("");
  Fill(2);
  ASSERT_TRUE(ListAlerts(*server_.stub, {}, Output(OutputFormat::kJson)).ok());
  EXPECT_THAT(out_.str(), testing::StartsWith("[\n{\"alert_id\":\"A-1000\""));
  EXPECT_THAT(out_.str(), testing::EndsWith("}\n]\n"));
}

TEST_F(CommandsTest, ShowPrintsThePage) {
  server_.alerts = {SampleAlert()};
  ASSERT_TRUE(ShowAlert(*server_.stub, "A-7K3M-9QXD", Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Myndighed Ø"));
}

TEST_F(CommandsTest, ShowOfAnUnknownAlertIsNotFoundInDanish) {
  const absl::Status status = ShowAlert(*server_.stub, "A-0000-0000", Output());
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("matcheren har ikke"));
}

TEST_F(CommandsTest, SetUsesTheRevisionItRead) {
  server_.alerts = {SampleAlert()};
  server_.alerts[0].set_revision(9);
  ASSERT_TRUE(SetAlertState(*server_.stub,
                            {.alert_id = "A-7K3M-9QXD",
                             .state = v1::ALERT_STATE_OFFERED,
                             .note = "Ringet op"},
                            Output())
                  .ok());
  ASSERT_EQ(server_.sets.size(), 1u);
  EXPECT_EQ(server_.sets[0].expected_revision(), 9u);
  EXPECT_EQ(server_.sets[0].note(), "Ringet op");
  EXPECT_THAT(out_.str(), HasSubstr("tilbudt"));
}

TEST_F(CommandsTest, SetOnAnOlderRevisionIsAborted) {
  server_.alerts = {SampleAlert()};
  server_.alerts[0].set_revision(9);
  const absl::Status status = SetAlertState(*server_.stub,
                                            {.alert_id = "A-7K3M-9QXD",
                                             .state = v1::ALERT_STATE_OFFERED,
                                             .note = "",
                                             .revision = 8},
                                            Output());
  EXPECT_TRUE(absl::IsAborted(status));
  EXPECT_EQ(server_.alerts[0].state(), v1::ALERT_STATE_IDENTIFIED);
}

TEST_F(CommandsTest, ANoteWithACprNumberNeverLeavesTheMachine) {
  server_.alerts = {SampleAlert()};
  for (const std::string& note :
       {std::string("om 231104-5672"), std::string(501, 'x')}) {
    const absl::Status status = SetAlertState(*server_.stub,
                                              {.alert_id = "A-7K3M-9QXD",
                                               .state = v1::ALERT_STATE_OFFERED,
                                               .note = note},
                                              Output());
    EXPECT_TRUE(absl::IsInvalidArgument(status));
    EXPECT_THAT(std::string(status.message()), testing::Not(HasSubstr("5672")));
  }
  EXPECT_TRUE(server_.sets.empty());
}

TEST_F(CommandsTest, AFullPipeIsAnError) {
  Fill(1);
  out_.setstate(std::ios::badbit);
  EXPECT_TRUE(absl::IsInternal(ListAlerts(*server_.stub, {}, Output())));
}

}  // namespace
}  // namespace samkoer::clients
