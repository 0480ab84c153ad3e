#include <gtest/gtest.h>

#include <fstream>

#include "absl/time/civil_time.h"
#include "clients/agent/run_plan.h"
#include "clients/agent/run_state.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

class DailyTest : public ::testing::Test {
 protected:
  DailyTest() { EXPECT_TRUE(absl::LoadTimeZone("Europe/Copenhagen", &zone_)); }
  absl::Time At(int month, int day, int hour, int minute) {
    return absl::FromCivil(absl::CivilMinute(2026, month, day, hour, minute),
                           zone_);
  }
  absl::TimeZone zone_;
};

TEST_F(DailyTest, TheLastTimeIsTodaysOrYesterdays) {
  EXPECT_EQ(LastDaily(At(11, 2, 2, 0), 120, zone_), At(11, 2, 2, 0));
  EXPECT_EQ(LastDaily(At(11, 2, 1, 59), 120, zone_), At(11, 1, 2, 0));
  EXPECT_EQ(LastDaily(At(11, 2, 23, 0), 120, zone_), At(11, 2, 2, 0));
}

TEST_F(DailyTest, NowIfNoneWentThroughSinceElseTheNextOne) {
  const absl::Time now = At(11, 2, 9, 0);
  const absl::Duration jitter = absl::Minutes(7);
  EXPECT_EQ(NextDaily(now, At(11, 1, 2, 5), 120, zone_, jitter), now);
  EXPECT_EQ(NextDaily(now, absl::FromUnixSeconds(0), 120, zone_, jitter), now);
  EXPECT_EQ(NextDaily(now, At(11, 2, 2, 5), 120, zone_, jitter),
            At(11, 3, 2, 7));
}

TEST_F(DailyTest, TheJitterHoldsOnceTheDailyTimeHasCome) {
  const absl::Time yesterday = At(11, 1, 2, 5);
  const absl::Duration jitter = absl::Minutes(7);
  const auto next = [&](absl::Time now) {
    return NextDaily(now, yesterday, 120, zone_, jitter);
  };
  // However often it is asked on the way there.
  EXPECT_EQ(next(At(11, 2, 1, 59)), At(11, 2, 2, 7));
  EXPECT_EQ(next(At(11, 2, 2, 0) + absl::Seconds(30)), At(11, 2, 2, 7));
  EXPECT_EQ(next(At(11, 2, 2, 7)), At(11, 2, 2, 7));
  EXPECT_EQ(next(At(11, 2, 2, 8)), At(11, 2, 2, 8));
  // The first push of all is waited for.
  const absl::Time first = At(11, 2, 2, 0) + absl::Seconds(30);
  EXPECT_EQ(NextDaily(first, absl::UnixEpoch(), 120, zone_, jitter), first);
}

TEST_F(DailyTest, SummerTimeLosesAndRepeatsNoDay) {
  // 29 March 2026: 02:00 to 03:00 is not there; 25 October: twice.
  EXPECT_EQ(NextDaily(At(3, 28, 9, 0), At(3, 28, 8, 0), 150, zone_, {}),
            At(3, 29, 3, 30));
  const absl::Time october =
      NextDaily(At(10, 24, 9, 0), At(10, 24, 8, 0), 150, zone_, {});
  EXPECT_EQ(absl::ToCivilDay(october, zone_), absl::CivilDay(2026, 10, 25));
  EXPECT_EQ(
      absl::ToCivilDay(NextDaily(october, october, 150, zone_, {}), zone_),
      absl::CivilDay(2026, 10, 26));
}

TEST(Backoff, DoublesUpToTheMostAndLessAShare) {
  const auto wait = [](std::uint32_t failures, double share = 0) {
    return Backoff(failures, absl::Seconds(60), absl::Seconds(3600), share);
  };
  EXPECT_EQ(wait(1), absl::Seconds(60));
  EXPECT_EQ(wait(2), absl::Seconds(120));
  EXPECT_EQ(wait(6), absl::Seconds(1920));
  EXPECT_EQ(wait(7), absl::Seconds(3600));
  EXPECT_EQ(wait(4000000000u), absl::Seconds(3600));
  EXPECT_EQ(wait(1, 1), absl::Seconds(45));
}

RunState Sample() {
  RunState state;
  state.last_success = 1'800'000'000;
  state.failures = 3;
  state.held = 17;
  state.over_limit = true;
  return state;
}

TEST(RunState, SurvivesARestart) {
  const TempDir dir;
  ASSERT_TRUE(LoadRunState(dir.path()).ok());
  EXPECT_EQ(*LoadRunState(dir.path()), RunState{});
  ASSERT_TRUE(SaveRunState(dir.path(), Sample()).ok());
  EXPECT_EQ(*LoadRunState(dir.path()), Sample());
  EXPECT_TRUE(absl::IsDataLoss(ParseRunState("rows x\n").status()));
  EXPECT_TRUE(absl::IsDataLoss(ParseRunState("vrøvl\n").status()));
  EXPECT_TRUE(ParseRunState("of_a_later_version 1\n").ok());
}

TEST(RunMetrics, EachSeriesHasItsDepartment) {
  const std::string text = RunMetrics(Sample(), "familie", "ungeindsats",
                                      absl::FromUnixSeconds(1'900'000'000));
  EXPECT_NE(text.find("samkoer_agent_held_records{department=\"familie\","
                      "purpose=\"ungeindsats\"} 17\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("# TYPE samkoer_agent_pushes_total counter\n"),
            std::string::npos);
  EXPECT_NE(
      text.find("samkoer_agent_certificate_expiry_timestamp_seconds{department="
                "\"familie\",purpose=\"ungeindsats\"} 1900000000\n"),
      std::string::npos);
  EXPECT_NE(
      RunMetrics(Sample(), "familie", "ungeindsats", absl::InfinitePast())
          .find("certificate_expiry_timestamp_seconds{department=\"familie\","
                "purpose=\"ungeindsats\"} 0\n"),
      std::string::npos);
  const TempDir dir;
  ASSERT_TRUE(WriteMetricsFile(dir.File("m.prom"), text).ok());
  EXPECT_NE(std::filesystem::status(dir.File("m.prom")).permissions() &
                std::filesystem::perms::others_read,
            std::filesystem::perms::none);
  EXPECT_FALSE(WriteMetricsFile(dir.File("no/m.prom"), text).ok());
}

TEST(Unhealthy, WhenTheLastGoodPushIsTooOld) {
  const absl::Time last = absl::FromUnixSeconds(1'800'000'000);
  EXPECT_EQ(Unhealthy(Sample(), last + absl::Hours(36), 36), "");
  EXPECT_EQ(Unhealthy(Sample(), last + absl::Hours(37), 36),
            "no push has gone through for 37 hours; 3 have failed since");
  EXPECT_EQ(Unhealthy(RunState{}, last, 36), "no push has gone through yet");
}

}  // namespace
}  // namespace samkoer::agent
