#include "matcher/policy_change.h"

#include <gmock/gmock.h>

#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using samkoer::v1::DOMAIN_SOCIAL;
using storage::Message;
using testing::HasSubstr;

class PolicyChangeTest : public testing::Test {
 protected:
  PolicyChangeTest() {
    SAMKOER_EXPECT_OK(in_.Open());
    in_.MustSnapshot("family",
                     {MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY),
                      MakeRecord("b", "F-2", "Rådgivning", DOMAIN_FAMILY)});
    in_.MustSnapshot("jobs",
                     {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT),
                      MakeRecord("b", "J-2", "Team Unge", DOMAIN_EMPLOYMENT)});
    in_.MustSnapshot("social",
                     {MakeRecord("b", "S-2", "Voksne", DOMAIN_SOCIAL)});
  }
  // Raises the version after a change of in_.policy().
  absl::Status Apply() {
    in_.policy().set_version(in_.policy().version() + 1);
    return in_.ApplyPolicy();
  }

  // Of the newest POLICY_APPLIED leaf.
  std::map<std::string, std::uint64_t> AppliedCounts() {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& leaf : in_.Leaves()) {
      if (leaf.action() != samkoer::v1::AUDIT_ACTION_POLICY_APPLIED) continue;
      counts.clear();
      for (const auto& count : leaf.counts()) {
        counts[count.name()] = count.value();
      }
    }
    return counts;
  }

  Installation in_{ExamplePolicy()};
};

TEST_F(PolicyChangeTest, EverybodyIsEvaluatedAgain) {
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  in_.policy().mutable_rules(0)->set_at_least(3);
  SAMKOER_ASSERT_OK(Apply());
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]), "family F-2, jobs J-2, social S-2");
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_POLICY_APPLIED), 2u);
  in_.policy().mutable_rules(0)->set_at_least(2);
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  EXPECT_EQ(in_.AllAlerts().size(), 2u);
}

TEST_F(PolicyChangeTest, ANewVersionAloneChangesNoAlert) {
  const std::uint64_t feed = in_.matcher().FeedSequence();
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_EQ(in_.matcher().FeedSequence(), feed);
  EXPECT_EQ(in_.ActiveAlerts()[0].rule_version(), 3u);
  EXPECT_EQ(in_.matcher().Stats().policy_version, 4u);
}

TEST_F(PolicyChangeTest, ANameThatAlertsShowChangesThem) {
  in_.policy().mutable_departments(0)->set_name("Børn og Familie");
  SAMKOER_ASSERT_OK(Apply());
  for (const auto& alert : in_.ActiveAlerts()) {
    EXPECT_EQ(alert.participants(0).department_name(), "Børn og Familie");
  }
}

TEST_F(PolicyChangeTest, ADepartmentThatLeavesLosesWhatItPushed) {
  const auto jobs = in_.policy().departments(1);
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  SAMKOER_ASSERT_OK(Apply());
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]), "family F-2, social S-2");
  EXPECT_EQ(in_.matcher().Stats().records_held, 3u);
  EXPECT_EQ(AppliedCounts()["records_withdrawn"], 2u);
  EXPECT_EQ(AppliedCounts()["persons_deleted"], 0u);
  EXPECT_TRUE(absl::IsPermissionDenied(
      in_.matcher().IntakeInfo(Installation::Department("jobs")).status()));
  in_.Restart();
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.matcher().Stats().records_held, 3u);
  // It comes back with empty hands, and pushes anew.
  *in_.policy().add_departments() = jobs;
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(AppliedCounts()["records_withdrawn"], 0u);
  in_.MustSnapshot("jobs",
                   {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT),
                    MakeRecord("b", "J-2", "Team Unge", DOMAIN_EMPLOYMENT)});
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
}

TEST_F(PolicyChangeTest, ACommitRepeatedAfterItsRecordsWentIsNotCalledHeld) {
  const std::vector<samkoer::v1::CaseRecord> records = {
      MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT),
      MakeRecord("b", "J-2", "Team Unge", DOMAIN_EMPLOYMENT)};
  const PushPlan plan =
      in_.Plan("jobs", samkoer::v1::PUSH_KIND_SNAPSHOT, records);
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  const auto jobs = in_.policy().departments(1);
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  SAMKOER_ASSERT_OK(Apply());
  *in_.policy().add_departments() = jobs;
  SAMKOER_ASSERT_OK(Apply());
  in_.Restart();
  // The agent never got its receipt. It must not be told that all is held.
  const absl::Status over = in_.Push(plan).status;
  EXPECT_TRUE(absl::IsAborted(over)) << over;
  EXPECT_THAT(Message(over), HasSubstr("begin a new push"));
  EXPECT_EQ(in_.matcher().Stats().records_held, 3u);
  in_.MustSnapshot("jobs", records);
  EXPECT_EQ(in_.matcher().Stats().records_held, 5u);
}

TEST_F(PolicyChangeTest, ADepartmentThatLostNothingKeepsItsReceipt) {
  const PushPlan plan =
      in_.Plan("social", samkoer::v1::PUSH_KIND_SNAPSHOT,
               {MakeRecord("b", "S-2", "Voksne", DOMAIN_SOCIAL)});
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_TRUE(in_.Push(plan).begun.committed());
}

