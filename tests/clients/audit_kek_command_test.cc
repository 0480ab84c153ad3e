#include <grpcpp/grpcpp.h>

#include <sstream>

#include "clients/audit/kek_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::KekStatus Standing(std::uint32_t current, std::uint32_t older = 0,
                       std::uint64_t done = 0, std::uint64_t total = 0) {
  v1::KekStatus status;
  status.set_current_generation(current);
  if (older != 0) status.add_older_generations(older);
  status.set_done(done);
  status.set_total(total);
  status.mutable_current_since()->set_seconds(1'800'000'000);
  return status;
}

// Answers with what a test lists, one after the other, the last again and
// again.
class FakeOperations final : public v1::Operations::Service {
 public:
  FakeOperations() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Operations::NewStub(server_->InProcessChannel({}));
  }
  ~FakeOperations() override { server_->Shutdown(); }

  grpc::Status RotateKek(grpc::ServerContext*,
                         const v1::RotateKekRequest* request,
                         v1::RotateKekResponse* response) override {
    reason = request->reason();
    if (!error.ok()) return error;
    *response->mutable_status() = Next();
    return grpc::Status::OK;
  }
  grpc::Status GetKekStatus(grpc::ServerContext*,
                            const v1::GetKekStatusRequest*,
                            v1::GetKekStatusResponse* response) override {
    ++asked;
    if (!error.ok()) return error;
    *response->mutable_status() = Next();
    return grpc::Status::OK;
  }

  std::vector<v1::KekStatus> answers;
  grpc::Status error;
  std::string reason;
  int asked = 0;
  std::unique_ptr<v1::Operations::Stub> stub;

 private:
  v1::KekStatus Next() {
    v1::KekStatus next = answers.front();
    if (answers.size() > 1) answers.erase(answers.begin());
    return next;
  }
  std::unique_ptr<grpc::Server> server_;
};

class KekCommandTest : public testing::Test {
 protected:
  AuditOutput Output(OutputFormat format, Language language) {
    return {out_, notices_, format, {language, absl::UTCTimeZone()}, false};
  }
  absl::Status Rotate(bool wait, OutputFormat format = OutputFormat::kHuman,
                      Language language = Language::kDanish,
                      const std::string& reason = "plan") {
    return RotateKek(*server_.stub, Peer::kMatcher,
                     {reason, wait, absl::Milliseconds(1)},
                     Output(format, language));
  }
  absl::Status Status(OutputFormat format = OutputFormat::kHuman,
                      Language language = Language::kDanish) {
    return PrintKekStatus(*server_.stub, Peer::kKeyService,
                          Output(format, language));
  }

  FakeOperations server_;
  std::ostringstream out_, notices_;
};

TEST_F(KekCommandTest, StatusSaysWhichKeyAndThatNoOlderOneIsLeft) {
  v1::KekStatus standing = Standing(3);
  standing.mutable_next_rotation()->set_seconds(1'807'776'000);
  server_.answers = {standing};
  ASSERT_TRUE(Status().ok());
  EXPECT_THAT(out_.str(), HasSubstr("generation 3, i brug siden 15-01-2027"));
  EXPECT_THAT(out_.str(), HasSubstr("Næste skift af sig selv: 15-04-2027"));
  EXPECT_THAT(out_.str(), HasSubstr("Ældre nøgler er destrueret"));
}

TEST_F(KekCommandTest, StatusSaysHowFarARotationIs) {
  server_.answers = {Standing(3, 2, 70, 900)};
  ASSERT_TRUE(Status().ok());
  EXPECT_THAT(out_.str(), HasSubstr("70 af 900 værdier"));
  EXPECT_THAT(out_.str(), HasSubstr("endnu ikke destrueret: generation 2"));
  out_.str("");
  ASSERT_TRUE(Status(OutputFormat::kHuman, Language::kEnglish).ok());
  EXPECT_THAT(out_.str(), HasSubstr("70 of 900 values"));
}

TEST_F(KekCommandTest, AgeThatIsNotKnownIsLeftOut) {
  v1::KekStatus standing = Standing(1);
  standing.clear_current_since();
  server_.answers = {standing};
  ASSERT_TRUE(Status().ok());
  EXPECT_THAT(out_.str(), Not(HasSubstr("siden")));
}

TEST_F(KekCommandTest, JsonHasTheContractsNames) {
  server_.answers = {Standing(3, 2, 70, 900)};
  ASSERT_TRUE(Status(OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"older_generations\""));
  EXPECT_THAT(out_.str(), HasSubstr("\"current_generation\""));
}

TEST_F(KekCommandTest, RotateTellsToCopyTheKeyringAndDoesNotWait) {
  server_.answers = {Standing(2, 1)};
  ASSERT_TRUE(Rotate(/*wait=*/false).ok());
  EXPECT_EQ(server_.reason, "plan");
  EXPECT_EQ(server_.asked, 0);
  EXPECT_THAT(out_.str(), HasSubstr("Tag en kopi af nøgleringen nu"));
}

TEST_F(KekCommandTest, RotateWaitsUntilTheOlderKeyIsDestroyed) {
  server_.answers = {Standing(2, 1), Standing(2, 1, 5, 10),
                     Standing(2, 1, 10, 10), Standing(2)};
  ASSERT_TRUE(Rotate(/*wait=*/true).ok());
  EXPECT_EQ(server_.asked, 3);
  EXPECT_THAT(out_.str(), HasSubstr("Tag nye kopier"));
  EXPECT_EQ(notices_.str(), "");
}

TEST_F(KekCommandTest, AReasonThatMayNotStandInTheLogIsNotSent) {
  server_.answers = {Standing(2, 1)};
  for (const char* reason : {"", " ", "om 2311045672"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(
        Rotate(false, OutputFormat::kHuman, Language::kDanish, reason)));
  }
  EXPECT_EQ(server_.reason, "");
}

TEST_F(KekCommandTest, AnErrorOfTheServerIsTheAnswer) {
  server_.error = {grpc::StatusCode::FAILED_PRECONDITION,
                   "the keyring file cannot be changed"};
  const absl::Status refused = Rotate(/*wait=*/true);
  EXPECT_TRUE(absl::IsFailedPrecondition(refused)) << refused;
  EXPECT_THAT(std::string(refused.message()), HasSubstr("keyring file"));
  EXPECT_TRUE(absl::IsFailedPrecondition(Status()));
  EXPECT_EQ(out_.str(), "");
}

}  // namespace
}  // namespace samkoer::clients
