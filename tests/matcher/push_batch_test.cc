// What one batch of a push does, and what it may not do to those before it.
#include <gmock/gmock.h>

#include "proto/limits.h"
#include "tests/matcher/intake_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PUSH_KIND_DELTA;
using storage::Message;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

samkoer::v1::RecordBatch Batch(
    std::uint64_t number, const std::vector<samkoer::v1::CaseRecord>& records,
    const std::vector<std::string>& withdrawn = {}) {
  samkoer::v1::RecordBatch batch;
  batch.set_number(number);
  for (const auto& record : records) *batch.add_records() = record;
  for (const auto& ref : withdrawn) batch.add_withdrawn_case_refs(ref);
  return batch;
}

class PushBatchTest : public MatcherIntakeTest {
 protected:
  PushBatchTest() {
    in_.MustSnapshot("jobs", {Jobs("a", "J-1"), Jobs("b", "J-2")});
    plan_ = in_.Plan("family", PUSH_KIND_DELTA, {});
  }
  // Everything that can be seen, as one text.
  std::string Everything() {
    std::string seen = std::to_string(Held()) + " " + std::to_string(Staged());
    for (const auto& alert : in_.AllAlerts()) seen += alert.ShortDebugString();
    seen += std::to_string(in_.matcher().FeedSequence());
    return seen + " " +
           std::to_string(
               in_.CountLeaves(samkoer::v1::AUDIT_ACTION_BATCH_STORED));
  }
  void ExpectRefused(const samkoer::v1::RecordBatch& batch,
                     const std::string& place) {
    const std::string before = Everything();
    const absl::Status status = Send(*MustBegin(plan_), batch).status();
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(Message(status),
                AllOf(HasSubstr(place), HasSubstr("into one batch"),
                      Not(HasSubstr("F-1"))));
    EXPECT_EQ(Everything(), before);
  }

  PushPlan plan_;
};

TEST_F(PushBatchTest, ASecondBatchOfACaseIsRefusedAndNobodyIsWithdrawn) {
  SAMKOER_ASSERT_OK(Send(*MustBegin(plan_),
                         Batch(0, {Family("a", "F-1"), Family("c", "F-2")}))
                        .status());
  ASSERT_EQ(in_.ActiveAlerts().size(), 1u);
  // A sibling, in a batch of its own.
  ExpectRefused(Batch(1, {Family("d", "F-3"), Family("b", "F-1")}),
                "batch 1, record 1, field case_ref: batch 0");
  EXPECT_EQ(Cases(in_.ActiveAlerts()[0]), "family F-1, jobs J-1");
  // The same person again is no better: who is right?
  ExpectRefused(Batch(1, {Family("a", "F-1")}), "batch 1, record 0");
}

TEST_F(PushBatchTest, ADeltaOfTooManyCasesIsToBeASnapshot) {
  auto push = MustBegin(plan_);
  std::uint64_t number = 0;
  const auto next = [&] {
    samkoer::v1::RecordBatch batch;
    batch.set_number(number);
    for (std::size_t i = 0; i < proto::kMaxBatchWithdrawals; ++i) {
      batch.add_withdrawn_case_refs("W-" + std::to_string(number) + "-" +
                                    std::to_string(i));
    }
    return batch;
  };
  for (; number < proto::kMaxDeltaCases / proto::kMaxBatchWithdrawals;
       ++number) {
    SAMKOER_ASSERT_OK(Send(*push, next()).status());
  }
  const std::string before = Everything();
  const absl::Status status = Send(*push, next()).status();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(Message(status), HasSubstr("push a snapshot"));
  EXPECT_EQ(Everything(), before);
}

TEST_F(PushBatchTest, ACaseIsNotBothStatedAndWithdrawnByOneDelta) {
  in_.MustSnapshot("family", {Family("a", "F-1"), Family("c", "F-2")});
  SAMKOER_ASSERT_OK(
      Send(*MustBegin(plan_), Batch(0, {Family("b", "F-1")}, {"F-2"}))
          .status());
  ExpectRefused(Batch(1, {Family("d", "F-9")}, {"F-8", "F-1"}),
                "batch 1, withdrawn reference 1, field withdrawn_case_refs: "
                "batch 0");
  ExpectRefused(Batch(1, {Family("c", "F-2")}), "batch 1, record 0");
  ExpectRefused(Batch(1, {}, {"F-2"}), "batch 1, withdrawn reference 0");
}

