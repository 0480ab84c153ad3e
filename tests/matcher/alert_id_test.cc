#include "matcher/alert_id.h"

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace samkoer::matcher {
namespace {

TEST(AlertIdTest, KnownIdsReadAsKnownTexts) {
  EXPECT_EQ(FormatAlertId(0), "A-0000-0000");
  EXPECT_EQ(FormatAlertId(kAlertIdMask), "A-ZZZZ-ZZZZ");
  EXPECT_EQ(FormatAlertId(1), "A-0000-0001");
  EXPECT_EQ(FormatAlertId(0x0123456789), "A-04HM-ASW9");
  EXPECT_EQ(ParseAlertId("A-04HM-ASW9").value(), 0x0123456789u);
}

TEST(AlertIdTest, BitsOverFortyAreDropped) {
  EXPECT_EQ(FormatAlertId(kAlertIdMask + 2), "A-0000-0001");
}

TEST(AlertIdTest, WhatPeopleMakeOfAnIdIsUnderstood) {
  const std::uint64_t id = ParseAlertId("A-7K3M-9Q01").value();
  for (const std::string text : {"a-7k3m-9q01", "A7K3M9Q01", "A-7K3M-9QOI",
                                 "a7k3m9qol", "A-7-K3-M9Q01", "A--7K3M9Q0L-"}) {
    EXPECT_EQ(ParseAlertId(text).value(), id) << text;
  }
}

TEST(AlertIdTest, OtherTextsAreRefused) {
  for (const std::string text :
       {"", "A", "A-", "7K3M-9Q01", "A-7K3M-9Q0", "A-7K3M-9Q011", "A-7K3M-9Q0U",
        "A-7K3M-9Q0 ", " A-7K3M-9Q01", "B-7K3M-9Q01", "A-7K3M-9Q\xc3\xb8",
        "A_7K3M_9Q01"}) {
    EXPECT_EQ(ParseAlertId(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(AlertIdTest, RandomIdsComeBack) {
  const char* given = std::getenv("SAMKOER_SEED");
  const std::uint64_t seed =
      given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "SAMKOER_SEED=" << seed << "\n";
  std::mt19937_64 random(seed);
  for (int i = 0; i < 10'000; ++i) {
    const std::uint64_t id = random() & kAlertIdMask;
    ASSERT_EQ(ParseAlertId(FormatAlertId(id)).value(), id);
  }
}

}  // namespace
}  // namespace samkoer::matcher
