// How a matcher starts, keeps time and stops.
#include "matcher/core.h"

#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;

class CoreTest : public testing::Test {
 protected:
  void Push(std::uint32_t birth_month) {
    in_.MustSnapshot("family", {MakeRecord("a", "F-1", "Rådgivning",
                                           DOMAIN_FAMILY, birth_month)});
    in_.MustSnapshot("jobs", {MakeRecord("a", "J-1", "Team Unge",
                                         DOMAIN_EMPLOYMENT, birth_month)});
  }
  std::vector<samkoer::v1::AuditAction> ActionsSince(std::size_t leaves) {
    std::vector<samkoer::v1::AuditAction> actions;
    const auto all = in_.Leaves();
    for (std::size_t i = leaves; i < all.size(); ++i) {
      actions.push_back(all[i].action());
    }
    return actions;
  }
  std::map<std::string, std::uint64_t> CountsOf(
      samkoer::v1::AuditAction action) {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& leaf : in_.Leaves()) {
      if (leaf.action() != action) continue;
      counts.clear();
      for (const auto& count : leaf.counts()) {
        counts[count.name()] = count.value();
      }
    }
    return counts;
  }

  Installation in_{ExamplePolicy()};
};

// 30 years old in December: too old for the rule. Held all the same.
constexpr std::uint32_t kThirtyInNovember = 199611;

TEST_F(CoreTest, ANewPolicyAndANewDayAreOneEvaluation) {
  in_.policy().mutable_rules(0)->set_at_least(3);
  in_.policy().mutable_legal_bases(0)->set_age_below(40);
  SAMKOER_ASSERT_OK(in_.Open());
  Push(kThirtyInNovember);
  ASSERT_TRUE(in_.Feed().empty());
  // Two departments are enough under the new policy: on the old day only.
  in_.Close();
  in_.policy().mutable_rules(0)->set_at_least(2);
  in_.policy().set_version(4);
  in_.SetDay("2026-12-01");
  const std::size_t leaves = in_.Leaves().size();
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_TRUE(in_.Feed().empty());
  EXPECT_TRUE(in_.AllAlerts().empty());
  EXPECT_EQ(in_.matcher().Stats().persons_evaluated, 1u);
  EXPECT_EQ(in_.matcher().Stats().records_held, 2u);
  const auto actions = ActionsSince(leaves);
  ASSERT_GE(actions.size(), 3u);
  EXPECT_EQ(actions[0], samkoer::v1::AUDIT_ACTION_POLICY_APPLIED);
  EXPECT_EQ(actions[1], samkoer::v1::AUDIT_ACTION_SWEEP);
  EXPECT_EQ(actions[2], samkoer::v1::AUDIT_ACTION_STARTED);
  EXPECT_EQ(CountsOf(samkoer::v1::AUDIT_ACTION_POLICY_APPLIED)["evaluated"],
            1u);
  EXPECT_EQ(CountsOf(samkoer::v1::AUDIT_ACTION_SWEEP)["evaluated"], 0u);
}

TEST_F(CoreTest, WhoMatchesOnlyUnderTheOldPolicyOnTheNewDayIsNotSeenEither) {
  SAMKOER_ASSERT_OK(in_.Open());
  Push(201112);  // 15 in December
  ASSERT_TRUE(in_.Feed().empty());
  in_.Close();
  in_.policy().mutable_rules(0)->set_at_least(3);
  in_.policy().set_version(4);
  in_.SetDay("2026-12-01");
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_TRUE(in_.Feed().empty());
}

TEST_F(CoreTest, BothTogetherDoWhatEachDoes) {
  SAMKOER_ASSERT_OK(in_.Open());
  auto closed = MakeRecord("b", "F-2", "Rådgivning", DOMAIN_FAMILY);
  closed.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  closed.set_closed_month(202610);
  in_.MustSnapshot(
      "family", {MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY), closed});
  in_.MustSnapshot("jobs",
                   {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT)});
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  in_.Close();
  in_.policy().mutable_departments()->DeleteSubrange(1, 1);
  in_.policy().set_version(4);
  in_.SetDay("2027-05-01");
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  EXPECT_EQ(in_.matcher().Stats().records_held, 1u);
  auto policy = CountsOf(samkoer::v1::AUDIT_ACTION_POLICY_APPLIED);
  EXPECT_EQ(policy["records_withdrawn"], 1u);
  EXPECT_EQ(policy["alerts_withdrawn"], 1u);
  EXPECT_EQ(policy["persons_deleted"], 1u);  // b had a closed case only
  EXPECT_EQ(CountsOf(samkoer::v1::AUDIT_ACTION_SWEEP)["deleted.records.FAMILY"],
            1u);
  // It is done: the next start finds nothing to do.
  const std::uint64_t feed = in_.matcher().FeedSequence();
  in_.Restart();
  EXPECT_EQ(in_.matcher().FeedSequence(), feed);
  EXPECT_EQ(in_.matcher().Stats().persons_evaluated, 0u);
}

TEST_F(CoreTest, AStartThatCannotWriteChangesNothing) {
  SAMKOER_ASSERT_OK(in_.Open());
  Push(200603);
  in_.Close();
  in_.policy().mutable_rules(0)->set_at_least(3);
  in_.policy().set_version(4);
  in_.SetDay("2026-12-01");
  in_.FailWriteAtStart(1, storage::Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(in_.Open()));
  in_.policy() = ExamplePolicy();
  in_.SetDay("2026-11-22");
  // The policy of before is still in force.
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in_.Feed().size(), 1u);
}

TEST_F(CoreTest, TheMatchersTimeNeverRunsBackwards) {
  SAMKOER_ASSERT_OK(in_.Open());
  Push(200603);
  in_.Close();
  in_.SetDay("2026-11-01");  // somebody set the clock
  SAMKOER_ASSERT_OK(in_.Open());
  in_.ActiveAlerts();
  absl::Time last = absl::InfinitePast();
  for (const auto& leaf : in_.Leaves()) {
    const absl::Time time = absl::FromUnixSeconds(leaf.time().seconds()) +
                            absl::Nanoseconds(leaf.time().nanos());
    EXPECT_GE(time, last);
    last = time;
  }
}

TEST_F(CoreTest, APolicyThatIsRefusedAtTheStartLeavesTheStoreAsItWas) {
  SAMKOER_ASSERT_OK(in_.Open());
  Push(200603);
  in_.Close();
  in_.policy().mutable_rules(0)->set_at_least(3);  // the same version
  const std::size_t leaves = in_.Leaves().size();
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.Open()));
  EXPECT_EQ(in_.Leaves().size(), leaves);
  in_.policy() = ExamplePolicy();
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
}

TEST_F(CoreTest, StatsTellWhatIsHeldNow) {
  SAMKOER_ASSERT_OK(in_.Open());
  Push(200603);
  const MatcherStats stats = in_.matcher().Stats();
  EXPECT_EQ(stats.records_held, 2u);
  EXPECT_EQ(stats.persons_held, 1u);
  EXPECT_EQ(stats.alerts_held, 1u);
  EXPECT_EQ(stats.batches, 2u);
  EXPECT_EQ(stats.records, 2u);
  EXPECT_EQ(stats.commits, 2u);
  EXPECT_EQ(stats.policy_version, 3u);
  EXPECT_EQ(stats.audit_leaves, in_.Leaves().size());
  EXPECT_EQ(stats.batch_size_buckets[0], 2u);
}

}  // namespace
}  // namespace samkoer::matcher
