// The facade as departments see it: the semantics of a push.
#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::Message;
using testing::HasSubstr;

TEST_F(MatcherIntakeTest, TwoDepartmentsMakeAnAlert) {
  const PushOutcome first = in_.MustSnapshot("family", {Family("a", "F-1")});
  EXPECT_EQ(first.commit.added(), 1u);
  EXPECT_EQ(first.commit.record_count(), 1u);
  EXPECT_TRUE(in_.AllAlerts().empty());
  in_.MustSnapshot("jobs", {Jobs("a", "J-1"), Jobs("b", "J-2")});
  const auto alerts = in_.ActiveAlerts();
  ASSERT_EQ(alerts.size(), 1u);
  EXPECT_EQ(Cases(alerts[0]), "family F-1, jobs J-1");
  EXPECT_EQ(alerts[0].rule(), "unge");
  EXPECT_EQ(alerts[0].rule_version(), 3u);
}

TEST_F(MatcherIntakeTest, ASnapshotIsInvisibleUntilItsCommit) {
  in_.MustSnapshot("jobs", {Jobs("a", "J-1")});
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  plan.commit = false;
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  EXPECT_EQ(Held(), 1u);
  EXPECT_TRUE(in_.AllAlerts().empty());
  EXPECT_EQ(in_.LookUp(PseudonymOf("a")).records_size(), 1);
  plan.commit = true;
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  EXPECT_EQ(in_.AllAlerts().size(), 1u);
  EXPECT_EQ(Staged(), 0u);
}

TEST_F(MatcherIntakeTest, WhatASnapshotDoesNotMentionIsWithdrawn) {
  in_.MustSnapshot("jobs", {Jobs("a", "J-1")});
  in_.MustSnapshot("family", {Family("a", "F-1"), Family("b", "F-2")});
  const PushOutcome out = in_.MustSnapshot("family", {Family("b", "F-2")});
  EXPECT_EQ(out.commit.withdrawn(), 1u);
  EXPECT_EQ(out.commit.added() + out.commit.changed(), 0u);
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  // Other departments' records stay.
  EXPECT_EQ(Held(), 2u);
}

TEST_F(MatcherIntakeTest, ABrokenPushGoesOnFromTheLastReceipt) {
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(9));
  ASSERT_EQ(plan.batches.size(), 3u);
  PushPlan broken = plan;
  broken.batches.pop_back();
  broken.commit = false;
  SAMKOER_ASSERT_OK(in_.Push(broken).status);
  in_.Restart();
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.begun.next_batch(), 2u);
  EXPECT_EQ(out.records_sent, 3u);
  EXPECT_EQ(out.commit.added(), 9u);
}

TEST_F(MatcherIntakeTest, ABatchRepeatedWithEqualContentsGetsTheSameReceipt) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_DELTA, {Family("a", "F-1")});
  auto session = MustBegin(plan);
  const auto first = Send(*session, plan.batches[0]);
  SAMKOER_ASSERT_OK(first.status());
  const std::size_t leaves =
      in_.CountLeaves(samkoer::v1::AUDIT_ACTION_BATCH_STORED);
  const auto again = Send(*session, plan.batches[0]);
  SAMKOER_ASSERT_OK(again.status());
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_BATCH_STORED), leaves);
}

TEST_F(MatcherIntakeTest, ABatchNumberWithOtherContentsIsRefused) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  auto session = MustBegin(plan);
  SAMKOER_ASSERT_OK(Send(*session, plan.batches[0]).status());
  samkoer::v1::RecordBatch other = plan.batches[0];
  other.mutable_records(0)->set_contact("another");
  const auto status = Send(*session, other).status();
  EXPECT_TRUE(absl::IsAlreadyExists(status));
  EXPECT_THAT(Message(status), HasSubstr("batch 0"));
}

TEST_F(MatcherIntakeTest, AGapInTheNumbersIsRefused) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  auto session = MustBegin(plan);
  samkoer::v1::RecordBatch batch = plan.batches[0];
  batch.set_number(1);
  const auto status = Send(*session, batch).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(Message(status), HasSubstr("batch 0 was expected"));
  EXPECT_EQ(Staged(), 0u);
}

TEST_F(MatcherIntakeTest, ABatchThatIsNotSoundIsNotStored) {
  PushPlan plan = in_.Plan("family", PUSH_KIND_DELTA,
                           {Family("a", "F-1"), Family("b", "F-2")});
  plan.batches[0].mutable_records(1)->set_unit("no such unit");
  const auto status = in_.Push(plan).status;
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(Message(status), HasSubstr("batch 0, record 1, field unit"));
  EXPECT_EQ(Held(), 0u);
}

