#include "server/push_stream.h"

#include <gmock/gmock.h>

#include "matcherd_fixture.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

using ::testing::HasSubstr;

TEST(CheckQuiet, OnlyTheClientIsHurried) {
  const absl::Duration over_write = kWriteTimeout + absl::Seconds(1);
  const absl::Duration over_idle = kPushIdleTimeout + absl::Seconds(1);
  EXPECT_TRUE(CheckQuiet(true, false, kWriteTimeout).ok());
  EXPECT_EQ(CheckQuiet(true, false, over_write).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CheckQuiet(true, true, over_write).code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_TRUE(CheckQuiet(false, false, kPushIdleTimeout).ok());
  EXPECT_EQ(CheckQuiet(false, false, over_idle).code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(CheckQuiet(false, true, absl::Hours(24)).ok());
}

class PushStreamTest : public MatcherdFixture {
 protected:
  PushStreamTest() : agent_(pki_.Client("department", "familie")) {}
  std::uint64_t RecordsHeld() { return matcher_->Stats().records_held; }
  testing::TestCertificate agent_;
};

TEST_F(PushStreamTest, ReceiptsComeInOrderAndTheStreamEndsWell) {
  TestPush push(Connect(agent_));
  push.Begin('a');
  ASSERT_TRUE(push.Read().has_begun());
  constexpr int kBatches = 40;
  for (int i = 0; i < kBatches; ++i) {
    push.Batch(static_cast<std::uint64_t>(i),
               {TestRecord("familie", static_cast<char>('A' + i),
                           "F-" + std::to_string(i))});
  }
  for (int i = 0; i < kBatches; ++i) {
    const v1::PushReceipt receipt = push.Read();
    ASSERT_TRUE(receipt.has_batch());
    EXPECT_EQ(receipt.batch().number(), static_cast<std::uint64_t>(i));
    EXPECT_EQ(receipt.batch().record_count(), 1u);
  }
  push.Commit();
  const v1::PushReceipt commit = push.Read();
  ASSERT_TRUE(commit.has_commit());
  EXPECT_EQ(commit.commit().record_count(), static_cast<unsigned>(kBatches));
  const grpc::Status status = push.Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(RecordsHeld(), static_cast<unsigned>(kBatches));
}

TEST_F(PushStreamTest, ACommittedPushGivesItsReceiptAgain) {
  ASSERT_TRUE(
      PushOnce(Connect(agent_), 'a', {TestRecord("familie", 'A', "F-1")}).ok());
  TestPush again(Connect(agent_));
  again.Begin('a');
  const v1::PushReceipt begun = again.Read();
  ASSERT_TRUE(begun.has_begun());
  EXPECT_TRUE(begun.begun().committed());
  EXPECT_EQ(again.Read().commit().record_count(), 1u);
  EXPECT_TRUE(again.Finish().ok());
}

TEST_F(PushStreamTest, ABrokenStreamGoesOnFromTheLastReceipt) {
  {
    TestPush push(Connect(agent_));
    push.Begin('a');
    ASSERT_TRUE(push.Read().has_begun());
    push.Batch(0, {TestRecord("familie", 'A', "F-1")});
    ASSERT_TRUE(push.Read().has_batch());
    push.Cancel();
    EXPECT_EQ(push.Finish().error_code(), grpc::StatusCode::CANCELLED);
  }
  TestPush push(Connect(agent_));
  push.Begin('a');
  EXPECT_EQ(push.Read().begun().next_batch(), 1u);
  push.HalfClose();
  ExpectStatus(
      push.Finish(), grpc::StatusCode::CANCELLED,
      "the stream ended before its commit; go on with the same push id");
}

TEST_F(PushStreamTest, TheFirstFrameMustBeBegin) {
  TestPush push(Connect(agent_));
  push.Batch(0, {TestRecord("familie", 'A', "F-1")});
  ExpectStatus(push.Finish(), grpc::StatusCode::INVALID_ARGUMENT,
               "the first frame must be begin");
  EXPECT_EQ(RecordsHeld(), 0u);
}

TEST_F(PushStreamTest, ASecondBeginAndAnEmptyFrameAreRefused) {
  {
    TestPush push(Connect(agent_));
    push.Begin('a');
    ASSERT_TRUE(push.Read().has_begun());
    push.Begin('a');
    ExpectStatus(push.Finish(), grpc::StatusCode::INVALID_ARGUMENT,
                 "begin stands first and only once");
  }
  TestPush push(Connect(agent_));
  push.Begin('b');
  ASSERT_TRUE(push.Read().has_begun());
  push.Send(v1::PushRequest());
  ExpectStatus(push.Finish(), grpc::StatusCode::INVALID_ARGUMENT,
               "a frame without contents");
}

TEST_F(PushStreamTest, ARefusedBatchEndsTheStreamButNotTheReceiptsBefore) {
  TestPush push(Connect(agent_));
  push.Begin('a');
  ASSERT_TRUE(push.Read().has_begun());
  push.Batch(0, {TestRecord("familie", 'A', "F-1")});
  v1::CaseRecord bad = TestRecord("familie", 'B', "F-2");
  bad.set_unit("Team Ukendt");
  push.Batch(1, {bad});
  push.Batch(2, {TestRecord("familie", 'C', "F-3")});
  const v1::PushReceipt first = push.Read();
  ASSERT_TRUE(first.has_batch());
  EXPECT_EQ(first.batch().number(), 0u);
  EXPECT_FALSE(push.Read().has_batch());
  const grpc::Status status = push.Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("batch 1, record 0"));
  EXPECT_THAT(status.error_message(), HasSubstr("unit"));
  EXPECT_EQ(RecordsHeld(), 1u);
}

TEST_F(PushStreamTest, AStaleEpochIsRefusedBeforeAnythingIsStored) {
  TestPush push(Connect(agent_));
  v1::PushRequest request;
  *request.mutable_begin() = TestPush::BeginFrame('a', v1::PUSH_KIND_SNAPSHOT);
  request.mutable_begin()->set_epoch(9);
  const std::uint64_t leaves = matcher_->Stats().audit_leaves;
  push.Send(request);
  EXPECT_EQ(push.Finish().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(RecordsHeld(), 0u);
  // Nothing but the refusal's own leaf, which may follow in a moment.
  EXPECT_LE(matcher_->Stats().audit_leaves, leaves + 1);
}

TEST_F(PushStreamTest, ANewerPushEndsAnOlderOneThatOnlyWaits) {
  TestPush older(Connect(agent_));
  older.Begin('a');
  ASSERT_TRUE(older.Read().has_begun());
  TestPush newer(Connect(agent_));
  newer.Begin('b');
  ASSERT_TRUE(newer.Read().has_begun());
  ExpectStatus(older.Finish(), grpc::StatusCode::ABORTED,
               "a newer push of this department has begun");
  newer.Batch(0, {TestRecord("familie", 'A', "F-1")});
  EXPECT_TRUE(newer.Read().has_batch());
}

TEST_F(PushStreamTest, ASecondStreamOfAPushTakesItOver) {
  TestPush first(Connect(agent_));
  first.Begin('a');
  ASSERT_TRUE(first.Read().has_begun());
  first.Batch(0, {TestRecord("familie", 'A', "F-1")});
  ASSERT_TRUE(first.Read().has_batch());
  TestPush second(Connect(agent_));
  second.Begin('a');
  const v1::PushReceipt begun = second.Read();
  EXPECT_EQ(begun.begun().next_batch(), 1u);
  ExpectStatus(first.Finish(), grpc::StatusCode::ABORTED,
               "this push goes on on another stream");
  second.Batch(1, {TestRecord("familie", 'B', "F-2")});
  EXPECT_EQ(second.Read().batch().number(), 1u);
}

TEST_F(PushStreamTest, AskingForAnOldReceiptDoesNotEndTheNewerPush) {
  ASSERT_TRUE(
      PushOnce(Connect(agent_), 'a', {TestRecord("familie", 'A', "F-1")}).ok());
  TestPush newer(Connect(agent_));
  newer.Begin('b');
  ASSERT_TRUE(newer.Read().has_begun());
  TestPush again(Connect(agent_));
  again.Begin('a');
  EXPECT_TRUE(again.Read().begun().committed());
  EXPECT_TRUE(again.Read().has_commit());
  EXPECT_TRUE(again.Finish().ok());
  newer.Batch(0, {TestRecord("familie", 'A', "F-1")});
  EXPECT_TRUE(newer.Read().has_batch());
}

TEST_F(PushStreamTest, AnotherDepartmentsPushIsNotTouched) {
  TestPush familie(Connect(agent_));
  familie.Begin('a');
  ASSERT_TRUE(familie.Read().has_begun());
  ASSERT_TRUE(PushOnce(Connect(pki_.Client("department", "job")), 'b',
                       {TestRecord("job", 'A', "J-1")})
                  .ok());
  familie.Batch(0, {TestRecord("familie", 'A', "F-1")});
  EXPECT_TRUE(familie.Read().has_batch());
}

TEST_F(PushStreamTest, ARevokedCertificatesOpenPushEnds) {
  TestPush push(Connect(agent_));
  push.Begin('a');
  ASSERT_TRUE(push.Read().has_begun());
  Revoke(agent_);
  ExpectStatus(push.Finish(), grpc::StatusCode::PERMISSION_DENIED,
               "not permitted");
}

TEST_F(PushStreamTest, StoppingEndsOpenPushesWithWhatToDo) {
  TestPush push(Connect(agent_));
  push.Begin('a');
  ASSERT_TRUE(push.Read().has_begun());
  push.Batch(0, {TestRecord("familie", 'A', "F-1")});
  ASSERT_TRUE(push.Read().has_batch());
  server_->Stop(absl::Seconds(20));
  ExpectStatus(push.Finish(), grpc::StatusCode::UNAVAILABLE,
               "the matcher is stopping; try again with the same push id");
}

TEST_F(PushStreamTest, ADepartmentThatThePolicyDoesNotKnowIsRefused) {
  TestPush push(Connect(pki_.Client("department", "ukendt")));
  push.Begin('a');
  EXPECT_EQ(push.Finish().error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(RecordsHeld(), 0u);
}

TEST_F(PushStreamTest, TooManyStreamsOfOneDepartmentAreRefused) {
  const auto channel = Connect(agent_);
  std::vector<std::unique_ptr<TestPush>> open;
  // Streams that do not begin are not ended by a newer one.
  for (int i = 0; i < kMaxPushesPerDepartment; ++i) {
    open.push_back(std::make_unique<TestPush>(channel));
  }
  // All have reached the server once a further one is refused.
  grpc::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    TestPush further(channel);
    further.HalfClose();
    status = further.Finish();
    if (status.error_code() == grpc::StatusCode::CANCELLED) status = {};
  }
  ExpectStatus(status, grpc::StatusCode::RESOURCE_EXHAUSTED,
               "too many calls at once; try again later");
  for (const auto& push : open) push->Cancel();
  for (const auto& push : open) push->Finish();
}

TEST_F(PushStreamTest, TheRealBatchSizeIsMeasured) {
  ASSERT_TRUE(PushOnce(Connect(agent_), 'a',
                       {TestRecord("familie", 'A', "F-1"),
                        TestRecord("familie", 'B', "F-2"),
                        TestRecord("familie", 'C', "F-3")})
                  .ok());
  const std::string page = metrics_->Text();
  EXPECT_THAT(page, HasSubstr("samkoer_batch_records_bucket{le=\"2\"} 0"));
  EXPECT_THAT(page, HasSubstr("samkoer_batch_records_bucket{le=\"5\"} 1"));
  EXPECT_THAT(page, HasSubstr("samkoer_batch_receipts_total 1"));
  EXPECT_THAT(page, HasSubstr("samkoer_push_commits_total 1"));
}

}  // namespace
}  // namespace samkoer::server
