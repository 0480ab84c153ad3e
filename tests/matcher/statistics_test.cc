#include "matcher/statistics.h"

#include <gmock/gmock.h>

#include <map>

#include "matcher/alert_store.h"
#include "storage/key_layout.h"
#include "tests/matcher/intake_fixture.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using samkoer::v1::DOMAIN_SOCIAL;
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
  ASSERT_EQ(counted.tables.size(), 7u);
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
  EXPECT_EQ(counted.tables[4].name, "alerts-by-guide");
  EXPECT_EQ(Counts(counted.tables[4]),
            (std::map<std::string, std::uint64_t>{{"backlog/alerts", 1}}));
  EXPECT_EQ(counted.tables[5].name, "alerts-new");
  EXPECT_TRUE(Counts(counted.tables[5]).empty());
  EXPECT_EQ(counted.tables[6].name, "alerts-by-wait-for-guide");
  EXPECT_TRUE(Counts(counted.tables[6]).empty());
}

TEST_F(CountTest, WhoHasAGuideStandsAtHowLongTheyWaited) {
  AddPersons(1, 6);
  std::vector<AlertChange> changes;
  const auto give = [&](int number, int days) {
    const PersonNo person = PersonOf("p" + std::to_string(number));
    samkoer::v1::Alert alert;
    SAMKOER_ASSERT_OK(AlertLoader(state_, tx_).Load(person, alert));
    auto& guide = *alert.mutable_coordination()->mutable_guide();
    guide.set_state(samkoer::v1::GUIDE_STATE_ACCEPTED);
    *guide.mutable_since() = alert.created();
    guide.mutable_since()->set_seconds(alert.created().seconds() +
                                       days * 86'400);
    changes.push_back(MakeAlertChange(state_, person,
                                      *state_.index.FindAlert(person), alert));
  };
  const std::vector<int> days = {0, 29, 30, 89, 90};
  for (std::size_t i = 0; i < days.size(); ++i) {
    give(static_cast<int>(i) + 1, days[i]);
  }
  StageAlertChanges(state_, tx_, changes);
  Counted counted = CountPersons(state_);
  ASSERT_EQ(counted.guided.size(), days.size());
  SAMKOER_ASSERT_OK(CountWaits(state_, tx_, counted));
  EXPECT_EQ(Counts(counted.tables[6]), (std::map<std::string, std::uint64_t>{
                                           {"under-30-days/alerts", 2},
                                           {"30-89-days/alerts", 2},
                                           {"90-days-and-over/alerts", 1}}));
  EXPECT_EQ(counted.tables[4].cells[0].count, days.size());
}

TEST_F(CountTest, TheAlertsOfTheMonthBeforeAreTheNewOnes) {
  AddPersons(1, 6);  // alerts 1 to 6
  const Counted counted = CountPersons(state_, {2, 5});
  EXPECT_EQ(
      Counts(counted.tables[5]),
      (std::map<std::string, std::uint64_t>{{"previous-month/alerts", 3}}));
}

TEST_F(CountTest, WhatThePolicyRulesOutIsNobodyAndShown) {
  const Counted counted = CountPersons(state_);
  for (const CountCell& cell : counted.tables[0].cells) {
    if (cell.row != "family") continue;
    EXPECT_EQ(cell.possible, cell.column == "FAMILY") << cell.column;
  }
}

void ExpectRelationsHold(const Counted& counted) {
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
  ExpectRelationsHold(counted);
}

// One department for all: its domains are what it knows a person by.
TEST_F(CountTest, WhereOneDepartmentIsAllThereIsItsDomainsAreCounted) {
  samkoer::v1::Policy policy = ExamplePolicy();
  policy.set_version(policy.version() + 1);
  policy.mutable_departments()->DeleteSubrange(1,
                                               policy.departments_size() - 1);
  policy.mutable_legal_bases()->RemoveLast();  // speaks of another department
  auto& only = *policy.mutable_departments(0);
  ASSERT_EQ(only.id(), "family");
  only.add_domains(DOMAIN_EMPLOYMENT);
  only.add_domains(DOMAIN_SOCIAL);
  for (auto& rule : *policy.mutable_rules()) {
    rule.set_count(samkoer::v1::COUNT_BASIS_DOMAINS);
  }
  SAMKOER_ASSERT_OK(ChangePolicy(
      state_, tx_, std::make_shared<const CompiledPolicy>(Compiled(policy))));
  RecordChanges changes(state_, tx_);
  const auto add = [&](const char* person, const char* ref,
                       samkoer::v1::Domain domain) {
    Upsert(changes, "family", person,
           MakeRecord(person, ref, "Rådgivning", domain));
  };
  add("a", "F-1", DOMAIN_FAMILY);
  add("a", "F-2", DOMAIN_FAMILY);
  add("b", "F-3", DOMAIN_FAMILY);
  add("b", "F-4", DOMAIN_EMPLOYMENT);
  add("c", "F-5", DOMAIN_FAMILY);
  add("c", "F-6", DOMAIN_EMPLOYMENT);
  add("c", "F-7", DOMAIN_SOCIAL);
  Finish(changes);
  const Counted counted = CountPersons(state_);
  EXPECT_EQ(counted.tables[3].name, "persons-by-domains-together");
  EXPECT_EQ(Counts(counted.tables[3]),
            (std::map<std::string, std::uint64_t>{
                {"1/persons", 1}, {"2/persons", 1}, {"3/persons", 1}}));
  EXPECT_FALSE(counted.tables[3].cells[3].possible) << "three are allowed";
  ExpectRelationsHold(counted);
}

class StatisticsTest : public MatcherIntakeTest {
 protected:
  void PushFamilies(int count) {
    in_.MustSnapshot("family", ManyFamily(count));
  }
  GetStatisticsResponse Ask() { return ValueOf(TryAsk(0)); }
  absl::StatusOr<GetStatisticsResponse> TryAsk(std::uint32_t month) {
    samkoer::v1::GetStatisticsRequest request;
    request.set_month(month);
    return in_.matcher().Statistics(Installation::Officer(), request);
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
  EXPECT_EQ(response.tables_size(), 6);
  EXPECT_EQ(Cell(response, kPersons, "family", "FAMILY"), "10");
  EXPECT_EQ(Cell(response, kPersons, "jobs", "EMPLOYMENT"), "-");
  EXPECT_EQ(Cell(response, kPersons, "jobs", "FAMILY"), "0");
  EXPECT_EQ(Cell(response, kPersons, "jobs", "total"), "-");
  EXPECT_EQ(Cell(response, kPersons, "total", "total"), "10");
}

TEST_F(StatisticsTest, OfNewAlertsTheFirstMonthSaysNothingAndTheNextTheirs) {
  PushFamilies(12);
  std::vector<samkoer::v1::CaseRecord> jobs;
  for (int i = 0; i < 12; ++i) {
    jobs.push_back(Jobs("p" + std::to_string(i), "J-" + std::to_string(i)));
  }
  in_.MustSnapshot("jobs", jobs);
  const auto first = Ask();
  EXPECT_EQ(Cell(first, "alerts-new", "previous-month", "alerts"), "none");
  EXPECT_EQ(Cell(first, "alerts-by-state", "IDENTIFIED", "alerts"), "10");
  in_.SetDay("2026-12-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Cell(Ask(), "alerts-new", "previous-month", "alerts"), "10");
  // A month in which none came is known, and is small.
  in_.SetDay("2027-01-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(Cell(Ask(), "alerts-new", "previous-month", "alerts"), "-");
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

TEST_F(StatisticsTest, OfEarlierMonthsTheSameTablesAreKept) {
  PushFamilies(12);
  const auto november = Ask();
  PushFamilies(30);
  in_.SetDay("2026-12-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  // Nobody asks in December: they are as its last day leaves everything.
  PushFamilies(36);
  in_.SetDay("2026-12-31");
  SAMKOER_ASSERT_OK(in_.Sweep());
  in_.SetDay("2027-01-02");
  SAMKOER_ASSERT_OK(in_.Sweep());
  PushFamilies(60);
  const auto kept = ValueOf(TryAsk(202611));
  EXPECT_EQ(kept.day(), november.day());
  EXPECT_EQ(Cell(kept, kPersons, "family", "FAMILY"), "10");
  EXPECT_EQ(kept.months_size(), 0);
  in_.Restart();
  const auto december = ValueOf(TryAsk(202612));
  EXPECT_EQ(december.day(), "2026-12-31");
  EXPECT_EQ(Cell(december, kPersons, "family", "FAMILY"), "35");
  EXPECT_THAT(Ask().months(), testing::ElementsAre(202611, 202612, 202701));
  EXPECT_TRUE(absl::IsNotFound(TryAsk(202610).status()));
  EXPECT_TRUE(absl::IsNotFound(TryAsk(202702).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(TryAsk(202613).status()));
}

TEST_F(StatisticsTest, WhatAProgramBeforeHasCountedOfTheMonthStands) {
  PushFamilies(12);
  GetStatisticsResponse counted = Ask();
  counted.clear_months();
  in_.Close();
  storage::WriteBatch batch;
  SAMKOER_ASSERT_OK(
      in_.store().Scan(storage::TablePrefix(storage::Table::kMonth), "",
                       [&](std::string_view key, std::string_view) {
                         batch.Delete(std::string(key));
                         return true;
                       }));
  const std::string key = storage::MetaKey(kStatisticsWord);
  batch.Put(key, in_.sealer().Seal(key, "\x01" + counted.SerializeAsString()));
  SAMKOER_ASSERT_OK(in_.store().Write(batch));
  SAMKOER_ASSERT_OK(in_.Open());
  PushFamilies(30);
  in_.SetDay("2026-12-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  EXPECT_EQ(ValueOf(TryAsk(202611)).SerializeAsString(),
            counted.SerializeAsString());
  EXPECT_TRUE(absl::IsNotFound(in_.store().Get(key).status()));
}

TEST_F(StatisticsTest, EveryReadStandsInTheLog) {
  Ask();
  Ask();
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_STATISTICS_READ), 2u);
  EXPECT_THAT(in_.Leaves().back().detail(), HasSubstr("2026-11-22"));
}

}  // namespace
}  // namespace samkoer::matcher
