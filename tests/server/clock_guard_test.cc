#include "server/clock_guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "server/exit_codes.h"
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
  wall_ += kMaxClockLeap + absl::Microseconds(1);
  EXPECT_EQ(clock_.Now(), before);
  EXPECT_TRUE(clock_.leapt());
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
  EXPECT_TRUE(
      CheckClock(*store_->log, *store_->engine, last + kMaxClockGap).ok());
  const absl::Status late = CheckClock(*store_->log, *store_->engine,
                                       last + kMaxClockGap + absl::Seconds(1));
  EXPECT_EQ(late.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(late.message()), HasSubstr("more than 14 days"));
  EXPECT_THAT(HintOf(late), HasSubstr("--clock-is-right"));
}

TEST_F(CheckClockTest, AClockBehindTheLogIsNoReason) {
  Open();
  EXPECT_TRUE(CheckClock(*store_->log, *store_->engine,
                         absl::Now() - absl::Hours(24 * 365))
                  .ok());
}

}  // namespace
}  // namespace samkoer::server
