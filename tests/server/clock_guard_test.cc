#include "server/clock_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "absl/time/clock.h"
#include "server/exit_codes.h"
#include "server/key_leaves.h"
#include "server/limits.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

using testing::HasSubstr;

class ClockGuardTest : public testing::Test {
 protected:
  void Pass(absl::Duration time) {
    wall_ += time;
    boot_ += time;
  }

  absl::Time wall_ = absl::FromUnixSeconds(1795645800);
  absl::Duration boot_ = absl::Hours(5);
  ClockGuard clock_{[this] { return wall_; }, [this] { return boot_; }};
};

TEST_F(ClockGuardTest, WallTimeIsBelievedWhileBothClocksGoTogether) {
  for (int day = 0; day < 500; ++day) {
    Pass(absl::Hours(24));
    ASSERT_EQ(clock_.Now(), wall_);
  }
  EXPECT_FALSE(clock_.leapt());
}

TEST_F(ClockGuardTest, ALongSilenceIsNoLeap) {
  Pass(absl::Hours(24 * 90));
  EXPECT_EQ(clock_.Now(), wall_);
  EXPECT_FALSE(clock_.leapt());
}

TEST_F(ClockGuardTest, AStepOfADayIsFollowedAndOneBeyondIsNot) {
  wall_ += kMaxClockLeap;
  EXPECT_EQ(clock_.Now(), wall_);
  EXPECT_FALSE(clock_.leapt());
  const absl::Time before = wall_;
  wall_ += absl::Microseconds(1);
  EXPECT_EQ(clock_.Now(), before);
  EXPECT_TRUE(clock_.leapt());
}

TEST_F(ClockGuardTest, ManySmallStepsAreOneLeap) {
  const absl::Time begin = wall_;
  for (int step = 0; step < 100; ++step) {
    Pass(absl::Seconds(1));
    wall_ += absl::Hours(1);
    EXPECT_LE(clock_.Now() - begin, kMaxClockLeap + absl::Minutes(2));
  }
  EXPECT_TRUE(clock_.leapt());
}

TEST_F(ClockGuardTest, AClockPutBackAndMendedIsNoLeap) {
  wall_ -= absl::Hours(48);
  EXPECT_EQ(clock_.Now(), wall_);
  wall_ += absl::Hours(48);
  EXPECT_EQ(clock_.Now(), wall_);
  EXPECT_FALSE(clock_.leapt());
}

TEST_F(ClockGuardTest, AfterALeapTimeGoesOnAsBeforeForGood) {
  const absl::Time before = wall_;
  wall_ += absl::Hours(24 * 3650);
  EXPECT_EQ(clock_.Now(), before);
  boot_ += absl::Minutes(3);
  wall_ += absl::Minutes(3);
  EXPECT_EQ(clock_.Now(), before + absl::Minutes(3));
  wall_ = before + absl::Minutes(3);  // somebody has mended it
  EXPECT_TRUE(clock_.leapt());
  EXPECT_EQ(clock_.Now(), before + absl::Minutes(3));
}

TEST_F(ClockGuardTest, AStepBackIsFollowed) {
  wall_ -= absl::Hours(24 * 30);
  EXPECT_EQ(clock_.Now(), wall_);
  Pass(absl::Hours(1));
  EXPECT_EQ(clock_.Now(), wall_);
  EXPECT_FALSE(clock_.leapt());
}

TEST(ClockGuardOfTheMachine, AgreesWithIt) {
  ClockGuard clock;
  const absl::Time before = absl::Now();
  const absl::Time now = clock.Now();
  EXPECT_GE(now + absl::Seconds(1), before);
  EXPECT_LE(now, absl::Now() + absl::Seconds(1));
  EXPECT_FALSE(clock.leapt());
}

using CheckClockTest = KeydFixture;

TEST_F(CheckClockTest, TwoWeeksAfterTheLastLeafAreTakenAndMoreAreNot) {
  Open();
  const absl::Time last =
      absl::FromUnixSeconds(Leaves().back().time().seconds());
  const auto check = [&](absl::Time alive, absl::Time now) {
    return CheckClock(*store_->log, *store_->engine, alive, now);
  };
  const absl::Time late_time = last + kMaxClockGap + absl::Seconds(1);
  EXPECT_TRUE(check(absl::InfinitePast(), last + kMaxClockGap).ok());
  const absl::Status late = check(absl::InfinitePast(), late_time);
  EXPECT_EQ(ExitCodeFor(late), kExitClock);
  EXPECT_THAT(std::string(late.message()), HasSubstr("more than 14 days"));
  EXPECT_THAT(HintOf(late), HasSubstr("--clock-is-right"));
  // A silent log of a server that ran.
  EXPECT_TRUE(check(last + absl::Seconds(1), late_time).ok());
}

TEST_F(CheckClockTest, AClockBehindTheLogIsNoReason) {
  Open();
  EXPECT_TRUE(CheckClock(*store_->log, *store_->engine, absl::InfinitePast(),
                         absl::Now() - absl::Hours(24 * 365))
                  .ok());
}

TEST_F(CheckClockTest, TheFileSaysWhenTheServerLastRan) {
  const std::string file = AliveFile(config_.checkpoint_file());
  EXPECT_EQ(ReadAlive(file), absl::InfinitePast());
  const absl::Time time = absl::FromUnixSeconds(1795645800);
  ASSERT_TRUE(WriteAlive(file, time).ok());
  EXPECT_EQ(ReadAlive(file), time);
  for (const char* text : {"", "samkoer-alive 1\n", "samkoer-alive 2\n7\n",
                           "samkoer-alive 1\n7", "samkoer-alive 1\nx\n"}) {
    std::ofstream(file, std::ios::trunc) << text;
    EXPECT_EQ(ReadAlive(file), absl::InfinitePast()) << text;
  }
}

TEST_F(CheckClockTest, NoLeafIsLaterThanTheLedgersClockOrEarlierThanTheLast) {
  Open();
  const absl::Time leapt = absl::Now() + absl::Hours(24 * 3650);
  ASSERT_TRUE(
      ledger_->Record(ProcessLeaf(v1::AUDIT_ACTION_STARTED, leapt)).ok());
  ASSERT_TRUE(
      ledger_->Record(ProcessLeaf(v1::AUDIT_ACTION_STARTED, absl::UnixEpoch()))
          .ok());
  const auto leaves = Leaves();
  const auto seconds = [&](std::size_t back) {
    return leaves[leaves.size() - back].time().seconds();
  };
  EXPECT_LE(seconds(2), absl::ToUnixSeconds(absl::Now()));
  EXPECT_EQ(seconds(1), seconds(2));
}

}  // namespace
}  // namespace samkoer::server
