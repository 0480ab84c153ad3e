#include "matcher/retention.h"

#include <random>
#include <vector>

#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Retention;

constexpr auto kFamily = static_cast<std::uint8_t>(samkoer::v1::DOMAIN_FAMILY);
constexpr auto kSocial = static_cast<std::uint8_t>(samkoer::v1::DOMAIN_SOCIAL);

Retention Periods() {
  Retention retention;
  retention.set_closed_case_months(6);
  retention.set_ended_alert_months(12);
  retention.add_domains()->set_domain(samkoer::v1::DOMAIN_FAMILY);
  retention.mutable_domains(0)->set_closed_case_months(0);
  retention.add_states()->set_state(samkoer::v1::ALERT_STATE_DECLINED);
  retention.mutable_states(0)->set_ended_alert_months(1);
  return retention;
}

AlertInfo EndedAlert(samkoer::v1::AlertState state, const char* changed) {
  AlertInfo alert;
  alert.state = static_cast<std::uint8_t>(state);
  absl::Time time;
  std::string error;
  EXPECT_TRUE(absl::ParseTime("%Y-%m-%d", changed, &time, &error)) << error;
  alert.updated_micros = absl::ToUnixMicros(time);
  return alert;
}

TEST(FirstDayOfDeletionTest, LiesBehindSoManyWholeMonths) {
  EXPECT_EQ(FirstDayOfDeletion(M(202609), 6), D("2027-04-01"));
  EXPECT_EQ(FirstDayOfDeletion(M(202612), 0), D("2027-01-01"));
  EXPECT_EQ(FirstDayOfDeletion(M(202611), 120), D("2036-12-01"));
  EXPECT_EQ(FirstDayOfDeletion(Month(), 6), std::nullopt);
  EXPECT_EQ(FirstDayOfDeletion(M(299911), 6), std::nullopt);
}

TEST(RetentionPeriodsTest, ADomainOfItsOwnStandsInPlaceOfTheGeneralOne) {
  const RetentionPeriods periods(Periods());
  RecordAttributes record;
  record.closed = M(202611);
  record.domain = kSocial;
  EXPECT_EQ(periods.RecordDueOn(record), D("2027-06-01"));
  record.domain = kFamily;
  EXPECT_EQ(periods.RecordDueOn(record), D("2026-12-01"));
  record.open = true;
  EXPECT_EQ(periods.RecordDueOn(record), std::nullopt);
}

TEST(RetentionPeriodsTest, AStateOfItsOwnStandsInPlaceOfTheGeneralOne) {
  const RetentionPeriods periods(Periods());
  using samkoer::v1::ALERT_STATE_CLOSED;
  using samkoer::v1::ALERT_STATE_DECLINED;
  EXPECT_EQ(periods.AlertDueOn(EndedAlert(ALERT_STATE_CLOSED, "2026-11-30")),
            D("2027-12-01"));
  EXPECT_EQ(periods.AlertDueOn(EndedAlert(ALERT_STATE_DECLINED, "2026-11-30")),
            D("2027-01-01"));
}

TEST(RetentionPeriodsTest, TheMonthsAreToldBeforeThereIsADay) {
  const RetentionPeriods periods(Periods());
  EXPECT_EQ(periods.ClosedCaseMonths(samkoer::v1::DOMAIN_FAMILY), 0u);
  EXPECT_EQ(periods.ClosedCaseMonths(samkoer::v1::DOMAIN_EMPLOYMENT), 6u);
  EXPECT_EQ(periods.LongestEndedAlertMonths(), 12u);
}

TEST(RetentionPeriodsTest, AnAlertWhoseRuleHoldsOrThatIsNotEndedHasNoDay) {
  const RetentionPeriods periods(Periods());
  AlertInfo alert = EndedAlert(samkoer::v1::ALERT_STATE_CLOSED, "2026-11-30");
  alert.match_digest.fill(1);
  EXPECT_EQ(periods.AlertDueOn(alert), std::nullopt);
  EXPECT_EQ(periods.AlertDueOn(
                EndedAlert(samkoer::v1::ALERT_STATE_PLAN_ACTIVE, "2026-11-30")),
            std::nullopt);
}

// Records that come, change and go: the index's counts against a plain list.
TEST(DueUnderTest, CountsWhatANaiveListOfRecordsSays) {
  std::mt19937_64 rng(storage::TestSeed());
  const auto random = [&](std::uint32_t below) {
    return std::uniform_int_distribution<std::uint32_t>(0, below - 1)(rng);
  };
  const RetentionPeriods periods(Periods());
  Index index;
  crypto::Hash16 person_key{};
  person_key.fill(9);
  const PersonNo person = index.AddPerson(person_key, crypto::SealKey());
  std::vector<std::pair<RecordNo, RecordAttributes>> list;
  const auto attributes = [&] {
    RecordAttributes record;
    record.domain = static_cast<std::uint8_t>(1 + random(kDomainCount - 1));
    record.open = random(3) == 0;
    record.closed =
        record.open ? Month() : Month::FromCount(2026 * 12 + int(random(20)));
    return record;
  };
  for (std::uint32_t step = 0; step < 500; ++step) {
    if (list.empty() || random(3) != 0) {
      crypto::Hash16 case_id{}, fingerprint{};
      std::memcpy(case_id.data(), &step, sizeof(step));
      fingerprint = case_id;
      const RecordAttributes record = attributes();
      list.emplace_back(index.AddRecord(case_id, fingerprint, person, record),
                        record);
    } else if (auto& one =
                   list[random(static_cast<std::uint32_t>(list.size()))];
               random(2) == 0) {
      one.second = attributes();
      index.ChangeRecord(one.first, index.record(one.first).fingerprint,
                         one.second);
    } else {
      index.RemoveRecord(one.first);
      one = list.back();
      list.pop_back();
    }
    std::map<std::pair<Day, std::uint8_t>, std::uint64_t> expected;
    for (const auto& [number, record] : list) {
      if (const auto day = periods.RecordDueOn(record)) {
        ++expected[{*day, record.domain}];
      }
    }
    const RetentionDue due = DueUnder(periods, index);
    ASSERT_EQ(due.records, expected) << step;
    if (expected.empty()) {
      ASSERT_EQ(due.Next(), std::nullopt);
      continue;
    }
    const Day first = expected.begin()->first.first;
    ASSERT_EQ(due.Next(), first);
    ASSERT_EQ(due.RecordsBy(first.AddDays(-1)), 0u);
    ASSERT_GT(due.RecordsBy(first), 0u);
  }
}

}  // namespace
}  // namespace samkoer::matcher
