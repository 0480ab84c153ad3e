#include "server/call_allowance.h"

#include <gtest/gtest.h>

#include <string>

#include "server/limits.h"

namespace samkoer::server {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(CallAllowance, OverTheBurstACallerIsToldWhenTheNextIsPossible) {
  CallAllowance allowance({3, 8640});  // one every 10 s
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(allowance.Take("a", 0).ok());
  EXPECT_EQ(allowance.Take("a", 0),
            absl::ResourceExhaustedError("too many calls that stand in the "
                                         "audit log; the next in 10 s"));
  EXPECT_FALSE(allowance.Take("a", 9 * kSecond).ok());
  EXPECT_TRUE(allowance.Take("a", 11 * kSecond).ok());
  EXPECT_FALSE(allowance.Take("a", 11 * kSecond).ok());
  // A refused call costs nothing, and nobody gets more than the burst.
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(allowance.Take("a", 1000 * kSecond).ok());
  }
  EXPECT_FALSE(allowance.Take("a", 1000 * kSecond).ok());
}

TEST(CallAllowance, EachCallerHasItsOwn) {
  CallAllowance allowance({1, 0});
  EXPECT_TRUE(allowance.Take("a", 0).ok());
  EXPECT_TRUE(allowance.Take("b", 0).ok());
  EXPECT_EQ(allowance.Take("a", 0),
            absl::ResourceExhaustedError(
                "too many calls that stand in the audit log"));
}

TEST(CallAllowance, OfSeveralEachIsTakenOrNobodys) {
  CallAllowance allowance({2, 0});
  const std::string all[] = {"a", "b", "c"};
  std::size_t lacking = 9;
  EXPECT_TRUE(allowance.TakeOfEach(all, 0, lacking).ok());
  EXPECT_EQ(lacking, 9u);
  EXPECT_TRUE(allowance.Take("b", 0).ok());
  EXPECT_EQ(allowance.TakeOfEach(all, 0, lacking),
            absl::ResourceExhaustedError(
                "too many calls that stand in the audit log"));
  EXPECT_EQ(lacking, 1u);
  // Whoever stands there twice asks twice.
  const std::string twice[] = {"c", "a", "a"};
  EXPECT_FALSE(allowance.TakeOfEach(twice, 0, lacking).ok());
  EXPECT_EQ(lacking, 2u);
  for (const char* one : {"a", "c"}) {
    EXPECT_TRUE(allowance.Take(one, 0).ok()) << one;
    EXPECT_FALSE(allowance.Take(one, 0).ok()) << one;
  }
}

TEST(CallAllowance, ACallerWithAFullBucketIsForgottenOthersAreNot) {
  CallAllowance allowance({2, 86'400});
  EXPECT_TRUE(allowance.Take("busy", 100 * kSecond).ok());
  EXPECT_TRUE(allowance.Take("busy", 100 * kSecond).ok());
  for (int i = 0; i < 255; ++i) {
    EXPECT_TRUE(allowance.Take(std::to_string(i), 0).ok());
  }
  EXPECT_EQ(allowance.size(), 256u);
  EXPECT_TRUE(allowance.Take("new", 100 * kSecond).ok());
  EXPECT_EQ(allowance.size(), 2u);
  EXPECT_FALSE(allowance.Take("busy", 100 * kSecond).ok());
}

TEST(CallAllowance, AFullDayOfAPersonsWorkAndOfAFollowerIsNeverRefused) {
  CallAllowance allowance({kLoggedCallsBurst, kLoggedCallsPerDay});
  // All alerts of a large municipality opened by a script, then one click every
  // other second and a reconnecting follower for eight hours.
  for (int i = 0; i < 1500; ++i) {
    ASSERT_TRUE(allowance.Take("coordinator", 0).ok());
  }
  for (std::int64_t s = 0; s < 8 * 3600; s += 2) {
    ASSERT_TRUE(allowance.Take("coordinator", s * kSecond).ok()) << s;
    if (s % 60 == 0) {
      ASSERT_TRUE(allowance.Take("coordinator", s * kSecond).ok()) << s;
    }
  }
}

}  // namespace
}  // namespace samkoer::server
