#include "matcher/sweep.h"

#include "storage/key_layout.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;

class SweepTest : public testing::Test {
 protected:
  SweepTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  void Push(std::uint32_t birth_month) {
    in_.MustSnapshot("family", {MakeRecord("a", "F-1", "Rådgivning",
                                           DOMAIN_FAMILY, birth_month)});
    in_.MustSnapshot("jobs", {MakeRecord("a", "J-1", "Team Unge",
                                         DOMAIN_EMPLOYMENT, birth_month)});
  }
  void Sweep(const char* day) {
    in_.SetDay(day);
    SAMKOER_EXPECT_OK(in_.Sweep());
  }
  void Close(const std::string& alert_id) {
    samkoer::v1::SetAlertStateRequest request;
    request.set_alert_id(alert_id);
    request.set_state(samkoer::v1::ALERT_STATE_CLOSED);
    SAMKOER_ASSERT_OK(in_.matcher()
                          .SetAlertState(Installation::Coordinator(), request)
                          .status());
  }
  // Of the newest sweep's leaf.
  std::map<std::string, std::uint64_t> SweepCounts() {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& leaf : in_.Leaves()) {
      if (leaf.action() != samkoer::v1::AUDIT_ACTION_SWEEP) continue;
      counts.clear();
      for (const auto& c : leaf.counts()) counts[c.name()] = c.value();
    }
    return counts;
  }
  std::size_t Count(storage::Table table) {
    std::size_t count = 0;
    SAMKOER_EXPECT_OK(in_.store().Scan(
        storage::TablePrefix(table), "",
        [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }

  Installation in_{ExamplePolicy()};
};

TEST_F(SweepTest, ABirthdayMakesAnAlert) {
  Push(201112);
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  Sweep("2026-11-30");
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  Sweep("2026-12-01");
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
}

TEST_F(SweepTest, ABirthdayWithdrawsAnAlert) {
  Push(199611);
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  Sweep("2026-12-01");
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  EXPECT_EQ(in_.AllAlerts().size(), 1u);
}

TEST_F(SweepTest, ARuleBeginsAndEndsOnItsDays) {
  in_.policy().set_version(4);
  in_.policy().mutable_rules(0)->set_effective_from("2026-11-24");
  in_.policy().mutable_rules(0)->set_effective_until("2026-11-26");
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  Push(200601);
  for (const auto& [day, active] :
       std::vector<std::pair<const char*, std::size_t>>{{"2026-11-23", 0},
                                                        {"2026-11-24", 1},
                                                        {"2026-11-25", 1},
                                                        {"2026-11-26", 0}}) {
    Sweep(day);
    EXPECT_EQ(in_.ActiveAlerts().size(), active) << day;
  }
}

TEST_F(SweepTest, ADayThatCanChangeNothingEvaluatesNobody) {
  Push(200601);
  const auto before = in_.matcher().Stats().persons_evaluated;
  Sweep("2026-11-23");
  EXPECT_EQ(in_.matcher().Stats().persons_evaluated, before);
  Sweep("2026-12-01");
  EXPECT_GT(in_.matcher().Stats().persons_evaluated, before);
}

TEST_F(SweepTest, TheDayDoesNotGoBackWhileItRuns) {
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.matcher().Sweep("2026-11-21")));
  EXPECT_TRUE(absl::IsInvalidArgument(in_.matcher().Sweep("tomorrow")));
}

TEST_F(SweepTest, AMissedDayIsSweptAtTheStart) {
  Push(201112);
  in_.SetDay("2027-01-15");
  in_.Restart();
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
}

TEST_F(SweepTest, ClosedCasesGoAfterTheirWholeMonths) {
  auto closed = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  closed.set_closed_month(202610);
  auto unknown = closed;
  unknown.set_case_ref("F-2");
  unknown.clear_closed_month();  // taken in in November
  in_.MustSnapshot("family", {closed, unknown});
  Sweep("2027-04-30");  // six whole months after October
  EXPECT_EQ(in_.matcher().Stats().records_held, 2u);
  Sweep("2027-05-01");
  EXPECT_EQ(in_.matcher().Stats().records_held, 1u);
  Sweep("2027-06-01");
  EXPECT_EQ(in_.matcher().Stats().records_held, 0u);
  EXPECT_EQ(in_.matcher().Stats().persons_held, 0u);
}

