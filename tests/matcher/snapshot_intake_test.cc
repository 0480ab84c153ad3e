// Snapshots: the digest phase, and commits that a failure interrupts.
#include <gmock/gmock.h>

#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;
using storage::Message;
using testing::HasSubstr;

class SnapshotIntakeTest : public MatcherIntakeTest {};

TEST_F(SnapshotIntakeTest, WithDigestsOnlyDifferencesTravel) {
  std::vector<samkoer::v1::CaseRecord> records = ManyFamily(400);
  in_.MustSnapshot("family", records);
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, records, 50);
  plan.digests = true;
  PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_EQ(out.begun.bucket_count(), 128u);
  EXPECT_EQ(out.records_sent, 0u);
  EXPECT_EQ(out.commit.record_count(), 400u);

  records[7].set_contact("new");
  records.erase(records.begin() + 300);
  plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, records, 50);
  plan.digests = true;
  out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_GT(out.records_sent, 0u);
  EXPECT_LT(out.records_sent, 40u);
  EXPECT_EQ(out.commit.changed(), 1u);
  EXPECT_EQ(out.commit.withdrawn(), 1u);
  EXPECT_EQ(out.commit.added(), 0u);
  EXPECT_EQ(Held(), 399u);
}

TEST_F(SnapshotIntakeTest, DigestsAreAnsweredTheSameAfterARestart) {
  in_.MustSnapshot("family", ManyFamily(40));
  auto changed = ManyFamily(40);
  changed[3].set_contact("new");
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, changed);
  plan.digests = true;
  plan.commit = false;
  const PushOutcome first = in_.Push(plan);
  SAMKOER_ASSERT_OK(first.status);
  in_.Restart();
  plan.commit = true;
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_TRUE(out.begun.has_difference());
  EXPECT_EQ(out.records_sent, 0u);
  EXPECT_EQ(out.commit.changed(), 1u);
}

TEST_F(SnapshotIntakeTest, DigestsOutOfPlaceAreRefused) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  auto session = MustBegin(plan);
  samkoer::v1::BucketDigests digests;
  digests.set_digests(std::string(15, 'x'));
  EXPECT_TRUE(
      absl::IsInvalidArgument(session->SubmitDigests(digests).status()));
  digests.set_digests(std::string(16, 'x'));
  SAMKOER_EXPECT_OK(session->SubmitDigests(digests).status());
  SAMKOER_EXPECT_OK(session->SubmitDigests(digests).status());
  digests.set_digests(std::string(16, 'y'));
  EXPECT_TRUE(absl::IsAlreadyExists(session->SubmitDigests(digests).status()));

  const PushPlan late =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  session = MustBegin(late);
  SAMKOER_ASSERT_OK(Send(*session, late.batches[0]).status());
  EXPECT_TRUE(
      absl::IsFailedPrecondition(session->SubmitDigests(digests).status()));

  session = MustBegin(in_.Plan("family", PUSH_KIND_DELTA, {}));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(session->SubmitDigests(digests).status()));
}

TEST_F(SnapshotIntakeTest, ARecordOfABucketThatDoesNotDifferIsRefused) {
  in_.MustSnapshot("family", {Family("a", "F-1")});
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  PushPlan by_digests = plan;
  by_digests.digests = true;
  by_digests.commit = false;
  SAMKOER_ASSERT_OK(in_.Push(by_digests).status);
  auto session = MustBegin(plan);
  const auto status = Send(*session, plan.batches[0]).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(Message(status), HasSubstr("bucket"));
}

TEST_F(SnapshotIntakeTest, ACaseReferenceInTwoBatchesIsRefusedAtTheCommit) {
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT,
                           {Family("a", "F-1"), Family("b", "F-2")}, 1);
  plan.batches[1].mutable_records(0)->set_case_ref("F-1");
  const auto status = in_.Push(plan).status;
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(Message(status),
              HasSubstr("batch 1, record 0, field case_ref: batch 0 of this "
                        "push speaks of the same case"));
  EXPECT_EQ(Held(), 0u);
}

class RollForwardTest : public testing::TestWithParam<storage::Fault> {};

TEST_P(RollForwardTest, ACommitIsCarriedThroughAWriteError) {
  Installation in(ExamplePolicy());
  SAMKOER_ASSERT_OK(in.Open());
  in.MustSnapshot("jobs", {Jobs("a", "J-1")});
  const PushPlan plan =
      in.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  PushPlan batches_only = plan;
  batches_only.commit = false;
  SAMKOER_ASSERT_OK(in.Push(batches_only).status);
  // The first write of a commit is the intent, the second the push itself.
  in.FailWrite(2, GetParam());
  EXPECT_TRUE(absl::IsUnavailable(in.Push(plan).status));
  EXPECT_TRUE(in.fatal());
  EXPECT_TRUE(in.matcher().Failed());
  SAMKOER_ASSERT_OK(in.Open());
  // In force without anybody asking for it.
  EXPECT_EQ(in.ActiveAlerts().size(), 1u);
  EXPECT_EQ(in.CountLeaves(samkoer::v1::AUDIT_ACTION_PUSH_COMMITTED), 2u);
  const PushOutcome out = in.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_TRUE(out.begun.committed());
  EXPECT_EQ(out.commit.added(), 1u);
}

INSTANTIATE_TEST_SUITE_P(BothFaults, RollForwardTest,
                         testing::Values(storage::Fault::kNotPersisted,
                                         storage::Fault::kPersistedButError));

TEST_F(SnapshotIntakeTest, ACommitWhoseIntentIsNotDurableIsStillOpen) {
  const PushPlan plan =
      in_.Plan("family", PUSH_KIND_SNAPSHOT, {Family("a", "F-1")});
  PushPlan batches_only = plan;
  batches_only.commit = false;
  SAMKOER_ASSERT_OK(in_.Push(batches_only).status);
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  EXPECT_TRUE(absl::IsUnavailable(in_.Push(plan).status));
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(Held(), 0u);
  const PushOutcome out = in_.Push(plan);
  SAMKOER_ASSERT_OK(out.status);
  EXPECT_FALSE(out.begun.committed());
  EXPECT_EQ(Held(), 1u);
}

}  // namespace
}  // namespace samkoer::matcher
