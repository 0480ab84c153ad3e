#include <gtest/gtest.h>

#include <optional>

#include "clients/agent/dates.h"

namespace samkoer::agent {
namespace {

constexpr CivilDate kToday{2026, 11, 2};

std::optional<CivilDate> Read(std::string_view pattern, std::string_view text) {
  const auto parsed = DatePattern::Parse(pattern);
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  if (!parsed.ok()) return std::nullopt;
  const auto date = parsed->Read(text, kToday);
  if (!date.ok()) return std::nullopt;
  return *date;
}

const CivilDate kExpected{2025, 2, 1};

TEST(DatePattern, TheFormatsThatExportsHave) {
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-2025"), kExpected);
  EXPECT_EQ(Read("%d.%m.%Y", "01.02.2025"), kExpected);
  EXPECT_EQ(Read("%d/%m/%Y", "01/02/2025"), kExpected);
  EXPECT_EQ(Read("%Y-%m-%d", "2025-02-01"), kExpected);
  EXPECT_EQ(Read("%d%m%Y", "01022025"), kExpected);
  EXPECT_EQ(Read("%Y%m%d", "20250201"), kExpected);
}

TEST(DatePattern, MonthsByTheirDanishNames) {
  EXPECT_EQ(Read("%d. %B %Y", "1. februar 2025"), kExpected);
  EXPECT_EQ(Read("%d. %B %Y", "1. Feb. 2025"), kExpected);
  EXPECT_EQ(Read("%d-%B-%y", "01-FEB-25"), kExpected);
  EXPECT_EQ(Read("%d %B %Y", "5 sept. 2025"), (CivilDate{2025, 9, 5}));
  EXPECT_EQ(Read("%d %B %Y", "5 maj 2025 10:30"), (CivilDate{2025, 5, 5}));
  EXPECT_EQ(Read("%d %B %Y", "5 jun 2025"), (CivilDate{2025, 6, 5}));
  EXPECT_EQ(Read("%d %B %Y", "5 jul 2025"), (CivilDate{2025, 7, 5}));
  // Other languages' names are no months, and neither is what is too short.
  for (const char* bad : {"5 may 2025", "5 october 2025", "5 ju 2025",
                          "5 marts. 2025", "5 februars 2025", "5 2 2025"}) {
    EXPECT_EQ(Read("%d %B %Y", bad), std::nullopt) << bad;
  }
  EXPECT_FALSE(DatePattern::Parse("%d %m %B %Y").ok());
  const auto pattern = DatePattern::Parse("%d. %B %Y");
  EXPECT_EQ(pattern->Format(kExpected), "01. februar 2025");
  EXPECT_EQ(*pattern->Read(pattern->Format(kExpected), kToday), kExpected);
}

TEST(DatePattern, DayAndMonthOfOneDigitAndSpacesAround) {
  EXPECT_EQ(Read("%d-%m-%Y", "1-2-2025"), kExpected);
  EXPECT_EQ(Read("%d-%m-%Y", " 01-02-2025\xC2\xA0"), kExpected);
}

TEST(DatePattern, ATimeOfDayIsIgnored) {
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-2025 13:45"), kExpected);
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-2025 13.45.10"), kExpected);
  EXPECT_EQ(Read("%Y-%m-%d", "2025-02-01T00:00:00.000Z"), kExpected);
  EXPECT_EQ(Read("%Y-%m-%d", "2025-02-01 00:00:00+01:00"), kExpected);
}

TEST(DatePattern, OtherTextAfterTheDateIsNot) {
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-20255"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-2025 ca."), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-2025-03"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "01-02-2025 7"), std::nullopt);
}

TEST(DatePattern, TwoDigitYearsLieAtMostTenYearsAhead) {
  EXPECT_EQ(Read("%d-%m-%y", "01-02-25"), kExpected);
  EXPECT_EQ(Read("%d-%m-%y", "01-02-36")->year, 2036);
  EXPECT_EQ(Read("%d-%m-%y", "01-02-37")->year, 1937);
  EXPECT_EQ(Read("%d-%m-%y", "01-02-99")->year, 1999);
  EXPECT_EQ(Read("%d-%m-%y", "01-02-1999"), std::nullopt);
}

TEST(DatePattern, DaysThatNeverWere) {
  EXPECT_EQ(Read("%d-%m-%Y", "31-02-2025"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "29-02-2025"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "29-02-2024"), (CivilDate{2024, 2, 29}));
  EXPECT_EQ(Read("%d-%m-%Y", "00-01-2025"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "01-13-2025"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "01-01-1753"), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", ""), std::nullopt);
  EXPECT_EQ(Read("%d-%m-%Y", "2025-02-01"), std::nullopt);
}

TEST(DatePattern, PatternsThatCannotBeReadUnambiguously) {
  for (const char* bad : {"", "%d-%m", "%d-%m-%Y-%d", "%d-%m-%Y-%y", "%d-%b-%Y",
                          "%", "1%d-%m-%Y"}) {
    EXPECT_FALSE(DatePattern::Parse(bad).ok()) << bad;
  }
}

TEST(ParseIsoDay, OnlyYearMonthDay) {
  EXPECT_EQ(*ParseIsoDay("2026-11-02"), kToday);
  EXPECT_EQ(FormatIsoDay(kToday), "2026-11-02");
  for (const char* bad : {"", "2026-11-2", "02-11-2026", "2026-02-30",
                          "2026-11-0x", "2026/11/02"}) {
    EXPECT_FALSE(ParseIsoDay(bad).ok()) << bad;
  }
}

TEST(MonthOf, IsYearTimesHundredPlusMonth) {
  EXPECT_EQ(MonthOf(kToday), 202611u);
}

}  // namespace
}  // namespace samkoer::agent