TEST_F(PushBatchTest, ARestartInTheMiddleForgetsNoCase) {
  SAMKOER_ASSERT_OK(
      Send(*MustBegin(plan_), Batch(0, {Family("a", "F-1")})).status());
  SAMKOER_ASSERT_OK(
      Send(*MustBegin(plan_), Batch(1, {Family("c", "F-3")}, {"F-2"}))
          .status());
  in_.Restart();
  ExpectRefused(Batch(2, {Family("b", "F-1")}), "batch 0 of this push");
  ExpectRefused(Batch(2, {Family("b", "F-2")}), "batch 1 of this push");
  ExpectRefused(Batch(2, {}, {"F-3"}), "batch 1 of this push");
}

TEST_F(PushBatchTest, TheRefusedBatchsNumberTakesAnotherBatch) {
  SAMKOER_ASSERT_OK(
      Send(*MustBegin(plan_), Batch(0, {Family("a", "F-1")})).status());
  ExpectRefused(Batch(1, {Family("b", "F-1")}), "batch 1, record 0");
  SAMKOER_EXPECT_OK(
      Send(*MustBegin(plan_), Batch(1, {Family("b", "F-2")})).status());
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
}

TEST_F(PushBatchTest, TheSameBatchAgainIsTheSameBatch) {
  const auto batch = Batch(0, {Family("a", "F-1"), Family("b", "F-1")});
  const auto first = storage::ValueOf(Send(*MustBegin(plan_), batch));
  const std::string before = Everything();
  in_.Restart();
  const auto again = storage::ValueOf(Send(*MustBegin(plan_), batch));
  EXPECT_EQ(again.SerializeAsString(), first.SerializeAsString());
  EXPECT_EQ(Everything(), before);
}

TEST_F(PushBatchTest, TheNextPushMaySpeakOfTheCaseAnew) {
  SAMKOER_ASSERT_OK(
      Send(*MustBegin(plan_), Batch(0, {Family("a", "F-1")})).status());
  // Given up or committed, it is over.
  plan_ = in_.Plan("family", PUSH_KIND_DELTA, {});
  SAMKOER_EXPECT_OK(
      Send(*MustBegin(plan_), Batch(0, {Family("b", "F-1")})).status());
  in_.MustDelta("family", {Family("a", "F-1"), Family("b", "F-1")});
  in_.MustDelta("family", {}, {"F-1"});
  EXPECT_TRUE(in_.ActiveAlerts().empty());
}

TEST_F(PushBatchTest, OneBatchMayStateACaseOfManyPersons) {
  SAMKOER_ASSERT_OK(Send(*MustBegin(plan_),
                         Batch(0, {Family("a", "F-1"), Family("b", "F-1")}))
                        .status());
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
}

TEST_F(PushBatchTest, ADeltasBatchIsALeafThatSaysWhatItDid) {
  in_.MustSnapshot("family", {Family("a", "F-1"), Family("c", "F-2")});
  auto changed = Family("a", "F-1");
  changed.set_contact("another");
  SAMKOER_ASSERT_OK(
      Send(*MustBegin(plan_), Batch(0, {changed, Family("b", "F-3")}, {"F-2"}))
          .status());
  std::map<std::string, std::uint64_t> counts;
  for (const auto& leaf : in_.Leaves()) {
    if (leaf.action() != samkoer::v1::AUDIT_ACTION_BATCH_STORED) continue;
    counts.clear();
    for (const auto& count : leaf.counts()) {
      counts[count.name()] = count.value();
    }
  }
  EXPECT_EQ(
      counts,
      (std::map<std::string, std::uint64_t>{
          {"records", 2}, {"added", 1}, {"changed", 1}, {"withdrawn", 1}}));
}

}  // namespace
}  // namespace samkoer::matcher
