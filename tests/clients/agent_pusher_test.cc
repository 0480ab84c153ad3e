#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <optional>

#include "absl/time/clock.h"
#include "clients/agent/pusher.h"
#include "clients/common/cli.h"
#include "proto/limits.h"
#include "tests/clients/agent_fake_matcher.h"

namespace samkoer::agent {
namespace {

using grpc::StatusCode;

// Keeps the state in memory, as a file would over a crash.
class MemoryState final : public PushStateStore {
 public:
  std::optional<PushState> Load() override { return state; }
  absl::Status Save(const PushState& saved) override {
    state = saved;
    return absl::OkStatus();
  }
  void Clear() override { state.reset(); }
  std::optional<PushState> state;
};

class PusherTest : public ::testing::Test {
 protected:
  PusherTest() {
    options_.purpose = "ungeindsats";
    options_.epoch = 1;
    options_.day = "2026-11-02";
    options_.first_pause = absl::Milliseconds(1);
    options_.attempts = 3;
    options_.stall_timeout = absl::Seconds(30);
    Fill(4500);
  }

  void Fill(int count) {
    contents_ = PushContents();
    for (int i = 0; i < count; ++i) {
      v1::CaseRecord record;
      record.set_pseudonym(std::string(proto::kPseudonymBytes, 'p'));
      record.set_case_ref("S-" + std::to_string(i));
      record.set_unit("Team Ung");
      record.set_domain(v1::DOMAIN_FAMILY);
      record.set_status(v1::CASE_STATUS_OPEN);
      contents_.records.push_back(record);
    }
  }
  absl::StatusOr<PushResult> DoPush() {
    return Push(*matcher_.stub, options_, contents_, state_);
  }
  PushResult MustPush() {
    auto result = DoPush();
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : PushResult();
  }

