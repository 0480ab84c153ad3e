#include "matcher/statistics.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/matcher/intake_fixture.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::GetStatisticsResponse;
using storage::ValueOf;
using testing::HasSubstr;

// "row/column" of the cells that are not 0.
std::map<std::string, std::uint64_t> Counts(const CountTable& table) {
  std::map<std::string, std::uint64_t> counts;
  for (const CountCell& cell : table.cells) {
    if (cell.count > 0) counts[cell.row + "/" + cell.column] = cell.count;
  }
  return counts;
}

class CountTest : public StateFixture {};

TEST_F(CountTest, APersonCountsOnceInEachCellWhateverTheNumberOfCases) {
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "a", "F-1");
  UpsertFamily(changes, "a", "F-2");
  UpsertFamily(changes, "b", "F-3");
  UpsertJobs(changes, "b", "J-1");
  Finish(changes);
  const Counted counted = CountPersons(state_);
  ASSERT_EQ(counted.tables.size(), 4u);
  EXPECT_EQ(counted.tables[0].name, "persons-by-department-and-domain");
  EXPECT_EQ(Counts(counted.tables[0]),
            (std::map<std::string, std::uint64_t>{{"family/FAMILY", 2},
                                                  {"jobs/EMPLOYMENT", 1}}));
  EXPECT_EQ(counted.tables[1].name, "alerts-by-state");
  EXPECT_EQ(Counts(counted.tables[1]),
            (std::map<std::string, std::uint64_t>{{"IDENTIFIED/alerts", 1}}));
  EXPECT_EQ(counted.tables[2].name, "alerts-by-rule-and-age");
  EXPECT_EQ(Counts(counted.tables[2]),
            (std::map<std::string, std::uint64_t>{{"unge/18-24", 1}}));
  EXPECT_EQ(counted.tables[3].name, "persons-by-departments-together");
  EXPECT_EQ(Counts(counted.tables[3]),
            (std::map<std::string, std::uint64_t>{{"1/persons", 1},
                                                  {"2/persons", 1}}));
}

TEST_F(CountTest, WhatThePolicyRulesOutIsNobodyAndShown) {
  const Counted counted = CountPersons(state_);
  for (const CountCell& cell : counted.tables[0].cells) {
    if (cell.row != "family") continue;
    EXPECT_EQ(cell.possible, cell.column == "FAMILY") << cell.column;
  }
}

// Every relation holds for the counts themselves.
TEST_F(CountTest, TheRelationsAreTrue) {
  AddPersons(1, 40);
  RecordChanges changes(state_, tx_);
  for (int i = 0; i < 9; ++i) {
    UpsertFamily(changes, "f" + std::to_string(i), "G-" + std::to_string(i));
  }
  Finish(changes);
  const Counted counted = CountPersons(state_);
  EXPECT_GE(counted.relations.size(), 10u);
  for (std::size_t r = 0; r < counted.relations.size(); ++r) {
    const auto sum = [&](const std::vector<CountTerm>& terms) {
      std::uint64_t total = 0;
      for (const CountTerm& term : terms) {
        total +=
            term.weight * counted.tables[term.table].cells[term.cell].count;
      }
      return total;
    };
    EXPECT_LE(sum(counted.relations[r].smaller),
              sum(counted.relations[r].larger))
        << r;
  }
}

class StatisticsTest : public MatcherIntakeTest {
 protected:
  void PushFamilies(int count) {
    in_.MustSnapshot("family", ManyFamily(count));
  }
  GetStatisticsResponse Ask() {
    return ValueOf(in_.matcher().Statistics(Installation::Officer()));
  }
  static std::string Cell(const GetStatisticsResponse& response,
                          std::string_view table, std::string_view row,
                          std::string_view column) {
    for (const auto& found : response.tables()) {
      if (found.name() != table) continue;
      for (const auto& cell : found.cells()) {
        if (cell.row() == row && cell.column() == column) {
          return cell.withheld() ? "-" : std::to_string(cell.count());
        }
      }
    }
    return "none";
  }
};

constexpr char kPersons[] = "persons-by-department-and-domain";

TEST_F(StatisticsTest, AreRoundedAndSmallCountsWithheld) {
  PushFamilies(12);
  in_.MustSnapshot("jobs", {Jobs("p1", "J-1")});
  const GetStatisticsResponse response = Ask();
  EXPECT_EQ(response.day(), "2026-11-22");
  EXPECT_EQ(response.withhold_below(), 5u);
  EXPECT_EQ(response.tables_size(), 4);
  EXPECT_EQ(Cell(response, kPersons, "family", "FAMILY"), "10");
  EXPECT_EQ(Cell(response, kPersons, "jobs", "EMPLOYMENT"), "-");
  EXPECT_EQ(Cell(response, kPersons, "jobs", "FAMILY"), "0");
  EXPECT_EQ(Cell(response, kPersons, "jobs", "total"), "-");
  EXPECT_EQ(Cell(response, kPersons, "total", "total"), "10");
}

TEST_F(StatisticsTest, AreTheSameUntilTheMonthIsOver) {
  PushFamilies(12);
  const std::string first = Ask().SerializeAsString();
  PushFamilies(30);
  EXPECT_EQ(Ask().SerializeAsString(), first);
  in_.Restart();
  EXPECT_EQ(Ask().SerializeAsString(), first);
  in_.SetDay("2026-11-30");
  SAMKOER_EXPECT_OK(in_.Sweep());
  EXPECT_EQ(Ask().SerializeAsString(), first);
  in_.SetDay("2026-12-01");
  SAMKOER_EXPECT_OK(in_.Sweep());
  const GetStatisticsResponse december = Ask();
  EXPECT_EQ(december.day(), "2026-12-01");
  EXPECT_EQ(Cell(december, kPersons, "family", "FAMILY"), "30");
}

TEST_F(StatisticsTest, EveryReadStandsInTheLog) {
  Ask();
  Ask();
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_STATISTICS_READ), 2u);
  EXPECT_THAT(in_.Leaves().back().detail(), HasSubstr("2026-11-22"));
}

}  // namespace
}  // namespace samkoer::matcher
