#include <fstream>
#include <sstream>

#include "clients/audit/verify_command.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;

class VerifyTest : public testing::Test {
 protected:
  absl::Status Verify(VerifyOptions options = {}) {
    options.now =
        absl::FromCivil(absl::CivilDay(2026, 11, 22), absl::UTCTimeZone());
    out_.str("");
    LogServer server(Peer::kMatcher, *log_.stub, Language::kDanish);
    return VerifyLog(server, TestVerifier(log_.signer), store_, options,
                     {out_, notices_, format_, {}, false});
  }
  // A finding must leave the kept checkpoint alone and both notes behind.
  void ExpectBroken(const std::string& finding, VerifyOptions options = {}) {
    const std::string kept = KeptText();
    const absl::Status status = Verify(options);
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(finding));
    EXPECT_EQ(out_.str(), "");
    EXPECT_EQ(KeptText(), kept);
    const std::string hint = HintOf(status);
    ASSERT_THAT(hint, HasSubstr("/evidence-matcher-"));
    const std::size_t begin = hint.find(dir_.path());
    const std::string path = hint.substr(begin, hint.find(';') - begin);
    const std::string evidence = *ReadSmallFile(path);
    EXPECT_THAT(evidence, HasSubstr(log_.note));
    if (!kept.empty()) {
      EXPECT_THAT(evidence, HasSubstr(kept.substr(kept.find("log\n"))));
    }
  }
  std::string KeptText() const {
    return ReadSmallFile(store_.path()).value_or("");
  }

  const TestDirectory dir_;
  FakeLog log_{TestSigner("log")};
  const CheckpointStore store_{dir_.path(), "matcher"};
  std::ostringstream out_, notices_;
  OutputFormat format_ = OutputFormat::kHuman;
};

TEST_F(VerifyTest, AWholeLogIsSaidToBeWhole) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  EXPECT_THAT(out_.str(), HasSubstr("matcherens log er hel"));
  EXPECT_THAT(out_.str(), HasSubstr("250"));
  EXPECT_THAT(out_.str(), HasSubstr("første kontrol"));
}

TEST_F(VerifyTest, TheSecondTimeOnlyNewLeavesAreRead) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(300));
  ASSERT_TRUE(Verify().ok());
  EXPECT_THAT(log_.ranges, ElementsAre(Pair(0, 250), Pair(250, 300)));
  EXPECT_THAT(out_.str(), HasSubstr("nye indgange: 50"));
}

TEST_F(VerifyTest, AfterADayOnlyWhatIsNewIsAskedFor) {
  constexpr std::size_t kYesterday = 20'000, kToday = 20'150;
  log_.Become(NumberedLeaves(kYesterday));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(kToday));
  log_.ranges.clear();
  log_.checkpoints = log_.proofs = 0;
  ASSERT_TRUE(Verify().ok());
  // One checkpoint, one proof of some hashes, and the new leaves.
  EXPECT_EQ(log_.checkpoints, 1);
  EXPECT_EQ(log_.proofs, 1);
  EXPECT_THAT(log_.ranges, ElementsAre(Pair(kYesterday, kToday)));
}

