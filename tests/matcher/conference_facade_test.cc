#include "matcher/conference_facade.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/matcher/conference_fixture.h"

namespace samkoer::matcher {
namespace {

using ConferenceFacadeTest = ConferenceTest;

TEST_F(ConferenceFacadeTest, OfManyWithOneViewOneWinsAndTheOthersAreTold) {
  const std::string id = Plan();
  const auto seen = Get(id).conference().revision();
  std::vector<std::string> alerts;
  for (int i = 0; i < 4; ++i) alerts.push_back(MatchOf(std::to_string(i)));
  std::atomic<int> won = 0, told = 0;
  std::vector<std::thread> coordinators;
  for (const std::string& alert : alerts) {
    coordinators.emplace_back([&, alert] {
      samkoer::v1::ChangeConferenceRequest request;
      request.set_expected_revision(seen);
      request.mutable_add()->set_alert_id(alert);
      const absl::Status status = Change(id, request).status();
      if (status.ok()) ++won;
      if (absl::IsAborted(status)) ++told;
    });
  }
  for (std::thread& coordinator : coordinators) coordinator.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(told, 3);
  EXPECT_EQ(Get(id).agenda_size(), 1);
}

TEST_F(ConferenceFacadeTest, WhatWasAnsweredIsThereAfterAFailedWrite) {
  const std::string alert = MatchOf(), id = Plan();
  SAMKOER_ASSERT_OK(Add(id, alert));
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  EXPECT_FALSE(Act(id, alert).ok());
  in_.Restart();
  // As a whole: alert, conference and log.
  EXPECT_EQ(Get(id).conference().revision(), 2u);
  EXPECT_FALSE(Get(id).agenda(0).has_action());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_CONFERENCE_CHANGED), 2u);
  SAMKOER_EXPECT_OK(Act(id, alert));
}

}  // namespace
}  // namespace samkoer::matcher
