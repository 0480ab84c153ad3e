// A witness against a log that a test writes, and falsifies.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "clients/audit/witness_command.h"
#include "clients/audit/witness_config.h"
#include "clients/audit/witness_memory.h"
#include "clients/audit/witness_round.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

// Takes what a witness hands in.
class FakeWitnesses final : public v1::Witnesses::Service {
 public:
  FakeWitnesses() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Witnesses::NewStub(server_->InProcessChannel({}));
  }
  ~FakeWitnesses() override { server_->Shutdown(); }

  grpc::Status AddCosignature(grpc::ServerContext*,
                              const v1::AddCosignatureRequest* request,
                              v1::AddCosignatureResponse* response) override {
    if (before_answer) before_answer();
    notes.push_back(request->note());
    response->mutable_fresh_until()->set_seconds(5);
    return answer;
  }

  std::vector<std::string> notes;
  std::function<void()> before_answer;
  grpc::Status answer = grpc::Status::OK;
  std::unique_ptr<v1::Witnesses::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

class WitnessTest : public testing::Test {
 protected:
  absl::StatusOr<WitnessRound> Round() {
    LogServer server(Peer::kMatcher, *log_.stub, Language::kEnglish);
    return RunWitnessRound({server, *witnesses_.stub, verifier_, memory_},
                           signer_, now_);
  }
  WitnessRecord Kept() const { return memory_.Load(verifier_).value().value(); }
  int Evidence() const {
    int found = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(dir_.file("state"))) {
      found += file.path().filename().string().starts_with("evidence-");
    }
    return found;
  }
  // Nothing leaves, what was seen stays, both notes are kept.
  void ExpectCaught(const std::string& finding) {
    const std::string seen = Kept().note;
    witnesses_.notes.clear();
    const absl::Status status = Round().status();
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(finding));
    EXPECT_THAT(witnesses_.notes, IsEmpty());
    EXPECT_EQ(Kept().note, seen);
    const std::string evidence = *ReadSmallFile(Kept().evidence);
    EXPECT_THAT(evidence, HasSubstr(seen));
    EXPECT_THAT(evidence, HasSubstr(log_.note));
    EXPECT_EQ(Evidence(), 1);
  }
  WitnessSetup MakeSetup() {
    WitnessSetup setup;
    setup.config_path = "w.yaml";
    setup.config.set_state_dir(dir_.file("state"));
    setup.config.set_key_file(dir_.file("key"));
    setup.config.set_interval_seconds(60);
    auto* log = setup.config.add_logs();
    log->set_name("matcher");
    log->set_log_verifier_key(log_.signer.VerifierKey());
    return setup;
  }
  AuditOutput Output() {
    return {out_, notices_, OutputFormat::kHuman, {}, false};
  }

  const TestDirectory dir_;
  FakeLog log_{TestSigner("log")};
  FakeWitnesses witnesses_;
  const crypto::NoteVerifier verifier_ = TestVerifier(log_.signer);
  const crypto::CosignatureSigner signer_ =
      *crypto::CosignatureSigner::FromSeed("nabo.example/w1",
                                           crypto::SecretArray<32>::Random());
  const crypto::CosignatureVerifier cosigned_ =
      *crypto::CosignatureVerifier::Parse(signer_.VerifierKey());
  const WitnessMemory memory_{dir_.file("state"), "matcher"};
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);
  std::ostringstream out_, notices_;
};

TEST_F(WitnessTest, TheFirstCheckpointIsCosigned) {
  log_.Become(NumberedLeaves(10));
  const auto round = Round();
  ASSERT_TRUE(round.ok()) << round.status();
  EXPECT_EQ(round->size, 10u);
  EXPECT_EQ(absl::ToUnixSeconds(round->fresh_until), 5);
  ASSERT_EQ(witnesses_.notes.size(), 1u);
  const auto cosigned = cosigned_.Verify(witnesses_.notes[0]);
  ASSERT_TRUE(cosigned.ok()) << cosigned.status();
  EXPECT_EQ(cosigned->unix_seconds, 1'800'000'000u);
  EXPECT_TRUE(verifier_.Verify(witnesses_.notes[0]).ok());
}

TEST_F(WitnessTest, WhatWasCosignedIsOnDiskBeforeItLeaves) {
  log_.Become(NumberedLeaves(10));
  std::string kept_before;
  witnesses_.before_answer = [&] { kept_before = Kept().note; };
  ASSERT_TRUE(Round().ok());
  EXPECT_EQ(kept_before, witnesses_.notes.at(0));
}

TEST_F(WitnessTest, ALogThatGrowsIsCosignedAgainAndOneThatDoesNotToo) {
  for (const std::size_t size : {10u, 10u, 300u}) {
    log_.Become(NumberedLeaves(size));
    now_ += absl::Minutes(15);
    ASSERT_TRUE(Round().ok());
    EXPECT_EQ(Kept().checkpoint.size, size);
    EXPECT_EQ(Kept().unix_seconds, absl::ToUnixSeconds(now_));
  }
  EXPECT_EQ(witnesses_.notes.size(), 3u);
}

TEST_F(WitnessTest, AForkOfTheSameSizeIsCaught) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  log_.Become(NumberedLeaves(10, "other"));
  ExpectCaught("REWRITTEN");
}