TEST_F(VerifyTest, AWitnessVouchesForTheBeginning) {
  const auto witness = *crypto::CosignatureSigner::FromSeed(
      "nabo.example/w1", crypto::SecretArray<32>::Random());
  const auto other = *crypto::CosignatureSigner::FromSeed(
      "nabo.example/w2", crypto::SecretArray<32>::Random());
  const auto cosign = [&](const NaiveLeaves& leaves) {
    const std::string note = log_.Note(leaves);
    return note +
           witness.Cosign(note.substr(0, note.find("\n\n") + 1), 1'800'000'000);
  };
  const auto key = [](const crypto::CosignatureSigner& signer) {
    return *crypto::CosignatureVerifier::Parse(signer.VerifierKey());
  };
  VerifyOptions options;
  options.witnesses = {key(other), key(witness)};
  log_.Become(NumberedLeaves(250));
  EXPECT_TRUE(absl::IsFailedPrecondition(Verify(options)));
  EXPECT_EQ(KeptText(), "");
  for (const std::size_t size : {250u, 200u, 1u}) {
    log_.cosigned_note = cosign(NumberedLeaves(size));
    ASSERT_TRUE(Verify(options).ok()) << size;
    EXPECT_THAT(out_.str(), HasSubstr("nabo.example/w1"));
    EXPECT_THAT(out_.str(), Not(HasSubstr("nabo.example/w2")));
  }
  options.witnesses = {key(other)};
  EXPECT_TRUE(absl::IsFailedPrecondition(Verify(options)));
  // Another history, or more than the server shows now.
  options.witnesses = {key(witness)};
  log_.cosigned_note = cosign(NumberedLeaves(200, "other"));
  ExpectBroken("VIDNET HAR SET EN ANDEN LOG", options);
  log_.cosigned_note = cosign(NumberedLeaves(251));
  ExpectBroken("VIDNET HAR SET EN ANDEN LOG", options);
  log_.cosigned_note.replace(log_.cosigned_note.size() - 9, 4, "AAAA");
  ExpectBroken("nabo.example/w1", options);
}

TEST_F(VerifyTest, AnUnchangedLogNeedsNoLeaves) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  ASSERT_TRUE(Verify().ok());
  EXPECT_EQ(log_.ranges.size(), 1u);
}

TEST_F(VerifyTest, FullReadsEverythingAgain) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  ASSERT_TRUE(Verify({.full = true}).ok());
  EXPECT_THAT(log_.ranges, ElementsAre(Pair(0, 250), Pair(0, 250)));
  EXPECT_THAT(out_.str(), HasSubstr("alle indgange"));
}

TEST_F(VerifyTest, JsonTellsTheSame) {
  format_ = OutputFormat::kJson;
  log_.Become(NumberedLeaves(7));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(9));
  ASSERT_TRUE(Verify().ok());
  EXPECT_THAT(out_.str(), HasSubstr("\"verified\":true,\"size\":9,"));
  EXPECT_THAT(out_.str(), HasSubstr("\"previous_size\":7,"
                                    "\"continuity\":\"extends\","
                                    "\"read_from\":7"));
}

TEST_F(VerifyTest, ARolledBackLogIsRefused) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(249));
  ExpectBroken("KORTERE");
}

TEST_F(VerifyTest, JsonTellsOfALogThatDoesNotHold) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(249));
  format_ = OutputFormat::kJson;
  EXPECT_TRUE(absl::IsDataLoss(Verify()));
  EXPECT_THAT(out_.str(), HasSubstr("\"verified\":false"));
  EXPECT_THAT(out_.str(), HasSubstr("\"continuity\":\"rolled-back\""));
  EXPECT_THAT(out_.str(), HasSubstr("KORTERE"));
  EXPECT_THAT(out_.str(), HasSubstr("/evidence-matcher-"));
}

TEST_F(VerifyTest, AForkOfTheSameSizeIsRefused) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(250, "other"));
  ExpectBroken("SKREVET OM");
}

TEST_F(VerifyTest, AForkThatHasGrownIsRefused) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  NaiveLeaves forked = NumberedLeaves(300);
  forked[10] = "rewritten";
  log_.Become(forked);
  ExpectBroken("SKREVET OM");
  ExpectBroken("SKREVET OM", {.full = true});
}

TEST_F(VerifyTest, ALyingConsistencyProofDoesNotHelpAFork) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  NaiveLeaves forked = NumberedLeaves(300);
  forked[10] = "rewritten";
  log_.Become(forked);
  log_.proof_leaves = NumberedLeaves(300);
  ExpectBroken("SKREVET OM");
}

TEST_F(VerifyTest, ATamperedLeafIsFoundAtTheFirstCheck) {
  log_.Become(NumberedLeaves(250));
  log_.leaves[100] += "x";
  ExpectBroken("root");
}

TEST_F(VerifyTest, ATamperedNewLeafIsFoundLater) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(300));
  log_.leaves[299] += "x";
  ExpectBroken("root");
}