TEST_F(SweepTest, EndedAlertsGoWithWhatTheFeedShowedOfThem) {
  Push(200601);
  in_.MustDelta("jobs", {}, {"J-1"});
  ASSERT_EQ(in_.Feed().size(), 2u);
  const std::string id = in_.AllAlerts()[0].alert_id();
  Sweep("2027-11-30");
  EXPECT_EQ(in_.AllAlerts().size(), 1u);
  Sweep("2027-12-01");
  EXPECT_TRUE(in_.AllAlerts().empty());
  const auto feed = in_.Feed();
  ASSERT_EQ(feed.size(), 3u);
  for (const auto& entry : feed) {
    EXPECT_FALSE(entry.has_alert());
    EXPECT_TRUE(entry.has_time());
  }
  EXPECT_FALSE(feed[1].has_tombstone());
  EXPECT_EQ(feed[2].tombstone().alert_id(), id);
  EXPECT_EQ(feed[2].tombstone().cause(),
            samkoer::v1::TOMBSTONE_CAUSE_RETENTION);
  // The person is still known to one department.
  EXPECT_EQ(in_.matcher().Stats().persons_held, 1u);
  in_.Restart();
  EXPECT_EQ(in_.Feed().size(), 3u);
  // A new match is a new alert, under a number not used before.
  in_.MustDelta(
      "jobs", {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT, 200601)});
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.Feed().back().sequence(), 4u);
}

TEST_F(SweepTest, AClosedAlertIsKeptWhileItsRuleHolds) {
  Push(200601);
  const std::string id = in_.ActiveAlerts()[0].alert_id();
  Close(id);
  // Years later nothing has changed: nobody is asked the same again.
  for (const char* day : {"2027-12-01", "2028-12-01", "2029-12-01"}) {
    Sweep(day);
    in_.Restart();
    EXPECT_TRUE(in_.ActiveAlerts().empty()) << day;
    ASSERT_EQ(in_.AllAlerts().size(), 1u) << day;
    EXPECT_EQ(in_.AllAlerts()[0].alert_id(), id);
    EXPECT_EQ(in_.AllAlerts()[0].state(), samkoer::v1::ALERT_STATE_CLOSED);
  }
  // The rule ceases: from here on it is counted.
  in_.MustDelta("jobs", {}, {"J-1"});
  EXPECT_EQ(in_.AllAlerts()[0].state(), samkoer::v1::ALERT_STATE_CLOSED);
  EXPECT_EQ(in_.AllAlerts()[0].participants_size(), 0);
  Sweep("2030-12-31");
  EXPECT_EQ(in_.AllAlerts().size(), 1u);
  Sweep("2031-01-01");
  EXPECT_TRUE(in_.AllAlerts().empty());
  EXPECT_FALSE(in_.Feed().back().has_alert());
}

TEST_F(SweepTest, TheDayThatEndsARuleStartsAClosedAlertsPeriod) {
  Push(199806);  // 30 in June 2028
  Close(in_.ActiveAlerts()[0].alert_id());
  Sweep("2028-07-01");
  ASSERT_EQ(in_.AllAlerts().size(), 1u);
  EXPECT_EQ(in_.AllAlerts()[0].participants_size(), 0);
  Sweep("2029-07-31");
  EXPECT_EQ(in_.AllAlerts().size(), 1u);
  Sweep("2029-08-01");
  EXPECT_TRUE(in_.AllAlerts().empty());
}

TEST_F(SweepTest, APersonOfWhomNothingIsHeldLeavesNothing) {
  Push(200601);
  in_.MustSnapshot("family", {});
  in_.MustSnapshot("jobs", {});
  EXPECT_EQ(in_.matcher().Stats().persons_held, 1u);  // the withdrawn alert
  Sweep("2027-12-01");
  EXPECT_EQ(in_.matcher().Stats().persons_held, 0u);
  EXPECT_EQ(Count(storage::Table::kPersonBlock), 0u);
  EXPECT_EQ(Count(storage::Table::kSegment), 0u);
  EXPECT_EQ(Count(storage::Table::kAlert), 0u);
  EXPECT_FALSE(in_.LookUp(PseudonymOf("a")).known());
}