TEST_F(PolicyChangeTest, AUnitOrADomainThatIsGoneTakesItsRecordsAlong) {
  in_.MustSnapshot("social", {MakeRecord("b", "S-2", "Voksne", DOMAIN_SOCIAL),
                              MakeRecord("c", "S-3", "Bolig", DOMAIN_SOCIAL),
                              MakeRecord("d", "S-4", "Voksne",
                                         samkoer::v1::DOMAIN_HOUSING_ECONOMY)});
  in_.policy().mutable_departments(2)->mutable_units()->RemoveLast();  // Bolig
  in_.policy().mutable_departments(2)->mutable_domains()->Truncate(1);
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_EQ(AppliedCounts()["records_withdrawn"], 2u);
  EXPECT_EQ(AppliedCounts()["persons_deleted"], 2u);
  EXPECT_EQ(in_.matcher().Stats().records_held, 5u);
  EXPECT_FALSE(in_.LookUp(PseudonymOf("c")).known());
  EXPECT_FALSE(in_.LookUp(PseudonymOf("d")).known());
  EXPECT_TRUE(in_.LookUp(PseudonymOf("b")).known());
}

TEST_F(PolicyChangeTest, WhatLostItsLegalBasisGoesAndAlertsSayWhatIsLeft) {
  auto& main = *in_.policy().mutable_legal_bases(0);
  main.mutable_domains()->Clear();
  main.add_domains(DOMAIN_FAMILY);
  main.add_domains(DOMAIN_SOCIAL);
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_EQ(AppliedCounts()["records_withdrawn"], 2u);
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]), "family F-2, social S-2");
}

TEST_F(PolicyChangeTest, ALegalBasisForFewerAgesLeavesTheOthersRecords) {
  in_.MustSnapshot("social",
                   {MakeRecord("b", "S-2", "Voksne", DOMAIN_SOCIAL, 200611),
                    MakeRecord("c", "S-3", "Voksne", DOMAIN_SOCIAL, 200612)});
  in_.policy().mutable_legal_bases(0)->set_age_from(20);
  SAMKOER_ASSERT_OK(Apply());
  // 20 this month, and 20 next month.
  EXPECT_TRUE(in_.LookUp(PseudonymOf("b")).known());
  EXPECT_FALSE(in_.LookUp(PseudonymOf("c")).known());
}

TEST_F(PolicyChangeTest, APolicyChangedBetweenTwoRunsWithdrawsAtTheStart) {
  in_.Close();
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  in_.policy().set_version(4);
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.matcher().Stats().records_held, 3u);
  EXPECT_EQ(AppliedCounts()["records_withdrawn"], 2u);
}

TEST_F(PolicyChangeTest, PolicyAndWithdrawalAreOneWrite) {
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(Apply()));
  in_.policy() = ExamplePolicy();
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.matcher().Stats().records_held, 5u);
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
}

TEST_F(PolicyChangeTest, UnfinishedPushesStartAgain) {
  PushPlan plan = in_.Plan("social", samkoer::v1::PUSH_KIND_SNAPSHOT,
                           {MakeRecord("a", "S-1", "Voksne", DOMAIN_SOCIAL),
                            MakeRecord("c", "S-3", "Voksne", DOMAIN_SOCIAL)},
                           1);
  auto session = storage::ValueOf(in_.matcher().BeginPush(
      Installation::Department("social"), in_.Begin(plan)));
  absl::Status answer;
  session->SubmitBatch(plan.batches[0], [&](auto r) { answer = r.status(); });
  SAMKOER_ASSERT_OK(Apply());
  SAMKOER_EXPECT_OK(answer);
  session->SubmitBatch(plan.batches[1], [&](auto r) { answer = r.status(); });
  in_.Feed();  // waits behind the batch
  in_.ActiveAlerts();
  EXPECT_TRUE(absl::IsUnavailable(answer)) << answer;
  plan.allow_shrink = true;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_EXPECT_OK(out.status);
  EXPECT_EQ(out.begun.next_batch(), 0u);
  EXPECT_EQ(out.commit.added(), 2u);
}

TEST_F(PolicyChangeTest, APolicyThatIsNoSuccessorIsRefused) {
  in_.policy().mutable_rules(0)->set_at_least(3);
  const auto same_version = in_.ApplyPolicy();
  EXPECT_TRUE(absl::IsFailedPrecondition(same_version));
  EXPECT_THAT(Message(same_version), HasSubstr("raise the version"));
  in_.policy().set_version(2);
  EXPECT_THAT(Message(in_.ApplyPolicy()), HasSubstr("version 3 is in force"));
  in_.policy().set_version(9);
  in_.policy().set_purpose("kontrol");
  EXPECT_THAT(Message(in_.ApplyPolicy()), HasSubstr("purpose"));
  in_.policy().set_purpose("ungeindsats");
  in_.policy().set_municipality("horsens");
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.ApplyPolicy()));
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  EXPECT_FALSE(in_.fatal());
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.Open()));
}

TEST_F(PolicyChangeTest, ThePolicyInForceIsInForceAfterARestart) {
  in_.policy().mutable_rules(0)->set_at_least(3);
  SAMKOER_ASSERT_OK(Apply());
  const std::uint64_t feed = in_.matcher().FeedSequence();
  in_.Restart();
  EXPECT_EQ(in_.matcher().FeedSequence(), feed);
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
}

TEST_F(PolicyChangeTest, ANewerPolicyIsAppliedAtTheStart) {
  in_.policy().mutable_rules(0)->set_at_least(3);
  in_.policy().set_version(4);
  in_.Restart();
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.matcher().Stats().policy_version, 4u);
}

TEST_F(PolicyChangeTest, WithoutALegalBasisNothingCounts) {
  in_.policy().clear_legal_bases();
  SAMKOER_ASSERT_OK(Apply());
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  EXPECT_EQ(in_.matcher().Stats().records_held, 0u);
  // Who has no alert is gone altogether; the withdrawn alerts are kept.
  EXPECT_EQ(in_.matcher().Stats().persons_held, 2u);
}

}  // namespace
}  // namespace samkoer::matcher
