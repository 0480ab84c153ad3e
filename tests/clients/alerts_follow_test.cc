#include <fstream>
#include <sstream>
#include <thread>

#include "clients/alerts/follow.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/other_feed.h"
#include "tests/clients/alerts_fake_server.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class FollowTest : public testing::Test {
 protected:
  FollowTest() {
    options_.until_caught_up = true;
    options_.max_attempts = 4;
    options_.sleep = [this](absl::Duration pause) { pauses_.push_back(pause); };
  }
  absl::Status Follow() {
    out_.str("");
    return FollowFeed(*server_.stub, cursor_, options_, stop_, out_, notices_);
  }
  // The sequence numbers that were printed.
  std::vector<int> Printed() const {
    std::vector<int> numbers;
    std::istringstream lines(out_.str());
    for (std::string line; std::getline(lines, line);) {
      numbers.push_back(std::stoi(line));
    }
    return numbers;
  }

  const TestDirectory dir_;
  const CursorFile cursor_{dir_.file("cursor")};
  FakeAlerts server_;
  FollowOptions options_;
  std::vector<absl::Duration> pauses_;
  std::atomic<bool> stop_ = false;
  std::ostringstream out_, notices_;
};

TEST_F(FollowTest, PrintsWhatIsThereAndRemembersIt) {
  server_.scripts = {FakeAlerts::Serve(3), FakeAlerts::Serve(5)};
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(Printed(), ElementsAre(1, 2, 3));
  EXPECT_EQ(cursor_.Load()->sequence, 3u);
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(Printed(), ElementsAre(4, 5));
  EXPECT_THAT(server_.follows, ElementsAre(0, 3));
}

TEST_F(FollowTest, FromStartReadsAllAgain) {
  ASSERT_TRUE(cursor_.Save({2, ""}).ok());
  options_.from_start = true;
  server_.scripts = {FakeAlerts::Serve(3)};
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(Printed(), ElementsAre(1, 2, 3));
}

TEST_F(FollowTest, GoesOnAfterABrokenLineWithoutGapOrRepetition) {
  const auto two_then_break = [](std::uint64_t after,
                                 FakeAlerts::FeedWriter& writer,
                                 grpc::ServerContext&) {
    writer.Write(FakeAlerts::Entry(after + 1));
    writer.Write(FakeAlerts::Entry(after + 2));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "broken");
  };
  server_.scripts = {two_then_break, two_then_break, FakeAlerts::Serve(5)};
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(Printed(), ElementsAre(1, 2, 3, 4, 5));
  EXPECT_THAT(server_.follows, ElementsAre(0, 2, 4));
  EXPECT_THAT(notices_.str(), HasSubstr("forbindelsen er brudt (broken)"));
}

TEST_F(FollowTest, ASlowReaderThatWasDroppedResumes) {
  server_.scripts = {
      FakeAlerts::Serve(0, {grpc::StatusCode::RESOURCE_EXHAUSTED, "slow"}),
      FakeAlerts::Serve(2)};
  options_.until_caught_up = false;
  // The second stream ends too; the third is refused for good.
  EXPECT_EQ(Follow().code(), absl::StatusCode::kUnimplemented);
  EXPECT_THAT(Printed(), ElementsAre(1, 2));
}

TEST_F(FollowTest, PausesDoubleUpToALimitAndBeginAnew) {
  const auto nothing = [](std::uint64_t, FakeAlerts::FeedWriter&,
                          grpc::ServerContext&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
  };
  options_.max_attempts = 5;
  options_.last_pause = absl::Seconds(3);
  const auto one = [](std::uint64_t after, FakeAlerts::FeedWriter& writer,
                      grpc::ServerContext&) {
    writer.Write(FakeAlerts::Entry(after + 1));
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
  };
  server_.scripts = {nothing, nothing, nothing,
                     one,     nothing, FakeAlerts::Serve(1)};
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(pauses_,
              ElementsAre(absl::Seconds(1), absl::Seconds(2), absl::Seconds(3),
                          absl::Seconds(1), absl::Seconds(2)));
}

TEST_F(FollowTest, GivesUpAfterTheAttemptsItWasGiven) {
  const auto nothing = [](std::uint64_t, FakeAlerts::FeedWriter&,
                          grpc::ServerContext&) {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "away");
  };
  server_.scripts = {nothing, nothing, nothing, nothing, nothing};
  EXPECT_TRUE(absl::IsUnavailable(Follow()));
  EXPECT_EQ(server_.follows.size(), 4u);
}