TEST_F(WitnessTest, AForkThatHasGrownIsCaught) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  NaiveLeaves forked = NumberedLeaves(20);
  forked[3] = "rewritten";
  log_.Become(forked);
  ExpectCaught("REWRITTEN");
}

TEST_F(WitnessTest, AProofOfAnotherTreeIsCaught) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  NaiveLeaves forked = NumberedLeaves(20);
  forked[3] = "rewritten";
  log_.Become(forked);
  log_.proof_leaves = NumberedLeaves(20);
  ExpectCaught("REWRITTEN");
}

TEST_F(WitnessTest, ARollbackIsCaught) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  log_.Become(NumberedLeaves(9));
  ExpectCaught("SHORTER");
}

TEST_F(WitnessTest, ItStaysRefusedThoughTheLogIsAsItWas) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  log_.Become(NumberedLeaves(9));
  ExpectCaught("SHORTER");
  log_.Become(NumberedLeaves(11));
  witnesses_.notes.clear();
  EXPECT_TRUE(absl::IsDataLoss(Round().status()));
  EXPECT_THAT(witnesses_.notes, IsEmpty());
  EXPECT_EQ(Evidence(), 1);
}

TEST_F(WitnessTest, APersonResolvesItWithAReason) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  WitnessSetup setup = MakeSetup();
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ResolveWitnessed(setup, "matcher", "ingen grund", now_, Output())));
  log_.Become(NumberedLeaves(9));
  ExpectCaught("SHORTER");
  EXPECT_TRUE(absl::IsInvalidArgument(
      ResolveWitnessed(setup, "matcher", "", now_, Output())));
  ASSERT_TRUE(
      ResolveWitnessed(setup, "matcher", "journal 12", now_, Output()).ok());
  ASSERT_TRUE(Round().ok());
  EXPECT_EQ(Kept().checkpoint.size, 9u);
  EXPECT_EQ(Evidence(), 1) << "the evidence stays";
  bool told = false;
  for (const auto& file :
       std::filesystem::directory_iterator(dir_.file("state"))) {
    if (file.path().string().find("-resolved-") == std::string::npos) continue;
    EXPECT_THAT(*ReadSmallFile(file.path()), HasSubstr("Reason: journal 12"));
    told = true;
  }
  EXPECT_TRUE(told);
}

TEST_F(WitnessTest, ANoteThatTheLogDidNotSignIsNotCosigned) {
  log_.Become(NumberedLeaves(10));
  log_.note =
      TestSigner("log", 9).Sign("log\n10\n" + std::string(43, 'A') + "=\n");
  EXPECT_TRUE(absl::IsDataLoss(Round().status()));
  EXPECT_THAT(witnesses_.notes, IsEmpty());
  // Whoever answered, it was not this log: nothing is held against it.
  log_.Become(NumberedLeaves(10));
  EXPECT_TRUE(Round().ok());
}

TEST_F(WitnessTest, AMemoryThatIsDamagedIsNotIgnored) {
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  std::ofstream(memory_.path(), std::ios::app) << "x";
  witnesses_.notes.clear();
  EXPECT_TRUE(absl::IsDataLoss(Round().status()));
  EXPECT_THAT(witnesses_.notes, IsEmpty());
}

TEST_F(WitnessTest, AServerThatRefusesIsToldOf) {
  log_.Become(NumberedLeaves(10));
  witnesses_.answer = {grpc::StatusCode::PERMISSION_DENIED, "not permitted"};
  EXPECT_TRUE(absl::IsPermissionDenied(Round().status()));
  EXPECT_THAT(HintOf(Round().status()), HasSubstr("under witnesses"));
}

