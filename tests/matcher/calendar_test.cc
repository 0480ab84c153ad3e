#include "matcher/calendar.h"

#include <string>

#include "gtest/gtest.h"

namespace samkoer::matcher {
namespace {

Day D(std::string_view text) { return Day::Parse(text).value(); }

TEST(MonthTest, YyyymmGoesInAndOut) {
  for (const std::uint32_t yyyymm : {190001u, 200012u, 202611u, 299912u}) {
    EXPECT_TRUE(Month::FromYyyymm(yyyymm).given());
    EXPECT_EQ(Month::FromYyyymm(yyyymm).ToYyyymm(), yyyymm);
  }
  EXPECT_EQ(Month::FromYyyymm(202611).count(), 2026 * 12 + 10);
  EXPECT_EQ(Month::FromCount(2026 * 12 + 10), Month::FromYyyymm(202611));
}

TEST(MonthTest, WhatIsNoMonthIsNone) {
  for (const std::uint32_t bad :
       {0u, 1u, 12u, 189912u, 300001u, 202600u, 202613u, 202699u, 2026u,
        20261101u, 0xffffffffu}) {
    EXPECT_FALSE(Month::FromYyyymm(bad).given()) << bad;
  }
  EXPECT_FALSE(Month::FromCount(1900 * 12 - 1).given());
  EXPECT_FALSE(Month::FromCount(3000 * 12).given());
  EXPECT_FALSE(Month::FromCount(-1).given());
  EXPECT_EQ(Month().ToYyyymm(), 0u);
}

TEST(MonthTest, DifferencesAreWholeMonths) {
  EXPECT_EQ(Month::FromYyyymm(202611) - Month::FromYyyymm(199611), 360);
  EXPECT_EQ(Month::FromYyyymm(202601) - Month::FromYyyymm(202512), 1);
  EXPECT_EQ(Month::FromYyyymm(202512) - Month::FromYyyymm(202601), -1);
}

TEST(MonthTest, NoneComesBeforeAllOthers) {
  EXPECT_LT(Month(), Month::FromYyyymm(190001));
  EXPECT_LT(Month::FromYyyymm(202512), Month::FromYyyymm(202601));
}

TEST(DayTest, TextGoesInAndOut) {
  const Day day = D("2026-11-02");
  EXPECT_EQ(day.year(), 2026);
  EXPECT_EQ(day.month(), 11);
  EXPECT_EQ(day.day(), 2);
  EXPECT_EQ(day.ToString(), "2026-11-02");
  EXPECT_EQ(day.InMonth().ToYyyymm(), 202611u);
}

TEST(DayTest, LeapYearsHaveTheirDay) {
  EXPECT_TRUE(Day::Parse("2024-02-29").ok());
  EXPECT_TRUE(Day::Parse("2000-02-29").ok());
  EXPECT_FALSE(Day::Parse("2026-02-29").ok());
  EXPECT_FALSE(Day::Parse("2100-02-29").ok());
}

TEST(DayTest, WhatIsNoDayIsRefused) {
  for (const std::string bad :
       {"", "2026-11-31", "2026-13-01", "2026-00-10", "2026-01-00",
        "1899-12-31", "3000-01-02", "2026-1-2", "2026/11/02", "02-11-2026",
        "2026-11-02 ", "2026-11-0x", "-026-11-02", "2026--1-02",
        "\xef\xbc\x92"
        "026-11"}) {
    EXPECT_EQ(Day::Parse(bad).status().code(),
              absl::StatusCode::kInvalidArgument)
        << bad;
  }
}

TEST(DayTest, DaysAreOrdered) {
  EXPECT_LT(D("2026-11-02"), D("2026-11-03"));
  EXPECT_LT(D("2026-11-30"), D("2026-12-02"));
  EXPECT_LT(D("2025-12-31"), D("2026-01-02"));
  EXPECT_EQ(D("2026-11-02"), D("2026-11-02"));
}

TEST(DayTest, AddingDaysCrossesMonthsAndYears) {
  EXPECT_EQ(D("2026-11-30").AddDays(1), D("2026-12-01"));
  EXPECT_EQ(D("2024-02-28").AddDays(1), D("2024-02-29"));
  EXPECT_EQ(D("2026-01-02").AddDays(-2), D("2025-12-31"));
  EXPECT_EQ(D("2026-11-02").AddDays(0), D("2026-11-02"));
  EXPECT_EQ(D("2027-03-01") - D("2024-02-28"), 1097);
}

TEST(DayTest, AddingDaysStaysInRange) {
  EXPECT_EQ(D("1900-01-02").AddDays(-2'000'000'000), D("1900-01-01"));
  EXPECT_EQ(D("2999-12-30").AddDays(2'000'000'000), D("2999-12-31"));
}

// Walks day by day with its own idea of month lengths.
TEST(DayTest, EveryDayOfFourCenturiesFollowsTheOneBefore) {
  Day day = D("1900-01-01");
  int y = 1900, m = 1, d = 1;
  while (y < 2300) {
    ASSERT_EQ(day, Day::Make(y, m, d).value());
    ASSERT_EQ(day.AddDays(1) - day, 1);
    const bool leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;
    const int length = m == 2 ? (leap ? 29 : 28)
                       : m == 4 || m == 6 || m == 9 || m == 11 ? 30
                                                               : 31;
    if (++d > length) {
      d = 1;
      if (++m > 12) {
        m = 1;
        ++y;
      }
    }
    day = day.AddDays(1);
  }
}

}  // namespace
}  // namespace samkoer::matcher