TEST_F(MatcherIntakeTest, ANewerPushFencesTheOlder) {
  const PushPlan older = in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(6));
  auto old_session = MustBegin(older);
  SAMKOER_ASSERT_OK(Send(*old_session, older.batches[0]).status());
  const PushPlan newer =
      in_.Plan("family", PUSH_KIND_DELTA, {Family("a", "F-1")});
  auto new_session = MustBegin(newer);
  // The older stream is still open, with batches on the way.
  EXPECT_TRUE(absl::IsAborted(Send(*old_session, older.batches[1]).status()));
  SAMKOER_ASSERT_OK(Send(*new_session, newer.batches[0]).status());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_PUSH_ABORTED), 1u);
  // It does not come back to life, not even after a restart.
  EXPECT_TRUE(absl::IsAborted(in_.Push(older).status));
  in_.Restart();
  EXPECT_TRUE(absl::IsAborted(in_.Push(older).status));
  SAMKOER_EXPECT_OK(in_.Push(newer).status);
  EXPECT_EQ(Held(), 1u);
  EXPECT_EQ(Staged(), 0u);
}

TEST_F(MatcherIntakeTest, PushesOfOtherDepartmentsGoOn) {
  const PushPlan family =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  auto session = MustBegin(family);
  in_.MustSnapshot("jobs", {Jobs("a", "J-1")});
  SAMKOER_EXPECT_OK(Send(*session, family.batches[0]).status());
  SAMKOER_EXPECT_OK(in_.Push(family).status);
}

TEST_F(MatcherIntakeTest, OnlyTheLastGivenUpPushesAreRemembered) {
  std::vector<PushPlan> plans;
  for (int i = 0; i < 40; ++i) {
    plans.push_back(
        in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")}));
    plans.back().commit = false;
    SAMKOER_ASSERT_OK(in_.Push(plans.back()).status);
  }
  std::size_t kept = 0;
  SAMKOER_EXPECT_OK(in_.store().Scan(
      storage::TablePrefix(storage::Table::kPush), "",
      [&](std::string_view, std::string_view) { return ++kept > 0; }));
  EXPECT_EQ(kept, 17u);
  EXPECT_EQ(Staged(), 1u);
  EXPECT_TRUE(absl::IsAborted(in_.Push(plans[38]).status));
}

TEST_F(MatcherIntakeTest, ARepeatedCommitGetsTheSameReceipt) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  const PushOutcome first = in_.Push(plan);
  SAMKOER_ASSERT_OK(first.status);
  in_.Restart();
  const PushOutcome again = in_.Push(plan);
  SAMKOER_ASSERT_OK(again.status);
  EXPECT_TRUE(again.begun.committed());
  EXPECT_EQ(again.commit.SerializeAsString(), first.commit.SerializeAsString());
  EXPECT_EQ(in_.CountLeaves(samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED), 1u);
}

TEST_F(MatcherIntakeTest, ACommitThatComesTwiceOnOneStreamIsAnsweredTwice) {
  const PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, {});
  auto session = MustBegin(plan);
  samkoer::v1::PushCommit commit;
  const crypto::Hash32 digest = crypto::Blake2b256({});
  commit.set_digest(std::string(crypto::AsText(digest)));
  for (int i = 0; i < 2; ++i) {
    std::promise<absl::StatusOr<samkoer::v1::CommitReceipt>> done;
    session->SubmitCommit(commit,
                          [&](auto r) { done.set_value(std::move(r)); });
    SAMKOER_EXPECT_OK(done.get_future().get().status());
  }
  samkoer::v1::RecordBatch batch;
  *batch.add_records() = Family("a", "F-1");
  EXPECT_TRUE(absl::IsFailedPrecondition(Send(*session, batch).status()));
}

TEST_F(MatcherIntakeTest, ACommitMustSayWhatWasSent) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  auto session = MustBegin(plan);
  const auto receipt = Send(*session, plan.batches[0]);
  SAMKOER_ASSERT_OK(receipt.status());
  samkoer::v1::PushCommit good;
  good.set_batch_count(1);
  good.set_record_count(1);
  const crypto::Hash32 digest =
      crypto::Blake2b256(crypto::AsBytes(receipt->digest()));
  good.set_digest(std::string(crypto::AsText(digest)));
  const auto commit = [&](const samkoer::v1::PushCommit& c) {
    std::promise<absl::StatusOr<samkoer::v1::CommitReceipt>> done;
    session->SubmitCommit(c, [&](auto r) { done.set_value(std::move(r)); });
    return done.get_future().get().status();
  };
  samkoer::v1::PushCommit bad = good;
  bad.set_batch_count(2);
  EXPECT_TRUE(absl::IsFailedPrecondition(commit(bad)));
  EXPECT_THAT(Message(commit(bad)), HasSubstr("batch_count"));
  bad = good;
  bad.set_record_count(0);
  EXPECT_THAT(Message(commit(bad)), HasSubstr("record_count"));
  bad = good;
  bad.mutable_digest()->at(0) ^= 1;
  EXPECT_TRUE(absl::IsFailedPrecondition(commit(bad)));
  EXPECT_THAT(Message(commit(bad)), HasSubstr("digest"));
  EXPECT_EQ(Held(), 0u);
  SAMKOER_EXPECT_OK(commit(good));
}