  FakeMatcher matcher_;
  PusherOptions options_;
  PushContents contents_;
  MemoryState state_;
};

TEST_F(PusherTest, ASnapshotArrivesWhole) {
  const PushResult result = MustPush();
  EXPECT_EQ(matcher_.records_held(), 4500u);
  EXPECT_EQ(result.sent, 4500u);
  EXPECT_EQ(result.unchanged, 0u);
  EXPECT_EQ(result.batches, 5u);
  EXPECT_EQ(result.commit.record_count(), 4500u);
  EXPECT_FALSE(result.resumed);
  EXPECT_FALSE(state_.state.has_value());
  EXPECT_EQ(matcher_.last_begin.push_id().size(), proto::kPushIdBytes);
  EXPECT_EQ(matcher_.last_begin.day(), "2026-11-02");
  EXPECT_EQ(matcher_.last_begin.purpose(), "ungeindsats");
}

TEST_F(PusherTest, AnUnchangedSnapshotSendsNoRecord) {
  MustPush();
  matcher_.batches_received = 0;
  const PushResult result = MustPush();
  EXPECT_EQ(matcher_.batches_received, 0);
  EXPECT_EQ(result.sent, 0u);
  EXPECT_EQ(result.unchanged, 4500u);
  EXPECT_EQ(matcher_.records_held(), 4500u);
}

TEST_F(PusherTest, AChangedSnapshotSendsTheBucketsThatDiffer) {
  matcher_.bucket_count = 1024;
  MustPush();
  contents_.records[17].set_contact("NY");
  contents_.records.pop_back();
  const PushResult result = MustPush();
  EXPECT_GT(result.sent, 0u);
  EXPECT_LT(result.sent, 60u);
  EXPECT_EQ(matcher_.records_held(), 4499u);
  EXPECT_EQ(matcher_.held["S-17"][0].contact(), "NY");
}

TEST_F(PusherTest, AnEmptySnapshotWithdrawsEverything) {
  MustPush();
  Fill(0);
  MustPush();
  EXPECT_EQ(matcher_.records_held(), 0u);
}

TEST_F(PusherTest, ADeltaStatesAndWithdraws) {
  MustPush();
  options_.kind = v1::PUSH_KIND_DELTA;
  Fill(2);
  contents_.records[0].set_contact("NY");
  contents_.withdrawn_refs = {"S-7", "S-8"};
  const PushResult result = MustPush();
  EXPECT_EQ(result.sent, 2u);
  EXPECT_EQ(result.batches, 2u);
  EXPECT_EQ(matcher_.records_held(), 4498u);
  EXPECT_EQ(matcher_.held["S-0"][0].contact(), "NY");
}

TEST_F(PusherTest, ABrokenStreamGoesOnFromTheLastReceipt) {
  matcher_.after = [&](int frame, v1::PushReceipt&) {
    return frame == 4 ? grpc::Status(StatusCode::UNAVAILABLE, "stopping")
                      : grpc::Status::OK;
  };
  const PushResult result = MustPush();
  EXPECT_EQ(matcher_.streams, 2);
  EXPECT_EQ(matcher_.records_held(), 4500u);
  EXPECT_FALSE(result.resumed);
  // Stored without a receipt: not sent again.
  EXPECT_EQ(matcher_.batches_received, 5);
}

TEST_F(PusherTest, EveryFrameMayBreakBeforeOrAfterItIsStored) {
  for (const bool stored : {false, true}) {
    for (int at = 0; at < 8; ++at) {
      FakeMatcher matcher;
      bool broken = false;
      const auto breaks = [&](int frame) {
        if (frame != at || broken) return grpc::Status::OK;
        broken = true;
        return grpc::Status(StatusCode::UNAVAILABLE, "gone");
      };
      if (stored) {
        matcher.after = [&](int frame, auto&) { return breaks(frame); };
      } else {
        matcher.before = [&](int frame, auto&) { return breaks(frame); };
      }
      MemoryState state;
      const auto result = Push(*matcher.stub, options_, contents_, state);
      ASSERT_TRUE(result.ok()) << at << stored << result.status();
      EXPECT_EQ(matcher.records_held(), 4500u) << at << stored;
      EXPECT_TRUE(broken);
    }
  }
}

TEST_F(PusherTest, AKilledAgentGoesOnWithTheSamePushId) {
  options_.attempts = 1;
  matcher_.after = [&](int frame, v1::PushReceipt&) {
    return frame == 4 ? grpc::Status(StatusCode::UNAVAILABLE, "gone")
                      : grpc::Status::OK;
  };
  const auto broken = DoPush();
  EXPECT_TRUE(absl::IsUnavailable(broken.status()));
  EXPECT_FALSE(clients::HintOf(broken.status()).empty());
  ASSERT_TRUE(state_.state.has_value());
  const std::string id = matcher_.last_begin.push_id();
  // The next process reads the export in another order.
  std::reverse(contents_.records.begin(), contents_.records.end());
  const PushResult result = MustPush();
  EXPECT_TRUE(result.resumed);
  EXPECT_EQ(matcher_.last_begin.push_id(), id);
  EXPECT_EQ(matcher_.batches_received, 5);
  EXPECT_EQ(matcher_.records_held(), 4500u);
}

TEST_F(PusherTest, ACommitWhoseReceiptWasLostIsNotRepeated) {
  options_.attempts = 1;
  matcher_.after = [&](int, v1::PushReceipt& receipt) {
    return receipt.has_commit() ? grpc::Status(StatusCode::UNAVAILABLE, "gone")
                                : grpc::Status::OK;
  };
  EXPECT_FALSE(DoPush().ok());
  matcher_.after = nullptr;
  const PushResult result = MustPush();
  EXPECT_TRUE(result.resumed);
  EXPECT_EQ(result.commit.record_count(), 4500u);
  EXPECT_EQ(matcher_.batches_received, 5);
}

TEST_F(PusherTest, AnExportThatChangedSinceBeginsANewPush) {
  options_.attempts = 1;
  matcher_.after = [&](int frame, v1::PushReceipt&) {
    return frame == 4 ? grpc::Status(StatusCode::UNAVAILABLE, "gone")
                      : grpc::Status::OK;
  };
  EXPECT_FALSE(DoPush().ok());
  const std::string id = matcher_.last_begin.push_id();
  contents_.records[0].set_contact("NY");
  const PushResult result = MustPush();
  EXPECT_FALSE(result.resumed);
  EXPECT_NE(matcher_.last_begin.push_id(), id);
  EXPECT_EQ(matcher_.held["S-0"][0].contact(), "NY");
}

TEST_F(PusherTest, AnotherDayOrKindBeginsANewPush) {
  options_.attempts = 1;
  matcher_.before = [&](int frame, const v1::PushRequest&) {
    return frame == 3 ? grpc::Status(StatusCode::UNAVAILABLE, "gone")
                      : grpc::Status::OK;
  };
  EXPECT_FALSE(DoPush().ok());
  const std::string id = matcher_.last_begin.push_id();
  options_.day = "2026-11-03";
  EXPECT_FALSE(MustPush().resumed);
  EXPECT_NE(matcher_.last_begin.push_id(), id);
}

TEST_F(PusherTest, AStoredPushThatWasOvertakenBeginsANewOne) {
  options_.attempts = 1;
  matcher_.before = [&](int frame, const v1::PushRequest&) {
    return frame == 3 ? grpc::Status(StatusCode::UNAVAILABLE, "gone")
                      : grpc::Status::OK;
  };
  EXPECT_FALSE(DoPush().ok());
  const std::string old = matcher_.last_begin.push_id();
  matcher_.before = [&](int, const v1::PushRequest& request) {
    return request.has_begin() && request.begin().push_id() == old
               ? grpc::Status(StatusCode::ABORTED, "a newer push has begun")
               : grpc::Status::OK;
  };
  EXPECT_FALSE(MustPush().resumed);
  EXPECT_EQ(matcher_.records_held(), 4500u);
}

TEST_F(PusherTest, RefusalsAreNotRetriedAndForgetTheState) {
  for (const auto& [code, word] :
       {std::pair{StatusCode::ABORTED, "another agent"},
        {StatusCode::ALREADY_EXISTS, "new push"},
        {StatusCode::FAILED_PRECONDITION, "--allow-shrink"},
        {StatusCode::INVALID_ARGUMENT, "check"}}) {
    FakeMatcher matcher;
    matcher.before = [&, status = code](int frame, const auto&) {
      return frame == 3 ? grpc::Status(status, "no") : grpc::Status::OK;
    };
    MemoryState state;
    const auto result = Push(*matcher.stub, options_, contents_, state);
    EXPECT_EQ(static_cast<int>(result.status().code()), static_cast<int>(code));
    EXPECT_EQ(matcher.streams, 1);
    EXPECT_EQ(matcher.records_held(), 0u);
    EXPECT_FALSE(state.state.has_value());
    EXPECT_NE(clients::HintOf(result.status()).find(word), std::string::npos)
        << clients::HintOf(result.status());
  }
}

TEST_F(PusherTest, AReceiptOfSomethingElseStopsThePushBeforeItsCommit) {
  matcher_.after = [](int, v1::PushReceipt& receipt) {
    if (receipt.has_batch()) receipt.mutable_batch()->set_digest("other");
    return grpc::Status::OK;
  };
  const auto result = DoPush();
  EXPECT_TRUE(absl::IsDataLoss(result.status())) << result.status();
  EXPECT_EQ(matcher_.records_held(), 0u);
}

TEST_F(PusherTest, AnAnswerOutOfTurnIsAnError) {
  matcher_.after = [](int, v1::PushReceipt& receipt) {
    if (receipt.has_batch()) receipt.mutable_batch()->set_number(77);
    return grpc::Status::OK;
  };
  EXPECT_EQ(DoPush().status().code(), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(matcher_.streams, 1);
}

TEST_F(PusherTest, AMatcherThatStaysAwayIsGivenUp) {
  matcher_.before = [](int, const v1::PushRequest&) {
    return grpc::Status(StatusCode::UNAVAILABLE, "stopping");
  };
  EXPECT_TRUE(absl::IsUnavailable(DoPush().status()));
  EXPECT_EQ(matcher_.streams, options_.attempts);
}

TEST_F(PusherTest, ProgressResetsThePatience) {
  // Each stream brings one batch through: five failures in a row are not in a
  // row.
  options_.attempts = 2;
  int batches = 0;
  matcher_.before = [&](int, const v1::PushRequest& request) {
    return request.has_batch() && ++batches % 2 == 0
               ? grpc::Status(StatusCode::UNAVAILABLE, "again")
               : grpc::Status::OK;
  };
  MustPush();
  EXPECT_EQ(matcher_.records_held(), 4500u);
  EXPECT_GE(matcher_.streams, 4);
}

TEST_F(PusherTest, ASilentMatcherDoesNotHangTheAgent) {
  options_.attempts = 2;
  options_.stall_timeout = absl::Milliseconds(50);
  // The handlers look at it for a moment after the test.
  const auto release = std::make_shared<std::atomic<bool>>(false);
  matcher_.before = [release](int, const v1::PushRequest&) {
    while (!*release) absl::SleepFor(absl::Milliseconds(5));
    return grpc::Status::OK;
  };
  const auto result = DoPush();
  *release = true;
  EXPECT_TRUE(absl::IsUnavailable(result.status())) << result.status();
  EXPECT_NE(result.status().message().find("no answer"),
            absl::string_view::npos);
}

TEST_F(PusherTest, NeverMoreOnTheWayThanAgreed) {
  Fill(40'000);
  std::atomic<std::uint64_t> received = 0;
  std::uint64_t reported = 0;
  options_.progress = [&](std::uint64_t done, std::uint64_t total) {
    reported = done;
    EXPECT_EQ(total, 40'000u);
    EXPECT_LE(received, done / 1000 + proto::kMaxBatchesInFlight);
  };
  matcher_.before = [&](int, const v1::PushRequest& request) {
    if (request.has_batch()) ++received;
    return grpc::Status::OK;
  };
  MustPush();
  EXPECT_EQ(reported, 40'000u);
}

}  // namespace
}  // namespace samkoer::agent
