#include "matcher/month_book.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "proto/limits.h"
#include "storage/key_layout.h"
#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;
using testing::ElementsAre;

// Begins on 22 November 2026.
class MonthBookTest : public CoordinationTest {
 protected:
  // "202611: 2 new, 1 with, 1 without".
  std::vector<std::string> Months() {
    std::vector<std::string> lines;
    const auto overview =
        ValueOf(facade().GetOverview(Installation::Coordinator()));
    for (const auto& month : overview.months()) {
      lines.push_back(std::to_string(month.month()) + ": " +
                      std::to_string(month.added()) + " new, " +
                      std::to_string(month.assigned()) + " with, " +
                      std::to_string(month.backlog()) + " without");
    }
    return lines;
  }
  void Turn(const std::string& day) {
    in_.SetDay(day);
    SAMKOER_ASSERT_OK(in_.Sweep());
  }
  // As a program before would have left the store.
  void ForgetMonths() {
    in_.Close();
    storage::WriteBatch batch;
    SAMKOER_ASSERT_OK(
        in_.store().Scan(storage::TablePrefix(storage::Table::kMonth), "",
                         [&](std::string_view key, std::string_view) {
                           batch.Delete(std::string(key));
                           return true;
                         }));
    SAMKOER_ASSERT_OK(in_.store().Write(batch));
    SAMKOER_ASSERT_OK(in_.Open());
  }
  std::map<std::uint64_t, storage::StoredMonth> Stored() {
    return ValueOf(ReadMonths(in_.store(), in_.sealer()));
  }
};

TEST_F(MonthBookTest, TheRunningMonthStandsAsItIsNow) {
  EXPECT_THAT(Months(), ElementsAre("202611: 0 new, 0 with, 0 without"));
  const std::string a = MatchOf("a");
  MatchOf("b");
  EXPECT_THAT(Months(), ElementsAre("202611: 2 new, 0 with, 2 without"));
  SAMKOER_ASSERT_OK(Take(a, Guide()).status());
  EXPECT_THAT(Months(), ElementsAre("202611: 2 new, 1 with, 1 without"));
}

TEST_F(MonthBookTest, AMonthThatEndedStaysAsItWas) {
  const std::string a = MatchOf("a");
  Turn("2026-11-30");
  MatchOf("b");
  Turn("2026-12-01");
  MatchOf("c");
  SAMKOER_ASSERT_OK(Take(a, Guide()).status());
  const auto expected = ElementsAre("202611: 2 new, 0 with, 2 without",
                                    "202612: 1 new, 1 with, 2 without");
  EXPECT_THAT(Months(), expected);
  in_.Restart();
  EXPECT_THAT(Months(), expected);
}

TEST_F(MonthBookTest, WhatWasEndedOrErasedStillWasMade) {
  MatchOf("a");
  MatchOf("b");
  samkoer::v1::SetAlertStateRequest close;
  close.set_alert_id(AlertOf("a").alert_id());
  close.set_state(samkoer::v1::ALERT_STATE_CLOSED);
  SAMKOER_ASSERT_OK(
      in_.matcher().SetAlertState(Installation::Coordinator(), close).status());
  in_.MustErase("b");
  EXPECT_THAT(Months(), ElementsAre("202611: 2 new, 0 with, 0 without"));
}

TEST_F(MonthBookTest, MonthsOfAServerThatWasAwayAreThere) {
  MatchOf("a");
  in_.Close();
  in_.SetDay("2027-02-03");
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_THAT(Months(), ElementsAre("202611: 1 new, 0 with, 1 without",
                                    "202612: 0 new, 0 with, 1 without",
                                    "202701: 0 new, 0 with, 1 without",
                                    "202702: 0 new, 0 with, 1 without"));
}

TEST_F(MonthBookTest, AStoreOfBeforeBeginsWithTheMonthThatRuns) {
  MatchOf("a");
  Turn("2026-12-05");
  MatchOf("b");
  MatchOf("c");
  ForgetMonths();
  EXPECT_THAT(Months(), ElementsAre("202612: 2 new, 0 with, 3 without"));
  ForgetMonths();
  Turn("2027-01-01");
  EXPECT_THAT(Months(), ElementsAre("202612: 2 new, 0 with, 3 without",
                                    "202701: 0 new, 0 with, 3 without"));
}

TEST_F(MonthBookTest, FiveYearsAreKeptAndTwoOfTables) {
  for (int year = 2027; year <= 2032; ++year) {
    for (int month = 1; month <= 12; ++month) {
      Turn(std::to_string(year) + (month < 10 ? "-0" : "-") +
           std::to_string(month) + "-02");
    }
  }
  const auto months = Months();
  ASSERT_EQ(months.size(), proto::kMaxOverviewMonths + 1);
  EXPECT_EQ(months.front().substr(0, 6), "202712");
  EXPECT_EQ(months.back().substr(0, 6), "203212");
  std::size_t with_tables = 0;
  for (const auto& [number, held] : Stored()) {
    with_tables += held.statistics.empty() ? 0 : 1;
  }
  EXPECT_EQ(with_tables, proto::kMaxStatisticsMonths - 1);  // and the running
}

TEST_F(MonthBookTest, AnAbsenceOfManyYearsLeavesNoGap) {
  MatchOf("a");
  in_.Close();
  in_.SetDay("2040-06-01");
  SAMKOER_ASSERT_OK(in_.Open());
  const auto months = Months();
  ASSERT_EQ(months.size(), proto::kMaxOverviewMonths + 1);
  EXPECT_EQ(months.front().substr(0, 6), "203506");
  EXPECT_EQ(months.back().substr(0, 6), "204006");
}

TEST_F(MonthBookTest, ADayThatGoesBackEndsNothing) {
  MatchOf("a");
  Turn("2026-12-01");
  in_.Close();
  in_.SetDay("2026-11-29");
  SAMKOER_ASSERT_OK(in_.Open());
  Turn("2026-12-02");
  EXPECT_THAT(Months(), ElementsAre("202611: 1 new, 0 with, 1 without",
                                    "202612: 0 new, 0 with, 1 without"));
}

}  // namespace
}  // namespace samkoer::matcher
