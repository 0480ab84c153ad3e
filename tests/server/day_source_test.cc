#include "server/day_source.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"

namespace samkoer::server {
namespace {

TEST(DaySource, AFixedDayStaysAndSaysSo) {
  const auto source = MakeDaySource("2026-11-02", absl::Now);
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->today(), "2026-11-02");
  EXPECT_EQ(source->description, "fixed to 2026-11-02 by --as-of");
}

TEST(DaySource, WhatIsNoDayIsRefused) {
  for (const char* text : {"2026-02-30", "2026-13-01", "26-01-01", "today",
                           "2026-11-02 ", "02-11-2026", "2026-1-2"}) {
    EXPECT_EQ(MakeDaySource(text, absl::Now).status().code(),
              absl::StatusCode::kInvalidArgument)
        << text;
  }
}

TEST(DaySource, WithoutAFixedDayItIsTodayInDenmark) {
  absl::Time now = absl::FromUnixSeconds(1795645800);  // 2026-11-25 23:30 CET
  const auto source = MakeDaySource("", [&] { return now; });
  ASSERT_TRUE(source.ok()) << source.status();
  EXPECT_EQ(source->description, "Europe/Copenhagen");
  EXPECT_EQ(source->today(), "2026-11-25");
  now += absl::Minutes(29);
  EXPECT_EQ(source->today(), "2026-11-25");
  now += absl::Minutes(1);
  EXPECT_EQ(source->today(), "2026-11-26");
}

}  // namespace
}  // namespace samkoer::server
