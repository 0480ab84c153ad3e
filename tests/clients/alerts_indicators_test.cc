#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "clients/alerts/indicators.h"
#include "tests/clients/alerts_months.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

// Cells of "alerts" by row; below 0: withheld.
void AddTable(const std::string& name,
              const std::vector<std::pair<std::string, int>>& rows,
              v1::GetStatisticsResponse& month) {
  v1::StatisticsTable& table = *month.add_tables();
  table.set_name(name);
  for (const auto& [row, count] : rows) {
    AddCell(table, row, "alerts", static_cast<std::uint64_t>(count), count < 0);
  }
}

v1::GetStatisticsResponse Waits(int soon, int later, int late,
                                const std::string& day = "2026-11-03") {
  v1::GetStatisticsResponse month;
  month.set_day(day);
  month.set_withhold_below(5);
  AddTable("alerts-by-wait-for-guide",
           {{"under-30-days", soon},
            {"30-89-days", later},
            {"90-days-and-over", late},
            {"total", 1}},
           month);
  return month;
}

std::vector<Indicator> Of(std::vector<v1::GetStatisticsResponse> months,
                          Language l = Language::kDanish) {
  auto report = MakeStatusReport(std::move(months), {}, {}, l);
  EXPECT_TRUE(report.ok()) << report.status();
  return IndicatorsOf(*report, l);
}

TEST(Indicators, AShareIsARangeThatTheTrueCountsLieIn) {
  v1::GetStatisticsResponse month;
  month.set_day("2026-11-03");
  month.set_withhold_below(5);
  AddTable("alerts-by-guide", {{"assigned", 40}, {"backlog", 60}}, month);
  const auto indicators = Of({month});
  ASSERT_EQ(indicators.size(), 1u);
  // 40 of 104 at least, 44 of 104 at most.
  EXPECT_EQ(indicators[0].value, "38 % til 43 %");
  for (int assigned = 40; assigned < 45; ++assigned) {
    for (int backlog = 60; backlog < 65; ++backlog) {
      const double share = 100.0 * assigned / (assigned + backlog);
      EXPECT_GE(share, 38);
      EXPECT_LE(share, 43);
    }
  }
  EXPECT_EQ(Of({month}, Language::kEnglish)[0].value, "38 % to 43 %");
}

TEST(Indicators, EachMonthIsReadByTheLimitThatItWasRoundedBy) {
  v1::GetStatisticsResponse fine;
  fine.set_day("2026-11-03");
  fine.set_withhold_below(5);
  AddTable("alerts-by-guide", {{"assigned", 40}, {"backlog", 60}}, fine);
  v1::GetStatisticsResponse coarse = fine;
  coarse.set_day("2026-12-03");
  coarse.set_withhold_below(20);
  const auto both = Of({fine, coarse});
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].value, Of({fine})[0].value);
  EXPECT_EQ(both[1].value, Of({coarse})[0].value);
  EXPECT_NE(both[0].value, both[1].value);
}

TEST(Indicators, WhatAWithheldNumberWouldSayIsWithheld) {
  for (const Indicator& indicator : Of({Waits(40, -1, 20)})) {
    EXPECT_TRUE(indicator.withheld);
    EXPECT_EQ(indicator.value, "");
  }
  // Nobody can be there at all.
  for (const Indicator& indicator : Of({Waits(0, 0, 0)})) {
    EXPECT_TRUE(indicator.withheld);
  }
}

TEST(Indicators, TheMedianIsSaidWhereTheRoundingLeavesNoDoubt) {
  const auto median = [](int soon, int later, int late) {
    const auto indicators = Of({Waits(soon, later, late)});
    EXPECT_EQ(indicators.size(), 2u);
    EXPECT_THAT(indicators[1].name, HasSubstr("Mediantid"));
    return indicators[1].value;
  };
  EXPECT_EQ(median(60, 20, 10), "under 30 dage");
  EXPECT_EQ(median(20, 60, 10), "30 til 89 dage");
  EXPECT_EQ(median(20, 10, 90), "90 dage eller mere");
  EXPECT_EQ(median(50, 25, 25), "");
  EXPECT_EQ(median(20, 30, 50), "");
}

TEST(Indicators, HowEffortsEndedIsOfThoseThatEnded) {
  v1::GetStatisticsResponse month;
  month.set_day("2026-11-03");
  month.set_withhold_below(5);
  AddTable("alerts-by-state",
           {{"IDENTIFIED", 500},
            {"CLOSED", 50},
            {"DECLINED", 25},
            {"WITHDRAWN", 25},
            {"total", 600}},
           month);
  const auto indicators = Of({month});
  ASSERT_EQ(indicators.size(), 2u);
  EXPECT_THAT(indicators[0].name, HasSubstr("sagde nej"));
  EXPECT_EQ(indicators[0].value, "23 % til 28 %");  // 25 of 108, 29 of 104
  EXPECT_THAT(indicators[1].name, HasSubstr("afsluttede"));
  EXPECT_EQ(indicators[1].value, "46 % til 52 %");  // 50 of 108, 54 of 104
}

TEST(Indicators, MonthAfterMonthEachWithAnExplanation) {
  const auto indicators =
      Of({Waits(60, 20, 10, "2026-12-01"), Waits(20, 60, 10)});
  ASSERT_EQ(indicators.size(), 4u);
  EXPECT_EQ(indicators[0].month, absl::CivilMonth(2026, 11));
  EXPECT_EQ(indicators[2].month, absl::CivilMonth(2026, 12));
  std::set<std::string> explanations;
  for (const Indicator& indicator : indicators) {
    EXPECT_FALSE(indicator.explanation.empty());
    explanations.insert(indicator.explanation);
  }
  EXPECT_EQ(explanations.size(), 2u);
}

}  // namespace
}  // namespace samkoer::clients
