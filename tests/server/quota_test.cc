#include "server/quota.h"

#include <gtest/gtest.h>

#include <random>

namespace samkoer::server {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kDay = 86'400 * kSecond;

v1::QuotaConfig Entry(const std::string& subject, std::uint64_t burst) {
  v1::QuotaConfig entry;
  entry.set_subject(subject);
  entry.set_burst(burst);
  entry.set_per_day(1);
  return entry;
}

TEST(QuotaTableTest, TheMostExactEntryWinsAndNoEntryGivesNothing) {
  const QuotaTable table(
      {Entry("samkoer://viborg/department/job", 9), Entry("department", 5)});
  EXPECT_EQ(
      table.Find(*ParseIdentityUri("samkoer://viborg/department/job"))->burst,
      9u);
  EXPECT_EQ(
      table.Find(*ParseIdentityUri("samkoer://viborg/department/fam"))->burst,
      5u);
  EXPECT_FALSE(
      table.Find(*ParseIdentityUri("samkoer://viborg/privacy-officer/a")));
  EXPECT_FALSE(QuotaTable({}).Find(
      *ParseIdentityUri("samkoer://viborg/department/job")));
}

TEST(QuotaTableTest, TheOrderOfEntriesDoesNotMatter) {
  const QuotaTable table(
      {Entry("department", 5), Entry("samkoer://viborg/department/job", 9)});
  EXPECT_EQ(
      table.Find(*ParseIdentityUri("samkoer://viborg/department/job"))->burst,
      9u);
}

TEST(TokenBucketTest, FullAtFirstAndTakesAllOrNone) {
  TokenBucket bucket({100, 10}, 0);
  EXPECT_EQ(bucket.Available(0), 100u);
  EXPECT_TRUE(bucket.Take(60, 0));
  EXPECT_FALSE(bucket.Take(41, 0));
  EXPECT_EQ(bucket.Available(0), 40u);
  EXPECT_TRUE(bucket.Take(40, 0));
  EXPECT_FALSE(bucket.Take(1, 0));
}

TEST(TokenBucketTest, RefillsEvenlyOverTheDayAndNeverOverTheBurst) {
  TokenBucket bucket({100, 24}, 0);
  ASSERT_TRUE(bucket.Take(100, 0));
  EXPECT_EQ(bucket.Available(kDay / 24 - kSecond), 0u);
  EXPECT_EQ(bucket.Available(kDay / 24 + kSecond), 1u);
  EXPECT_EQ(bucket.Available(kDay - kSecond), 23u);
  EXPECT_EQ(bucket.Available(kDay + kSecond), 24u);
  EXPECT_EQ(bucket.Available(100 * kDay), 100u);
}

TEST(TokenBucketTest, ManySmallStepsRefillAsOneLargeOne) {
  TokenBucket bucket({1000, 100}, 0);
  ASSERT_TRUE(bucket.Take(1000, 0));
  for (std::int64_t now = 0; now <= kDay; now += 60 * kSecond) {
    bucket.Available(now);
  }
  EXPECT_GE(bucket.Available(kDay), 99u);
  EXPECT_LE(bucket.Available(kDay), 100u);
}

TEST(TokenBucketTest, TimeThatGoesBackwardsFillsNothing) {
  TokenBucket bucket({100, 86'400}, 50 * kSecond);
  ASSERT_TRUE(bucket.Take(100, 50 * kSecond));
  EXPECT_EQ(bucket.Available(10 * kSecond), 0u);
  EXPECT_EQ(bucket.Available(50 * kSecond), 0u);
  EXPECT_EQ(bucket.Available(53 * kSecond), 3u);
}

TEST(TokenBucketTest, AStoredLevelGoesOnFromWhereItWas) {
  TokenBucket before({100, 24}, 0);
  ASSERT_TRUE(before.Take(70, 0));
  // The next process's clock begins anywhere: only what it counts itself
  // refills.
  TokenBucket after({100, 24}, before.level_billionths(), 999 * kDay);
  EXPECT_EQ(after.Available(999 * kDay), 30u);
  EXPECT_EQ(after.Available(1000 * kDay), 54u);
}

TEST(TokenBucketTest, ALowerBurstCutsTheStoredLevelAHigherOneDoesNotFill) {
  TokenBucket before({100, 1}, 0);
  EXPECT_EQ(TokenBucket({10, 1}, before.level_billionths(), 0).Available(0),
            10u);
  EXPECT_EQ(TokenBucket({500, 1}, before.level_billionths(), 0).Available(0),
            100u);
}

TEST(TokenBucketTest, AHigherLimitAddsItsDifferenceAndALowerOneCuts) {
  TokenBucket bucket({100, 24}, 0);
  ASSERT_TRUE(bucket.Take(100, 0));
  bucket.Change({150, 48}, kDay / 24);  // one had come back
  EXPECT_EQ(bucket.Available(kDay / 24), 51u);
  EXPECT_EQ(bucket.Available(kDay / 12), 53u);
  bucket.Change({10, 48}, kDay / 12);
  EXPECT_EQ(bucket.Available(kDay / 12), 10u);
  bucket.Change({}, kDay / 12);
  EXPECT_EQ(bucket.Available(kDay), 0u);
}

TEST(TokenBucketTest, SaysHowLongToWait) {
  TokenBucket bucket({100, 24}, 0);
  EXPECT_EQ(*bucket.WaitFor(100, 0), absl::ZeroDuration());
  ASSERT_TRUE(bucket.Take(100, 0));
  EXPECT_EQ(*bucket.WaitFor(2, 0), absl::Hours(2));
  EXPECT_FALSE(bucket.WaitFor(101, 0).has_value()) << "never fits";
  TokenBucket once({10, 0}, 0);
  ASSERT_TRUE(once.Take(10, 0));
  EXPECT_FALSE(once.WaitFor(1, 0).has_value());
}

TEST(TokenBucketTest, SaysHowMuchOfItIsUsedUp) {
  TokenBucket bucket({200, 0}, 0);
  EXPECT_EQ(bucket.used_percent(), 0u);
  ASSERT_TRUE(bucket.Take(179, 0));
  EXPECT_EQ(bucket.used_percent(), 89u);
  ASSERT_TRUE(bucket.Take(1, 0));
  EXPECT_EQ(bucket.used_percent(), 90u);
  ASSERT_TRUE(bucket.Take(20, 0));
  EXPECT_EQ(bucket.used_percent(), 100u);
  EXPECT_EQ(TokenBucket({}, 0).used_percent(), 100u);
  EXPECT_EQ(TokenBucket({kMaxQuotaBurst, 0}, 0).used_percent(), 0u);
}

TEST(TokenBucketTest, HugeNumbersDoNotWrapAround) {
  TokenBucket bucket({~std::uint64_t{0}, ~std::uint64_t{0}}, 0);
  EXPECT_EQ(bucket.Available(0), kMaxQuotaBurst);
  ASSERT_TRUE(bucket.Take(kMaxQuotaBurst, 0));
  EXPECT_EQ(bucket.Available(kDay * 1000), kMaxQuotaBurst);
  EXPECT_FALSE(bucket.Take(~std::uint64_t{0}, kDay * 1000));
}

TEST(TokenBucketTest, NeverGivesMoreThanBurstAndRefill) {
  const char* env = std::getenv("SAMKOER_SEED");
  const std::uint64_t seed =
      env != nullptr ? std::strtoull(env, nullptr, 10) : std::random_device{}();
  SCOPED_TRACE("SAMKOER_SEED=" + std::to_string(seed));
  std::mt19937_64 random(seed);
  for (int round = 0; round < 50; ++round) {
    const QuotaLimit limit{random() % 1000 + 1, random() % 5000};
    std::int64_t now = 0;
    std::uint64_t taken = 0;
    TokenBucket bucket(limit, 0);
    for (int step = 0; step < 500; ++step) {
      now += static_cast<std::int64_t>(random() % (kDay / 100));
      if (random() % 10 == 0) {  // a restart
        bucket = TokenBucket(limit, bucket.level_billionths(), now);
      }
      const std::uint64_t count = random() % 200 + 1;
      if (bucket.Take(count, now)) taken += count;
      const double earned =
          static_cast<double>(limit.per_day) * static_cast<double>(now) / kDay;
      ASSERT_LE(static_cast<double>(taken),
                static_cast<double>(limit.burst) + earned + 1e-3);
    }
  }
}

}  // namespace
}  // namespace samkoer::server
