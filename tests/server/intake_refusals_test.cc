// What a department's agent could send wrongly, over real TLS to a matcher with
// a store on disk: each is refused with a code and a message that says what is
// wrong, and what the matcher holds stays as it was.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "matcherd_fixture.h"
#include "server/limits.h"

namespace samkoer::server {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;

struct State {
  std::uint64_t records = 0, alerts = 0, feed = 0, batches = 0, commits = 0;
  bool operator==(const State&) const = default;
};

class IntakeRefusalsTest : public MatcherdFixture {
 protected:
  IntakeRefusalsTest() : agent_(pki_.Client("department", "familie")) {}

  void SetUp() override {
    MatcherdFixture::SetUp();
    const auto job = Connect(pki_.Client("department", "job"));
    ASSERT_TRUE(PushOnce(job, 'j', {TestRecord("job", 'A', "J-1")}).ok());
    channel_ = Connect(agent_);
    ASSERT_TRUE(
        PushOnce(channel_, 'f', {TestRecord("familie", 'A', "F-1")}).ok());
    before_ = Now();
    ASSERT_EQ(before_.alerts, 1u);
  }

  State Now() {
    const matcher::MatcherStats stats = matcher_->Stats();
    return {stats.records_held, stats.alerts_held, stats.feed_sequence,
            stats.batches, stats.commits};
  }
  void ExpectUnchanged() {
    EXPECT_EQ(Now(), before_);
    // Nor by what the store says to a new process.
    Close();
    Open();
    EXPECT_EQ(Now().records, before_.records);
    EXPECT_EQ(Now().alerts, before_.alerts);
    EXPECT_EQ(Now().feed, before_.feed);
    channel_ = Connect(agent_);
  }
  void ExpectRefused(const grpc::Status& status, StatusCode code,
                     const std::string& message) {
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    EXPECT_THAT(status.error_message(), HasSubstr(message));
  }
  grpc::Status Push(std::vector<v1::CaseRecord> records, v1::PushKind kind) {
    TestPush push(channel_);
    // One id is of one kind.
    push.Begin(kind == v1::PUSH_KIND_DELTA ? 'x' : 'y', kind);
    EXPECT_TRUE(push.Read().has_begun());
    push.Batch(0, std::move(records));
    return push.Finish();
  }
  grpc::Status Begin(const std::function<void(v1::PushBegin&)>& change) {
    TestPush push(channel_);
    v1::PushRequest request;
    *request.mutable_begin() = TestPush::BeginFrame('x', v1::PUSH_KIND_DELTA);
    change(*request.mutable_begin());
    push.Send(request);
    return push.Finish();
  }
  // Sends raw frames on a Push stream; what the call ends with.
  grpc::Status PushRaw(const std::vector<std::string>& frames) {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    SetDeadline(context);
    grpc::CompletionQueue queue;
    const auto next = [&queue] {
      void* tag = nullptr;
      bool ok = false;
      return queue.Next(&tag, &ok) && ok;
    };
    const auto call =
        stub.PrepareCall(&context, "/samkoer.v1.CaseIntake/Push", &queue);
    call->StartCall(nullptr);
    EXPECT_TRUE(next());
    bool open = true;
    for (const std::string& frame : frames) {
      const grpc::Slice slice(frame);
      if (open) call->Write(grpc::ByteBuffer(&slice, 1), nullptr);
      open = open && next();
    }
    for (bool more = true; more;) {
      grpc::ByteBuffer answer;
      call->Read(&answer, nullptr);
      more = next();
    }
    grpc::Status status;
    call->Finish(&status, nullptr);
    EXPECT_TRUE(next());
    return status;
  }
  static std::string BeginBytes() {
    v1::PushRequest request;
    *request.mutable_begin() = TestPush::BeginFrame('x', v1::PUSH_KIND_DELTA);
    return request.SerializeAsString();
  }