TEST_F(VerifyTest, MissingLeavesAreFound) {
  log_.Become(NumberedLeaves(250));
  log_.leaves.pop_back();
  ExpectBroken("249");
}

TEST_F(VerifyTest, AServerThatSendsMoreThanAskedForIsCutOff) {
  log_.Become(NumberedLeaves(250));
  log_.leaves = NumberedLeaves(400);
  log_.extra_leaves = 1000;
  ExpectBroken("more than the 250");
}

TEST_F(VerifyTest, BatchesOutOfPlaceAreRefused) {
  log_.Become(NumberedLeaves(250));
  log_.shift_start = 1;
  ExpectBroken("entry 0 was expected");
}

TEST_F(VerifyTest, AWrongSignatureIsRefused) {
  log_.Become(NumberedLeaves(5));
  log_.note = TestSigner("log", 9).Sign(
      crypto::Checkpoint{"log", 5, NaiveRoot(log_.leaves)}.Format());
  ExpectBroken("not signed");
}

TEST_F(VerifyTest, AForgedEdgeCostsAFullReadAndNothingElse) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  std::string text = KeptText();
  text[text.find('\n', text.find("edge")) + 3] ^= 1;
  std::ofstream(store_.path()) << text;
  ASSERT_TRUE(Verify().ok());
  EXPECT_THAT(log_.ranges, ElementsAre(Pair(0, 250), Pair(0, 250)));
}

TEST_F(VerifyTest, ADeclaredLossIsAcceptedOnlyOnPurpose) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  NaiveLeaves restored = NumberedLeaves(200);
  v1::AuditLeaf loss = TestLeaf(v1::AUDIT_ACTION_LOSS_DECLARED, "matcher");
  loss.set_reason("Gendannet fra sikkerhedskopi");
  v1::AuditCount& kept = *loss.add_counts();
  kept.set_name("store_size");
  kept.set_value(200);
  restored.push_back(loss.SerializeAsString());
  log_.Become(restored);
  ExpectBroken("KORTERE");
  ASSERT_TRUE(Verify({.after_declared_loss = true}).ok());
  EXPECT_THAT(out_.str(), HasSubstr("BRUDT, efter et erklæret tab"));
  EXPECT_THAT(out_.str(), HasSubstr("Gendannet fra sikkerhedskopi"));
  EXPECT_THAT(out_.str(), HasSubstr("ET TAB ER ERKLÆRET"));
  EXPECT_THAT(out_.str(), Not(HasSubstr("I orden")));
  EXPECT_THAT(out_.str(), HasSubstr("Sletninger og indsigelser siden kopien"));
  EXPECT_THAT(out_.str(), HasSubstr("nummer 200 eller højere"));
  // The new history is the one that is kept, and the break is not forgotten.
  out_.str("");
  ASSERT_TRUE(Verify().ok());
  EXPECT_THAT(out_.str(), HasSubstr("I orden"));
  EXPECT_THAT(out_.str(), HasSubstr("brud, som beviset ligger for: 2"));
}

TEST_F(VerifyTest, AnUndeclaredLossIsNeverAccepted) {
  log_.Become(NumberedLeaves(250));
  ASSERT_TRUE(Verify().ok());
  log_.Become(NumberedLeaves(200));
  ExpectBroken("ikke erklæret noget tab", {.after_declared_loss = true});
}

TEST_F(VerifyTest, AServerThatIsAwayIsNoFinding) {
  LogServer server(Peer::kMatcher, *log_.stub, Language::kDanish);
  const auto away = v1::Audit::NewStub(grpc::CreateChannel(
      "unix:/nonexistent/socket", grpc::InsecureChannelCredentials()));
  LogServer nobody(Peer::kMatcher, *away, Language::kDanish);
  const absl::Status status =
      VerifyLog(nobody, TestVerifier(log_.signer), store_, {},
                {out_, notices_, format_, {}, false});
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("kan ikke nås"));
  EXPECT_TRUE(std::filesystem::is_empty(dir_.path()));
}

}  // namespace
}  // namespace samkoer::clients
