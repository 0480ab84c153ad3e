#include <fstream>
#include <sstream>

#include "clients/audit/log_command.h"
#include "clients/audit/log_verifier.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

class LogCommandTest : public testing::Test {
 protected:
  absl::Status Print(const LeafFilter& filter, std::size_t limit,
                     OutputFormat format = OutputFormat::kHuman) {
    out_.str("");
    return PrintLog(server_, verifier_, store_, filter, limit, Output(format));
  }
  AuditOutput Output(OutputFormat format = OutputFormat::kHuman) {
    return {out_, out_, format, {}, false};
  }
  static NaiveLeaves Mixed() {
    NaiveLeaves leaves = NumberedLeaves(50);
    for (int i = 0; i < 3; ++i) {
      v1::AuditLeaf leaf = TestLeaf(v1::AUDIT_ACTION_ALERTS_READ,
                                    "samkoer://viborg/coordinator/anna");
      leaf.set_detail("read " + std::to_string(i));
      leaves.push_back(leaf.SerializeAsString());
    }
    return leaves;
  }

  const TestDirectory dir_;
  FakeLog log_{TestSigner("log")};
  const crypto::NoteVerifier verifier_ = TestVerifier(log_.signer);
  const CheckpointStore store_{dir_.file("state"), "matcher"};
  LogServer server_{Peer::kMatcher, *log_.stub, Language::kDanish};
  std::ostringstream out_;
};

TEST_F(LogCommandTest, ShowsTheNewestThatMatchOldestFirst) {
  log_.Become(Mixed());
  LeafFilter filter;
  filter.actions = {v1::AUDIT_ACTION_ALERTS_READ};
  ASSERT_TRUE(Print(filter, 2).ok());
  EXPECT_THAT(out_.str(), Not(HasSubstr("read 0")));
  EXPECT_LT(out_.str().find("read 1"), out_.str().find("read 2"));
  EXPECT_THAT(out_.str(), HasSubstr("2 af 3 fundne indgange vist; alle 53"));
}

TEST_F(LogCommandTest, WithoutALimitAllAreShown) {
  log_.Become(Mixed());
  ASSERT_TRUE(Print({}, 0).ok());
  EXPECT_THAT(out_.str(), HasSubstr("batch 0"));
  EXPECT_THAT(out_.str(), HasSubstr("53 af 53"));
}

TEST_F(LogCommandTest, JsonIsOneArray) {
  log_.Become(Mixed());
  ASSERT_TRUE(Print({}, 2, OutputFormat::kJson).ok());
  EXPECT_THAT(out_.str(), testing::StartsWith("[\n{\"index\":51,\"leaf\":{"));
  EXPECT_THAT(out_.str(), testing::EndsWith("}}\n]\n"));
}

TEST_F(LogCommandTest, NothingOfAForgedLogIsPrinted) {
  log_.Become(Mixed());
  log_.leaves[7] += "x";
  EXPECT_TRUE(absl::IsDataLoss(Print({}, 0)));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(LogCommandTest, ALogThatDoesNotExtendTheKeptCheckpointIsRefused) {
  const NaiveLeaves before = NumberedLeaves(20, "other");
  crypto::CompactTree tree;
  for (const std::string& leaf : before) {
    tree.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(leaf)));
  }
  ASSERT_TRUE(store_.Save(log_.Note(before), tree).ok());
  log_.Become(Mixed());
  EXPECT_TRUE(absl::IsDataLoss(Print({}, 0)));
  log_.Become(NumberedLeaves(10, "other"));
  EXPECT_TRUE(absl::IsDataLoss(Print({}, 0)));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(LogCommandTest, AnExportCanBeCheckedOffline) {
  log_.Become(NumberedLeaves(700));
  const std::string to = dir_.file("export");
  ASSERT_TRUE(ExportLog(server_, verifier_, store_, to, Output()).ok());
  ASSERT_TRUE(std::filesystem::exists(to + "/tile/entries/002.p/188"));
  ASSERT_TRUE(CheckExport(verifier_, to, Output()).ok());
  EXPECT_THAT(out_.str(), HasSubstr("Udtrækket er helt: 700"));

  std::fstream file(to + "/tile/0/001", std::ios::in | std::ios::out);
  file.seekp(100).put('x');
  file.close();
  EXPECT_TRUE(absl::IsDataLoss(CheckExport(verifier_, to, Output())));
}

TEST_F(LogCommandTest, AnExportNeverMixesWithWhatIsThere) {
  log_.Become(NumberedLeaves(3));
  EXPECT_TRUE(absl::IsAlreadyExists(
      ExportLog(server_, verifier_, store_, "/", Output())));
  const std::string to = dir_.file("export");
  ASSERT_TRUE(ExportLog(server_, verifier_, store_, to, Output()).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(
      ExportLog(server_, verifier_, store_, to, Output())));
}

TEST_F(LogCommandTest, AForgedLogLeavesNoCheckpointInTheExport) {
  log_.Become(NumberedLeaves(700));
  log_.leaves[699] += "x";
  const std::string to = dir_.file("export");
  EXPECT_TRUE(
      absl::IsDataLoss(ExportLog(server_, verifier_, store_, to, Output())));
  EXPECT_FALSE(std::filesystem::exists(to + "/checkpoint"));
}

}  // namespace
}  // namespace samkoer::clients