TEST_F(MatcherIntakeTest, ASnapshotThatShrinksTooMuchIsRefusedUnlessSaid) {
  in_.MustSnapshot("family", ManyFamily(10));
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(7));
  const auto status = in_.Push(plan).status;
  EXPECT_TRUE(absl::IsFailedPrecondition(status));
  EXPECT_THAT(Message(status), HasSubstr("would remove 3 of the 10 records"));
  EXPECT_THAT(Message(status), HasSubstr("--allow-shrink"));
  EXPECT_EQ(Held(), 10u);
  // The same push, said on purpose.
  plan.allow_shrink = true;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.records_sent, 0u);
  EXPECT_EQ(Held(), 7u);
  // Exactly the share is within it.
  in_.MustSnapshot("family", ManyFamily(10));
  SAMKOER_EXPECT_OK(
      in_.Push(in_.Plan("family", PUSH_KIND_SNAPSHOT, ManyFamily(8))).status);
}

TEST_F(MatcherIntakeTest, ADeltaTakesEffectBatchByBatch) {
  in_.MustSnapshot("jobs", {Jobs("a", "J-1")});
  const PushPlan plan = in_.Plan("family", PUSH_KIND_DELTA,
                                 {Family("a", "F-1"), Family("b", "F-2")}, 1);
  auto session = MustBegin(plan);
  SAMKOER_ASSERT_OK(Send(*session, plan.batches[0]).status());
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(Held(), 2u);
}

TEST_F(MatcherIntakeTest, ADeltaStatesAllPersonsOfItsCases) {
  in_.MustSnapshot(
      "family", {Family("a", "F-1"), Family("b", "F-1"), Family("a", "F-2")});
  PushOutcome out = in_.MustDelta("family", {Family("c", "F-1")});
  EXPECT_EQ(out.commit.added(), 1u);
  EXPECT_EQ(out.commit.withdrawn(), 2u);
  EXPECT_EQ(in_.LookUp(PseudonymOf("a")).records_size(), 1);
  EXPECT_FALSE(in_.LookUp(PseudonymOf("b")).known());
  out = in_.MustDelta("family", {}, {"F-1", "F-2", "F-404"});
  EXPECT_EQ(out.commit.withdrawn(), 2u);
  EXPECT_EQ(Held(), 0u);
  EXPECT_EQ(in_.matcher().Stats().persons_held, 0u);
}

TEST_F(MatcherIntakeTest, ACommittedDeltaCountsOverARestart) {
  PushPlan plan = in_.Plan("family", PUSH_KIND_DELTA, ManyFamily(6));
  plan.commit = false;
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  in_.Restart();
  plan.commit = true;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.records_sent, 0u);
  EXPECT_EQ(out.commit.added(), 6u);
  EXPECT_EQ(Staged(), 0u);
}

TEST_F(MatcherIntakeTest, BeginIsRefusedWithTheReason) {
  const PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, {});
  const auto begin = [&](auto change) {
    samkoer::v1::PushBegin b = in_.Begin(plan);
    change(b);
    return in_.matcher()
        .BeginPush(Installation::Department("family"), b)
        .status();
  };
  EXPECT_TRUE(absl::IsInvalidArgument(begin([](auto& b) { b.clear_kind(); })));
  EXPECT_TRUE(
      absl::IsInvalidArgument(begin([](auto& b) { b.set_push_id("short"); })));
  EXPECT_TRUE(absl::IsInvalidArgument(
      begin([](auto& b) { b.set_purpose("control"); })));
  EXPECT_TRUE(
      absl::IsInvalidArgument(begin([](auto& b) { b.set_day("today"); })));
  const auto epoch = begin([](auto& b) { b.set_epoch(3); });
  EXPECT_TRUE(absl::IsFailedPrecondition(epoch));
  EXPECT_THAT(Message(epoch), HasSubstr("epoch 3"));
  const auto self_test =
      begin([](auto& b) { b.set_self_test(std::string(32, 'x')); });
  EXPECT_TRUE(absl::IsFailedPrecondition(self_test));
  EXPECT_THAT(Message(self_test), HasSubstr("self-test"));
  const auto day = begin([](auto& b) { b.set_day("2026-11-24"); });
  EXPECT_TRUE(absl::IsFailedPrecondition(day));
  EXPECT_THAT(Message(day), HasSubstr("2026-11-22"));
  SAMKOER_EXPECT_OK(begin([](auto& b) { b.set_day("2026-11-23"); }));
  // The same id for something else.
  EXPECT_TRUE(absl::IsAlreadyExists(
      begin([](auto& b) { b.set_kind(PUSH_KIND_DELTA); })));
}