TEST_F(WitnessTest, TheStatusIsForMonitoring) {
  WitnessSetup setup = MakeSetup();
  EXPECT_TRUE(absl::IsUnavailable(PrintWitnessStatus(setup, now_, Output())));
  log_.Become(NumberedLeaves(10));
  ASSERT_TRUE(Round().ok());
  ASSERT_TRUE(memory_.SaveLast({absl::ToUnixSeconds(now_), {}}).ok());
  EXPECT_TRUE(PrintWitnessStatus(setup, now_, Output()).ok());
  EXPECT_TRUE(absl::IsUnavailable(
      PrintWitnessStatus(setup, now_ + absl::Minutes(5), Output())));
  ASSERT_TRUE(memory_
                  .SaveLast({absl::ToUnixSeconds(now_),
                             absl::UnavailableError("away\nfor long")})
                  .ok());
  EXPECT_TRUE(absl::IsUnavailable(PrintWitnessStatus(setup, now_, Output())));
  log_.Become(NumberedLeaves(9));
  EXPECT_FALSE(Round().ok());
  EXPECT_TRUE(absl::IsDataLoss(PrintWitnessStatus(setup, now_, Output())));
  ASSERT_TRUE(ShowWitnessed(setup, "matcher", Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr(Kept().note));
}

TEST_F(WitnessTest, OneWitnessAtATimeWorksInADirectory) {
  const auto lock = WitnessLock::Take(dir_.file("state"));
  ASSERT_TRUE(lock.ok()) << lock.status();
  EXPECT_TRUE(
      absl::IsUnavailable(WitnessLock::Take(dir_.file("state")).status()));
}

TEST_F(WitnessTest, RootLeavesNothingInAFolderOfTheService) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can";
  const std::string others = dir_.file("others");
  std::filesystem::create_directory(others);
  ASSERT_EQ(::chown(others.c_str(), 65534, 65534), 0);
  EXPECT_TRUE(absl::IsPermissionDenied(WitnessLock::Take(others).status()));
  WitnessSetup setup = MakeSetup();
  setup.config.set_key_file(others + "/key");
  EXPECT_TRUE(absl::IsPermissionDenied(
      InitWitness(setup, "nabo.example/w1", Output())));
  EXPECT_TRUE(std::filesystem::is_empty(others));
}

TEST_F(WitnessTest, TheKeyIsReadAsItWasMade) {
  const std::string path = dir_.file("key");
  const auto made = MakeWitnessKey(path, "nabo.example/w1");
  ASSERT_TRUE(made.ok()) << made.status();
  const auto loaded = LoadWitnessKey(path);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ(loaded->VerifierKey(), made->VerifierKey());
  EXPECT_TRUE(absl::IsAlreadyExists(MakeWitnessKey(path, "x").status()));
  std::filesystem::permissions(path, std::filesystem::perms::group_read,
                               std::filesystem::perm_options::add);
  EXPECT_TRUE(absl::IsPermissionDenied(LoadWitnessKey(path).status()));
  EXPECT_TRUE(absl::IsNotFound(LoadWitnessKey(dir_.file("none")).status()));
}

TEST_F(WitnessTest, AKeyFileThatWasChangedIsRefused) {
  const std::string path = dir_.file("key");
  ASSERT_TRUE(MakeWitnessKey(path, "nabo.example/w1").ok());
  const std::string good = *ReadSmallFile(path);
  for (std::size_t at = 0; at < good.size(); at += 7) {
    std::string bad = good;
    bad[at] = bad[at] == 'B' ? 'C' : 'B';
    std::ofstream(path, std::ios::trunc) << bad;
    EXPECT_TRUE(absl::IsFailedPrecondition(LoadWitnessKey(path).status()))
        << at;
  }
}

TEST_F(WitnessTest, AConfigurationThatCannotWorkIsRefused) {
  const std::string path = dir_.file("w.yaml");
  const std::string log =
      "logs:\n  - name: matcher\n    server: {address: 'h:1'}\n"
      "    tls: {ca_file: a, certificate_file: b, key_file: c}\n"
      "    log_verifier_key: '" +
      log_.signer.VerifierKey() + "'\n";
  const std::string head = "key_file: k\nstate_dir: s\n";
  const auto load = [&](const std::string& text) {
    std::ofstream(path, std::ios::trunc) << text;
    return LoadWitnessConfig(path);
  };
  const auto good = load(head + log);
  ASSERT_TRUE(good.ok()) << good.status();
  EXPECT_EQ(good->state_dir(), dir_.file("s"));
  EXPECT_EQ(good->interval_seconds(), 900u);
  for (const std::string& bad :
       {log, "key_file: k\n" + log, head + log + "interval_seconds: 9\n",
        head + log + log.substr(6), head + "logs: [{name: 'A b'}]\n",
        head + "logs: [{name: a}]\n", head + "other: 1\n"}) {
    EXPECT_TRUE(absl::IsFailedPrecondition(load(bad).status())) << bad;
  }
}

}  // namespace
}  // namespace samkoer::clients
