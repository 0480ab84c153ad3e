#include "server/day_source.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace samkoer::server {
namespace {

TEST(DaySource, AFixedDayStaysAndSaysSo) {
  const auto source = MakeDaySource("2026-11-02");
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->today(), "2026-11-02");
  EXPECT_EQ(source->description, "fixed to 2026-11-02 by --as-of");
}

TEST(DaySource, WhatIsNoDayIsRefused) {
  for (const char* text : {"2026-02-30", "2026-13-01", "26-01-01", "today",
                           "2026-11-02 ", "02-11-2026", "2026-1-2"}) {
    EXPECT_EQ(MakeDaySource(text).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(DaySource, WithoutAFixedDayItIsTodayInDenmark) {
  const auto source = MakeDaySource("");
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->description, "Europe/Copenhagen");
  EXPECT_THAT(source->today(),
              ::testing::MatchesRegex("20[0-9][0-9]-[01][0-9]-[0-3][0-9]"));
}

}  // namespace
}  // namespace samkoer::server
