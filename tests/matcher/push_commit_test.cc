// What a commit answers for, and what it brings in force.
#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::Message;
using testing::HasSubstr;

class PushCommitTest : public MatcherIntakeTest {
 protected:
  std::map<std::string, std::uint64_t> LastCommitCounts() {
    std::map<std::string, std::uint64_t> counts;
    for (const auto& leaf : in_.Leaves()) {
      if (leaf.action() != samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED) continue;
      counts.clear();
      for (const auto& count : leaf.counts()) {
        counts[count.name()] = count.value();
      }
    }
    return counts;
  }
};

TEST_F(PushCommitTest, ReceiptAndLeafSayWhatTheSnapshotDid) {
  in_.MustSnapshot("family", ManyFamily(10));
  auto records = ManyFamily(11);
  records[0].set_contact("another");
  records.erase(records.begin() + 4);
  const auto receipt = in_.MustSnapshot("family", records).commit;
  EXPECT_EQ(receipt.record_count(), 10u);
  EXPECT_EQ(receipt.added(), 1u);
  EXPECT_EQ(receipt.changed(), 1u);
  EXPECT_EQ(receipt.withdrawn(), 1u);
  EXPECT_EQ(LastCommitCounts(),
            (std::map<std::string, std::uint64_t>{{"held", 10},
                                                  {"added", 1},
                                                  {"changed", 1},
                                                  {"withdrawn", 1},
                                                  {"overdue.records", 0},
                                                  {"overdue.alerts", 0},
                                                  {"next-due", 0}}));
}

TEST_F(PushCommitTest, TheLeafSaysThatSomethingCameWhoseTimeWasUp) {
  auto late = Family("a", "F-1");
  late.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  late.set_opened_month(202401);
  late.set_closed_month(202402);
  auto timely = Family("b", "F-2");
  timely.set_status(samkoer::v1::CASE_STATUS_CLOSED);
  timely.set_opened_month(202401);
  timely.set_closed_month(202610);
  in_.MustSnapshot("family", {late, timely});
  EXPECT_EQ(LastCommitCounts().at("overdue.records"), 1u);
  EXPECT_LT(LastCommitCounts().at("next-due"), 20261101u);
  in_.MustSnapshot("family", {timely});
  EXPECT_EQ(LastCommitCounts().at("overdue.records"), 0u);
  EXPECT_GT(LastCommitCounts().at("next-due"), 20261101u);
}

TEST_F(PushCommitTest, ASiblingThatLeavesACaseIsWithdrawnAloneByASnapshot) {
  in_.MustSnapshot("jobs", {Jobs("a", "J-1"), Jobs("b", "J-2")});
  in_.MustSnapshot("family", {Family("a", "F-1"), Family("b", "F-1")});
  ASSERT_EQ(in_.ActiveAlerts().size(), 2u);
  EXPECT_EQ(in_.MustSnapshot("family", {Family("b", "F-1")}).commit.withdrawn(),
            1u);
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]), "family F-1, jobs J-2");
}

TEST_F(PushCommitTest, TheShrinkGuardCountsToTheRecord) {
  in_.MustSnapshot("family", ManyFamily(10));
  // 20 percent of 10 are 2.
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(7));
  const absl::Status refused = in_.Push(plan).status;
  EXPECT_TRUE(absl::IsFailedPrecondition(refused));
  EXPECT_THAT(Message(refused), HasSubstr("would remove 3 of the 10"));
  EXPECT_EQ(Held(), 10u);
  plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(8));
  SAMKOER_EXPECT_OK(in_.Push(plan).status);
  EXPECT_EQ(Held(), 8u);
}

TEST_F(PushCommitTest, ADeltaIsNotGuardedForItsWithdrawalsAreNamed) {
  in_.MustSnapshot("family", ManyFamily(4));
  const auto receipt =
      in_.MustDelta("family", {}, {"F-0", "F-1", "F-2", "F-3"}).commit;
  EXPECT_EQ(receipt.withdrawn(), 4u);
  EXPECT_EQ(receipt.record_count(), 0u);
}

TEST_F(PushCommitTest, AnEmptySnapshotOfAnEmptyDepartmentIsAPushToo) {
  const PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, {});
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  EXPECT_TRUE(in_.Push(plan).begun.committed());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED), 1u);
}

TEST_F(PushCommitTest, ACommitUnderAPushThatIsOverIsRefused) {
  const PushPlan older = in_.Plan("family", PUSH_KIND_DELTA, {});
  auto session = MustBegin(older);
  in_.MustSnapshot("family", {Family("a", "F-1")});
  samkoer::v1::PushCommit commit;
  const crypto::Hash32 nothing =
      crypto::Blake2b256(crypto::AsBytes(std::string_view()));
  commit.set_digest(std::string(crypto::AsText(nothing)));
  std::promise<absl::Status> answer;
  session->SubmitCommit(commit,
                        [&](const auto& r) { answer.set_value(r.status()); });
  EXPECT_TRUE(absl::IsAborted(answer.get_future().get()));
  EXPECT_EQ(Held(), 1u);
}

TEST_F(PushCommitTest, ARefusedCommitCanBeMadeGood) {
  in_.MustSnapshot("family", ManyFamily(10));
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(2));
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.Push(plan).status));
  in_.Restart();
  plan.allow_shrink = true;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.records_sent, 0u);  // they lie there
  EXPECT_EQ(Held(), 2u);
  EXPECT_EQ(Staged(), 0u);
}

}  // namespace
}  // namespace samkoer::matcher