  const testing::TestCertificate agent_;
  std::shared_ptr<grpc::Channel> channel_;
  State before_;
};

TEST_F(IntakeRefusalsTest, ARecordThatMayNotBeHeld) {
  const auto changed = [](const std::function<void(v1::CaseRecord&)>& change) {
    v1::CaseRecord record = TestRecord("familie", 'B', "F-2");
    change(record);
    return record;
  };
  const std::pair<v1::CaseRecord, std::string> refusals[] = {
      {changed([](auto& r) { r.set_case_ref("130402-1235"); }),
       "field case_ref: looks like a CPR number"},
      {changed([](auto& r) { r.set_case_ref("sag 1304021235"); }),
       "field case_ref: looks like a CPR number"},
      {changed([](auto& r) { r.set_contact("130402-1235"); }),
       "field contact: looks like a CPR number"},
      {changed([](auto& r) { r.set_unit("Team Unge"); }),
       "field unit: is no unit of this department"},
      {changed([](auto& r) { r.set_domain(v1::DOMAIN_EMPLOYMENT); }),
       "field domain: is none that the policy lets this department send"},
      {changed([](auto& r) { r.set_domain(static_cast<v1::Domain>(99)); }),
       "field domain: is none that the policy lets this department send"},
      // Nobody of 36 or of 9 years is covered.
      {changed([](auto& r) { r.set_birth_month(199005); }),
       "field birth_month: is covered by no legal basis"},
      {changed([](auto& r) { r.set_birth_month(201705); }),
       "field birth_month: is covered by no legal basis"},
      {changed([](auto& r) { r.set_pseudonym(std::string(32, 'B')); }),
       "field pseudonym: must be 64 bytes"}};
  for (const auto kind : {v1::PUSH_KIND_DELTA, v1::PUSH_KIND_SNAPSHOT}) {
    for (const auto& [record, message] : refusals) {
      // A sound one beside it is not stored either.
      const grpc::Status status =
          Push({TestRecord("familie", 'C', "F-3"), record}, kind);
      ExpectRefused(status, StatusCode::INVALID_ARGUMENT,
                    "batch 0, record 1, " + message);
      EXPECT_EQ(status.error_message().find("1235"), std::string::npos);
      EXPECT_EQ(Now(), before_) << message;
    }
  }
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, ABatchOfTooMany) {
  std::vector<v1::CaseRecord> records;
  for (int i = 0; i <= 1000; ++i) {
    records.push_back(TestRecord("familie", 'B', "F-" + std::to_string(i)));
  }
  ExpectRefused(Push(std::move(records), v1::PUSH_KIND_DELTA),
                StatusCode::INVALID_ARGUMENT,
                "batch 0, field records: 1001 are more than the 1000");
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, AMessageThatIsTooLarge) {
  TestPush push(channel_);
  push.Begin('x');
  EXPECT_TRUE(push.Read().has_begun());
  v1::CaseRecord record = TestRecord("familie", 'B', "F-2");
  record.set_contact(std::string(kMaxReceiveBytes, 'x'));
  push.Batch(0, {record});
  ExpectRefused(push.Finish(), StatusCode::RESOURCE_EXHAUSTED,
                "larger than max");
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, BytesThatAreNoMessage) {
  const std::string garbage(100, '\xff');
  for (const auto& frames :
       {std::vector{garbage}, std::vector{BeginBytes(), garbage}}) {
    const grpc::Status status = PushRaw(frames);
    ExpectRefused(status, StatusCode::CANCELLED,
                  "the stream ended before its commit");
    EXPECT_EQ(Now(), before_);
  }
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, ABeginThatDoesNotFit) {
  const auto epoch = [](auto& begin) { begin.set_epoch(2); };
  const auto self_test = [](auto& begin) {
    begin.set_self_test(std::string(32, 'x'));
  };
  const auto purpose = [](auto& begin) { begin.set_purpose("kontrol"); };
  ExpectRefused(Begin(epoch), StatusCode::FAILED_PRECONDITION, "epoch 2");
  ExpectRefused(Begin(self_test), StatusCode::FAILED_PRECONDITION, "self-test");
  ExpectRefused(Begin(purpose), StatusCode::INVALID_ARGUMENT, "purpose");
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, ADepartmentThatIsNotInThePolicy) {
  channel_ = Connect(pki_.Client("department", "skoler"));
  ExpectRefused(Begin([](auto&) {}), StatusCode::PERMISSION_DENIED,
                "not permitted");
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, ABatchNumberWithOtherContents) {
  TestPush push(channel_);
  push.Begin('x');
  EXPECT_TRUE(push.Read().has_begun());
  push.Batch(0, {TestRecord("familie", 'B', "F-2")});
  ASSERT_TRUE(push.Read().has_batch());
  before_ = Now();  // with what has a receipt
  EXPECT_EQ(before_.records, 3u);
  push.Batch(0, {TestRecord("familie", 'C', "F-3")});
  ExpectRefused(push.Finish(), StatusCode::ALREADY_EXISTS,
                "batch 0 was received with other contents");
  ExpectUnchanged();
}

TEST_F(IntakeRefusalsTest, TooManyStreams) {
  std::vector<std::unique_ptr<TestPush>> open;
  for (int i = 0; i < kMaxPushesPerDepartment; ++i) {
    open.push_back(std::make_unique<TestPush>(channel_));
  }
  // All have reached the server once a further one is refused.
  grpc::Status status;
  for (int i = 0; i < 100 && status.ok(); ++i) {
    TestPush further(channel_);
    further.HalfClose();
    status = further.Finish();
    if (status.error_code() == StatusCode::CANCELLED) status = {};
  }
  ExpectRefused(status, StatusCode::RESOURCE_EXHAUSTED, "too many calls");
  EXPECT_EQ(Now(), before_);
  for (const auto& push : open) push->Cancel();
  for (const auto& push : open) push->Finish();
  ExpectUnchanged();
}

}  // namespace
}  // namespace samkoer::server