TEST_F(FollowTest, ACursorBeyondTheFeedIsExplained) {
  ASSERT_TRUE(cursor_.Save({40, ""}).ok());
  server_.scripts = {[](std::uint64_t, FakeAlerts::FeedWriter&,
                        grpc::ServerContext&) {
    return grpc::Status(grpc::StatusCode::OUT_OF_RANGE, "the feed ends at 17");
  }};
  const absl::Status status = Follow();
  EXPECT_TRUE(absl::IsOutOfRange(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("markøren står på 40"));
  EXPECT_THAT(HintOf(status), HasSubstr("--from-start"));
  EXPECT_EQ(cursor_.Load()->sequence, 40u);
}

TEST_F(FollowTest, TheFeedsIdGoesWithTheCursor) {
  const std::string id(16, '\xf0');
  const auto named = [&](std::uint64_t after, FakeAlerts::FeedWriter& writer,
                         grpc::ServerContext&) {
    v1::FeedEvent first = FakeAlerts::Entry(after + 1);
    first.set_feed_id(id);
    writer.Write(first);
    writer.Write(FakeAlerts::Heartbeat(after + 1));
    return grpc::Status::OK;
  };
  server_.scripts = {named, named};
  ASSERT_TRUE(Follow().ok());
  EXPECT_EQ(*cursor_.Load(), (FeedCursor{1, id}));
  ASSERT_TRUE(Follow().ok());
  EXPECT_EQ(*cursor_.Load(), (FeedCursor{2, id}));
  EXPECT_THAT(server_.feeds, ElementsAre("", id));
}

TEST_F(FollowTest, ACursorOfAnotherFeedIsExplainedAndKept) {
  ASSERT_TRUE(cursor_.Save({4, std::string(16, 'a')}).ok());
  server_.scripts = {
      [](std::uint64_t, FakeAlerts::FeedWriter&, grpc::ServerContext&) {
        return grpc::Status(grpc::StatusCode::FAILED_PRECONDITION,
                            proto::kOtherFeedMessage);
      },
      FakeAlerts::Serve(6)};
  const absl::Status status = Follow();
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("gendannet"));
  EXPECT_THAT(HintOf(status), HasSubstr("--from-start"));
  EXPECT_EQ(cursor_.Load()->sequence, 4u);
  options_.from_start = true;
  ASSERT_TRUE(Follow().ok());
  EXPECT_EQ(server_.feeds.back(), "");
  EXPECT_THAT(Printed(), ElementsAre(1, 2, 3, 4, 5, 6));
}

TEST_F(FollowTest, ARefusalIsNotTriedAgain) {
  server_.scripts = {
      FakeAlerts::Serve(0, {grpc::StatusCode::PERMISSION_DENIED, "not yours"})};
  options_.until_caught_up = false;
  EXPECT_TRUE(absl::IsPermissionDenied(Follow()));
  EXPECT_EQ(server_.follows.size(), 1u);
}

TEST_F(FollowTest, AGapInTheFeedIsRefused) {
  server_.scripts = {
      [](std::uint64_t, FakeAlerts::FeedWriter& writer, grpc::ServerContext&) {
        writer.Write(FakeAlerts::Entry(1));
        writer.Write(FakeAlerts::Entry(3));
        return grpc::Status::OK;
      }};
  EXPECT_TRUE(absl::IsDataLoss(Follow()));
  EXPECT_THAT(Printed(), ElementsAre(1));
  EXPECT_EQ(cursor_.Load()->sequence, 1u);
}

TEST_F(FollowTest, ARepeatedEntryIsPrintedOnce) {
  server_.scripts = {
      [](std::uint64_t, FakeAlerts::FeedWriter& writer, grpc::ServerContext&) {
        for (int i : {1, 1, 2, 1}) writer.Write(FakeAlerts::Entry(i));
        writer.Write(FakeAlerts::Heartbeat(2));
        return grpc::Status::OK;
      }};
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(Printed(), ElementsAre(1, 2));
}

TEST_F(FollowTest, WhatCouldNotBePrintedIsNotOnTheCursor) {
  server_.scripts = {FakeAlerts::Serve(3)};
  out_.setstate(std::ios::badbit);
  EXPECT_TRUE(absl::IsInternal(Follow()));
  EXPECT_EQ(cursor_.Load()->sequence, 0u);
}

TEST_F(FollowTest, ADamagedCursorIsNotReadAsTheBeginning) {
  ASSERT_TRUE(CursorFile(cursor_).Save({1, ""}).ok());
  std::ofstream(cursor_.path(), std::ios::trunc) << "x";
  const absl::Status status = Follow();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(HintOf(status), HasSubstr("--from-start"));
  EXPECT_TRUE(server_.follows.empty());
}

TEST_F(FollowTest, ASilentLineIsOpenedAgain) {
  server_.scripts = {
      [](std::uint64_t, FakeAlerts::FeedWriter& writer,
         grpc::ServerContext& context) {
        writer.Write(FakeAlerts::Entry(1));
        while (!context.IsCancelled()) {
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        }
        return grpc::Status::CANCELLED;
      },
      FakeAlerts::Serve(2)};
  options_.patience = absl::Milliseconds(300);
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(Printed(), ElementsAre(1, 2));
}

TEST_F(FollowTest, StopsWhenTold) {
  options_.until_caught_up = false;
  server_.scripts = {[this](std::uint64_t, FakeAlerts::FeedWriter& writer,
                            grpc::ServerContext& context) {
    writer.Write(FakeAlerts::Entry(1));
    writer.Write(FakeAlerts::Heartbeat(1));
    stop_ = true;
    while (!context.IsCancelled()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return grpc::Status::CANCELLED;
  }};
  EXPECT_TRUE(Follow().ok());
}

TEST_F(FollowTest, JsonIsOneObjectALine) {
  options_.format = OutputFormat::kJson;
  server_.scripts = {FakeAlerts::Serve(2)};
  ASSERT_TRUE(Follow().ok());
  EXPECT_THAT(out_.str(), testing::StartsWith("{\"sequence\":\"1\","));
  EXPECT_THAT(out_.str(), HasSubstr("}\n{\"sequence\":\"2\","));
}

}  // namespace
}  // namespace samkoer::clients