TEST_F(SweepTest, ASweepIsALeafWithItsCounts) {
  Push(201112);
  Sweep("2026-12-01");
  // Behind it stand the alarms of departments that have been silent since.
  samkoer::v1::AuditLeaf leaf;
  for (const auto& each : in_.Leaves()) {
    if (each.action() == samkoer::v1::AUDIT_ACTION_SWEEP) leaf = each;
  }
  EXPECT_EQ(leaf.detail(), "2026-12-01");
  std::map<std::string, std::uint64_t> counts;
  for (const auto& count : leaf.counts()) counts[count.name()] = count.value();
  EXPECT_EQ(counts["evaluated"], 1u);
  EXPECT_EQ(counts["alerts_opened"], 1u);
  EXPECT_EQ(counts["kept.records"], 2u);
  EXPECT_EQ(counts["kept.alerts"], 1u);
  EXPECT_EQ(counts.at("overdue.records"), 0u);
  EXPECT_EQ(counts.at("overdue.alerts"), 0u);
  EXPECT_EQ(counts.at("next-due"), 0u);
  EXPECT_EQ(leaf.digest(), crypto::AsText(in_.CompilePolicy()->digest()));
}

TEST_F(SweepTest, DomainsAndStatesMayHavePeriodsOfTheirOwn) {
  auto& retention = *in_.policy().mutable_retention();
  retention.add_domains()->set_domain(DOMAIN_FAMILY);
  retention.mutable_domains(0)->set_closed_case_months(2);
  retention.add_states()->set_state(samkoer::v1::ALERT_STATE_WITHDRAWN);
  retention.mutable_states(0)->set_ended_alert_months(1);
  in_.policy().set_version(4);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  auto family = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
  family.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  family.set_closed_month(202610);
  auto jobs = MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT);
  jobs.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  jobs.set_closed_month(202610);
  in_.MustSnapshot("family", {family});
  in_.MustSnapshot("jobs", {jobs});
  Sweep("2026-12-31");
  EXPECT_EQ(in_.matcher().Stats().records_held, 2u);
  EXPECT_EQ(SweepCounts()["next-due"], 20270101u);
  Sweep("2027-01-01");
  EXPECT_EQ(SweepCounts()["deleted.records.FAMILY"], 1u);
  EXPECT_EQ(SweepCounts()["kept.records"], 1u);
  EXPECT_EQ(SweepCounts()["next-due"], 20270501u);
  // A match that ceases in January is gone in March.
  in_.MustDelta("family",
                {MakeRecord("b", "F-2", "Rådgivning", DOMAIN_FAMILY)});
  in_.MustDelta("jobs",
                {MakeRecord("b", "J-2", "Team Unge", DOMAIN_EMPLOYMENT)});
  in_.MustDelta("jobs", {}, {"J-2"});
  Sweep("2027-02-28");
  EXPECT_EQ(SweepCounts()["kept.alerts"], 1u);
  EXPECT_EQ(SweepCounts()["next-due"], 20270301u);
  Sweep("2027-03-01");
  EXPECT_EQ(SweepCounts()["deleted.alerts.WITHDRAWN"], 1u);
  EXPECT_EQ(SweepCounts()["kept.alerts"], 0u);
}

TEST_F(SweepTest, TheLeafSaysSinceWhenWhatItDeletedWasDue) {
  auto closed = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  closed.set_opened_month(202401);
  closed.set_closed_month(202402);
  in_.MustSnapshot("family", {closed});
  Sweep("2026-11-30");
  EXPECT_EQ(SweepCounts().at("deleted.records.FAMILY"), 1u);
  EXPECT_GT(SweepCounts().at("due-since"), 20240228u);
  EXPECT_LT(SweepCounts().at("due-since"), 20261101u);
  Sweep("2026-12-01");
  EXPECT_EQ(SweepCounts().at("due-since"), 0u);
}

TEST_F(SweepTest, ShorterPeriodsHoldOnTheDayTheyComeInForce) {
  auto closed = MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY);
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  closed.set_closed_month(202610);
  in_.MustSnapshot("family", {closed});
  in_.policy().set_version(4);
  in_.policy().mutable_retention()->set_closed_case_months(0);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  EXPECT_EQ(in_.matcher().Stats().records_held, 0u);
  EXPECT_EQ(SweepCounts()["deleted.records.FAMILY"], 1u);
  EXPECT_EQ(SweepCounts().at("overdue.records"), 0u);
}

}  // namespace
}  // namespace samkoer::matcher
