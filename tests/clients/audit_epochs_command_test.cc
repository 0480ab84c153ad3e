#include <sstream>

#include "clients/audit/epochs_command.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string KeyLeaf(v1::AuditAction action, std::uint32_t epoch, char key) {
  v1::AuditLeaf leaf = TestLeaf(action);
  leaf.set_digest(std::string(32, key));
  v1::AuditCount* count = leaf.add_counts();
  count->set_name("epoch");
  count->set_value(epoch);
  return leaf.SerializeAsString();
}

// Answers as a matcher that knows what the log does not tell.
class FakeMatcher final : public v1::Operations::Service {
 public:
  FakeMatcher() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Operations::NewStub(server_->InProcessChannel({}));
  }
  ~FakeMatcher() override { server_->Shutdown(); }

  grpc::Status ListEpochs(grpc::ServerContext*, const v1::ListEpochsRequest*,
                          v1::ListEpochsResponse* response) override {
    if (!error.ok()) return error;
    for (const std::uint32_t epoch : {1, 2}) {
      v1::EpochLife* life = response->add_epochs();
      life->set_epoch(epoch);
      life->set_persons(epoch * 100);
      if (epoch == 1) life->set_closes_on("2026-12-31");
      // The log alone says what is proven.
      life->set_destroyed_leaf(999);
    }
    response->set_objections(7);
    response->set_objections_waiting(waiting);
    return grpc::Status::OK;
  }

  grpc::Status error;
  std::uint64_t waiting = 0;
  std::unique_ptr<v1::Operations::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class EpochsCommandTest : public testing::Test {
 protected:
  absl::Status Print(OutputFormat format, bool keyd = false) {
    out_.str("");
    return PrintEpochs(server_, keyd ? nullptr : matcher_.stub.get(), verifier_,
                       store_,
                       {out_, out_, format, {Language::kEnglish, {}}, false});
  }

  const TestDirectory dir_;
  FakeLog log_{TestSigner("log")};
  FakeMatcher matcher_;
  const crypto::NoteVerifier verifier_ = TestVerifier(log_.signer);
  const CheckpointStore store_{dir_.file("state"), "matcher"};
  LogServer server_{Peer::kMatcher, *log_.stub, Language::kEnglish};
  std::ostringstream out_;
};

NaiveLeaves Rotated() {
  NaiveLeaves leaves = NumberedLeaves(3);
  leaves.push_back(KeyLeaf(v1::AUDIT_ACTION_KEY_PINNED, 1, 'a'));     // 3
  leaves.push_back(KeyLeaf(v1::AUDIT_ACTION_KEY_PINNED, 2, 'b'));     // 4
  leaves.push_back(KeyLeaf(v1::AUDIT_ACTION_KEY_DESTROYED, 1, 'a'));  // 5
  return leaves;
}

TEST_F(EpochsCommandTest, NamesTheEntriesThatProveEachLife) {
  log_.Become(Rotated());
  ASSERT_TRUE(Print(OutputFormat::kHuman).ok());
  EXPECT_THAT(out_.str(),
              HasSubstr("ungeindsats/1  6161616161616161...  in use from"));
  EXPECT_THAT(out_.str(), HasSubstr("(entry 3); ended "));
  EXPECT_THAT(out_.str(), HasSubstr("(entry 5); 100 persons\n"));
  EXPECT_THAT(out_.str(), HasSubstr("(entry 4); 200 persons\n"));
  EXPECT_THAT(out_.str(), HasSubstr("All 6 entries of the log are verified"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("999")));
}

TEST_F(EpochsCommandTest, AKeyInItsWindowSaysWhenItEnds) {
  NaiveLeaves leaves = Rotated();
  leaves.pop_back();
  log_.Become(leaves);
  ASSERT_TRUE(Print(OutputFormat::kHuman).ok());
  EXPECT_THAT(out_.str(), HasSubstr("(entry 3); ends 2026-12-31; 100 persons"));
  EXPECT_THAT(out_.str(), HasSubstr("No key has ended."));
  EXPECT_THAT(out_.str(), Not(HasSubstr("Ended:")));
}

TEST_F(EpochsCommandTest, TheKeyServicesLogNeedsNoFurtherCall) {
  matcher_.error = {grpc::StatusCode::INTERNAL, "not to be called"};
  log_.Become(Rotated());
  ASSERT_TRUE(Print(OutputFormat::kJson, /*keyd=*/true).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"destroyed_leaf\": \"5\",\n"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("persons")));
  EXPECT_THAT(out_.str(), Not(HasSubstr("objections")));
  v1::ListEpochsResponse read;
  EXPECT_TRUE(
      google::protobuf::util::JsonStringToMessage(out_.str(), &read).ok())
      << out_.str();
  EXPECT_FALSE(Print(OutputFormat::kJson).ok());
}

TEST_F(EpochsCommandTest, ObjectionsThatWaitSayWhatToDo) {
  log_.Become(Rotated());
  ASSERT_TRUE(Print(OutputFormat::kHuman).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Objections that stand: 7.\n"));
  matcher_.waiting = 3;
  ASSERT_TRUE(Print(OutputFormat::kHuman).ok());
  EXPECT_THAT(
      out_.str(),
      HasSubstr("stand: 7. Of these known under an older key only: 3."));
  EXPECT_THAT(out_.str(), HasSubstr("person erase --objection"));
  ASSERT_TRUE(Print(OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"objections_waiting\": \"3\""));
}

TEST_F(EpochsCommandTest, ALogThatDoesNotHoldPrintsNothing) {
  log_.Become(Rotated());
  NaiveLeaves changed = Rotated();
  changed[5] = KeyLeaf(v1::AUDIT_ACTION_KEY_DESTROYED, 2, 'b');
  log_.leaves = changed;
  EXPECT_TRUE(absl::IsDataLoss(Print(OutputFormat::kHuman)));
  EXPECT_EQ(out_.str(), "");
}

TEST(EpochLives, ADestructionWithoutABeginningIsShown) {
  EpochLives lives;
  lives.Visit(7, KeyLeaf(v1::AUDIT_ACTION_KEY_DESTROYED, 3, 'c'));
  ASSERT_EQ(lives.lives().size(), 1u);
  EXPECT_FALSE(lives.lives()[0].has_pinned());
  EXPECT_EQ(lives.lives()[0].destroyed_leaf(), 7u);
}

}  // namespace
}  // namespace samkoer::clients
