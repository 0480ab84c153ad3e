// How a matcher starts, keeps time and stops.
#include "matcher/core.h"

#include <future>

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

// What others can see without a leaf of their own.
struct Seen {
  std::uint64_t records, alerts, feed, leaves, audit, shown;
  std::string note;
  friend bool operator==(const Seen&, const Seen&) = default;
};

class NotDurableTest : public CoreTest {
 protected:
  NotDurableTest() {
    SAMKOER_EXPECT_OK(in_.Open());
    in_.MustSnapshot("jobs",
                     {MakeRecord("a", "J-1", "Team Unge", DOMAIN_EMPLOYMENT)});
    plan_ = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                     {MakeRecord("a", "F-1", "Rådgivning", DOMAIN_FAMILY)});
    PushPlan batches_only = plan_;
    batches_only.commit = false;
    digest_ = in_.Push(batches_only).batches.at(0).digest();
    session_ = storage::ValueOf(in_.matcher().BeginPush(
        Installation::Department("family"), in_.Begin(plan_)));
  }
  ~NotDurableTest() override { in_.engine().LetAllThrough(); }

  Seen See() {
    const MatcherStats stats = in_.matcher().Stats();
    const auto info =
        in_.matcher().IntakeInfo(Installation::Department("family"));
    return {stats.records_held,
            stats.alerts_held,
            in_.matcher().FeedSequence(),
            stats.audit_leaves,
            in_.audit().size(),
            storage::ValueOf(info).record_count(),
            in_.audit().SignedCheckpoint()};
  }
  // Submits the commit.
  std::future<absl::Status> Commit() {
    samkoer::v1::PushCommit commit;
    commit.set_batch_count(1);
    commit.set_record_count(1);
    commit.set_digest(std::string(
        crypto::AsText(crypto::Blake2b256(crypto::AsBytes(digest_)))));
    auto answer = std::make_shared<std::promise<absl::Status>>();
    session_->SubmitCommit(commit, [answer](auto receipt) {
      answer->set_value(receipt.status());
    });
    return answer->get_future();
  }
  static bool Waits(const std::future<absl::Status>& answer) {
    return answer.wait_for(std::chrono::milliseconds(50)) ==
           std::future_status::timeout;
  }
  // Another call, which sees what the commit did.
  std::future<absl::Status> ListAlerts() {
    return std::async(std::launch::async, [this] {
      return in_.matcher().ListAlerts(Installation::Coordinator(), {}).status();
    });
  }

  PushPlan plan_;
  std::string digest_;
  std::unique_ptr<PushSession> session_;
};

TEST_F(NotDurableTest, NobodySeesIt) {
  const Seen before = See();
  in_.engine().Hold();
  auto receipt = Commit();
  in_.engine().AwaitHeld();  // the intent
  EXPECT_TRUE(Waits(receipt));
  EXPECT_EQ(See(), before);
  in_.engine().LetOneThrough();
  in_.engine().AwaitHeld();  // the push
  EXPECT_TRUE(Waits(receipt));
  const Seen intent = See();
  EXPECT_EQ(intent.records, before.records);
  EXPECT_EQ(intent.alerts, before.alerts);
  EXPECT_EQ(intent.feed, before.feed);
  EXPECT_EQ(intent.shown, before.shown);
  EXPECT_EQ(in_.matcher().Stats().commits, 1u);
  in_.engine().LetAllThrough();
  SAMKOER_EXPECT_OK(receipt.get());
  const Seen after = See();
  EXPECT_EQ(after.records, before.records + 1);
  EXPECT_EQ(after.alerts, before.alerts + 1);
  EXPECT_EQ(after.feed, before.feed + 1);
  EXPECT_EQ(after.shown, 1u);
  EXPECT_EQ(after.leaves, after.audit);
  EXPECT_GT(after.audit, before.audit);
  SAMKOER_EXPECT_OK(in_.audit().VerifyLeaves(in_.store()));
}

TEST_F(NotDurableTest, WhoSeesItInMemoryIsAnsweredAfterIt) {
  in_.engine().Hold();
  auto receipt = Commit();
  in_.engine().AwaitHeld();
  in_.engine().LetOneThrough();
  in_.engine().AwaitHeld();
  // Makes its leaf behind the push that is being written.
  auto list = ListAlerts();
  EXPECT_TRUE(Waits(list));
  EXPECT_TRUE(Waits(receipt));
  in_.engine().LetOneThrough();
  SAMKOER_EXPECT_OK(receipt.get());
  in_.engine().AwaitHeld();
  EXPECT_TRUE(Waits(list));
  in_.engine().LetAllThrough();
  SAMKOER_EXPECT_OK(list.get());
}

TEST_F(NotDurableTest, NorWhenItNeverIs) {
  const Seen before = See();
  in_.engine().Hold();
  in_.engine().FailWrite(in_.engine().writes() + 2,
                         storage::Fault::kNotPersisted);
  auto receipt = Commit();
  in_.engine().AwaitHeld();
  in_.engine().LetOneThrough();
  in_.engine().AwaitHeld();
  auto list = ListAlerts();
  EXPECT_TRUE(Waits(list));
  in_.engine().LetAllThrough();
  EXPECT_TRUE(absl::IsUnavailable(receipt.get()));
  EXPECT_TRUE(absl::IsUnavailable(list.get()));
  EXPECT_TRUE(in_.fatal());
  EXPECT_EQ(See().records, before.records);
  EXPECT_EQ(See().feed, before.feed);
  // Carried through at the next start.
  session_.reset();
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