TEST_F(MatcherIntakeTest, AnUnknownDepartmentLearnsNothing) {
  const Caller stranger = Installation::Department("schools");
  const auto info = in_.matcher().IntakeInfo(stranger).status();
  const auto push =
      in_.matcher()
          .BeginPush(stranger,
                     in_.Begin(in_.Plan("schools", PUSH_KIND_DELTA, {})))
          .status();
  const auto inbox = in_.matcher().ListInbox(stranger, {}).status();
  for (const absl::Status& status : {info, push, inbox}) {
    EXPECT_TRUE(absl::IsPermissionDenied(status));
    EXPECT_EQ(status.message(), info.message());
  }
}

TEST_F(MatcherIntakeTest, IntakeInfoSaysWhatMayBeSent) {
  in_.MustSnapshot(
      "social", {MakeRecord("a", "S-1", "Voksne", samkoer::v1::DOMAIN_SOCIAL)});
  const auto info = storage::ValueOf(
      in_.matcher().IntakeInfo(Installation::Department("social")));
  EXPECT_EQ(info.department(), "social");
  EXPECT_EQ(info.purpose(), "ungeindsats");
  ASSERT_EQ(info.epochs_size(), 1);
  EXPECT_EQ(info.epochs(0).epoch(), Installation::kEpoch);
  EXPECT_EQ(info.epochs(0).self_test(), Installation::SelfTest());
  EXPECT_THAT(info.units(), testing::ElementsAre("Voksne", "Bolig"));
  EXPECT_EQ(info.permitted_size(), 2);
  EXPECT_EQ(info.day(), "2026-11-22");
  EXPECT_EQ(info.policy_version(), 3u);
  EXPECT_EQ(info.record_count(), 1u);
}

TEST_F(MatcherIntakeTest, TheDigestKeyIsADepartmentsOwn) {
  const auto family = MustBegin(in_.Plan("family", PUSH_KIND_DELTA, {}));
  const auto jobs = MustBegin(in_.Plan("jobs", PUSH_KIND_DELTA, {}));
  const auto again = MustBegin(in_.Plan("family", PUSH_KIND_DELTA, {}));
  EXPECT_EQ(family->begun().digest_key(), again->begun().digest_key());
  EXPECT_NE(family->begun().digest_key(), jobs->begun().digest_key());
}

// A commit whose intent is durable is carried through, whatever comes between.
TEST_F(MatcherIntakeTest, StopFinishesWhatWasHandedOver) {
  const PushPlan plan = in_.Plan("family", PUSH_KIND_DELTA, ManyFamily(30), 1);
  auto session = MustBegin(plan);
  std::atomic<int> good{0};
  for (const auto& batch : plan.batches) {
    session->SubmitBatch(batch, [&](auto r) { good += r.ok(); });
  }
  in_.matcher().Stop();
  EXPECT_EQ(good, 30);
  const auto late = Send(*session, plan.batches[0]).status();
  EXPECT_TRUE(absl::IsUnavailable(late));
  EXPECT_EQ(in_.Leaves().back().action(), samkoer::v1::AUDIT_ACTION_STOPPED);
}

TEST_F(MatcherIntakeTest, EveryBatchLeavesALeafWithItsDigest) {
  const PushOutcome out = in_.MustSnapshot("family", ManyFamily(5));
  std::vector<std::string> digests;
  for (const auto& leaf : in_.Leaves()) {
    if (leaf.action() != samkoer::v1::AUDIT_ACTION_BATCH_STORED) continue;
    EXPECT_EQ(leaf.actor(), "samkoer://viborg/department/family");
    EXPECT_EQ(leaf.actor_certificate(), std::string(32, 'd'));
    EXPECT_EQ(leaf.purpose(), "ungeindsats");
    digests.push_back(leaf.digest());
  }
  ASSERT_EQ(digests.size(), 2u);
  EXPECT_EQ(digests[0], out.batches[0].digest());
  EXPECT_EQ(digests[1], out.batches[1].digest());
}

}  // namespace
}  // namespace samkoer::matcher
