#include <sys/stat.h>

#include <fstream>

#include "clients/audit/checkpoint_store.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

struct Kept {
  std::string note;
  crypto::CompactTree tree;
};

class CheckpointStoreTest : public testing::Test {
 protected:
  Kept Make(std::size_t leaves) const {
    Kept kept;
    const NaiveLeaves all = NumberedLeaves(leaves);
    for (const std::string& leaf : all) {
      kept.tree.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(leaf)));
    }
    kept.note = signer_.Sign(
        crypto::Checkpoint{"log", leaves, NaiveRoot(all)}.Format());
    return kept;
  }
  void Write(const std::string& text) const {
    std::ofstream(store_.path()) << text;
  }

  const TestDirectory dir_;
  const crypto::NoteSigner signer_ = TestSigner("log");
  const crypto::NoteVerifier verifier_ = TestVerifier(signer_);
  const CheckpointStore store_{dir_.path(), "matcher"};
};

TEST_F(CheckpointStoreTest, NothingIsKeptAtFirst) {
  const auto loaded = store_.Load(verifier_);
  ASSERT_TRUE(loaded.ok());
  EXPECT_FALSE(loaded->has_value());
}

TEST_F(CheckpointStoreTest, WhatIsKeptComesBack) {
  for (std::size_t size : {0u, 1u, 2u, 3u, 255u, 256u, 300u}) {
    const Kept kept = Make(size);
    ASSERT_TRUE(store_.Save(kept.note, kept.tree).ok());
    const auto loaded = store_.Load(verifier_);
    ASSERT_TRUE(loaded.ok() && loaded->has_value()) << loaded.status();
    EXPECT_EQ((*loaded)->note, kept.note);
    EXPECT_EQ((*loaded)->checkpoint.size, size);
    ASSERT_TRUE((*loaded)->tree.has_value());
    EXPECT_EQ((*loaded)->tree->edge(), kept.tree.edge());
  }
}

TEST_F(CheckpointStoreTest, TheFileIsTheOwnersAlone) {
  const CheckpointStore nested(dir_.file("new/deep"), "keyd");
  const Kept kept = Make(5);
  ASSERT_TRUE(nested.Save(kept.note, kept.tree).ok());
  struct stat info;
  ASSERT_EQ(::stat(nested.path().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  ASSERT_EQ(::stat(dir_.file("new/deep").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
}

TEST_F(CheckpointStoreTest, AForgedEdgeIsNotTrusted) {
  Kept kept = Make(5);
  const Kept other = Make(6);
  crypto::CompactTree forged = *crypto::CompactTree::FromEdge(
      5, {other.tree.edge()[0], other.tree.edge()[1]});
  ASSERT_TRUE(store_.Save(kept.note, forged).ok());
  const auto loaded = store_.Load(verifier_);
  ASSERT_TRUE(loaded.ok() && loaded->has_value());
  EXPECT_EQ((*loaded)->checkpoint.size, 5u);
  EXPECT_FALSE((*loaded)->tree.has_value());
}

TEST_F(CheckpointStoreTest, AForgedNoteIsRefusedNotIgnored) {
  const Kept kept = Make(5);
  std::string text = FormatKept(kept.note, kept.tree);
  text.replace(text.find("log\n5\n"), 6, "log\n4\n");
  Write(text);
  const auto loaded = store_.Load(verifier_);
  EXPECT_TRUE(absl::IsDataLoss(loaded.status()));
  EXPECT_THAT(std::string(loaded.status().message()),
              HasSubstr("matcher.checkpoint"));
}

TEST_F(CheckpointStoreTest, AnotherKeysCheckpointIsRefused) {
  const Kept kept = Make(5);
  ASSERT_TRUE(store_.Save(kept.note, kept.tree).ok());
  EXPECT_TRUE(absl::IsDataLoss(
      store_.Load(TestVerifier(TestSigner("log", 9))).status()));
}

TEST_F(CheckpointStoreTest, DamagedFilesAreRefused) {
  const Kept kept = Make(5);
  const std::string whole = FormatKept(kept.note, kept.tree);
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(ParseKept(verifier_, whole.substr(0, length)).ok()) << length;
  }
  for (const char* text :
       {"samkoer-audit checkpoint 2\nedge 0\n", "edge 0\n",
        "samkoer-audit checkpoint 1\nedge 99\n",
        "samkoer-audit checkpoint 1\nedge -1\n",
        "samkoer-audit checkpoint 1\nedge 1\nnot base64\n"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseKept(verifier_, text).status())) << text;
  }
}

TEST_F(CheckpointStoreTest, EvidenceHoldsBothNotesAndIsNeverReplaced) {
  const absl::Time now = absl::FromCivil(
      absl::CivilSecond(2026, 11, 22, 11, 18, 37), absl::UTCTimeZone());
  const auto first = store_.KeepEvidence("forked", "OLD\n", "NEW\n", now);
  const auto second = store_.KeepEvidence("forked", "OLD\n", "NEW2\n", now);
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_THAT(*first, HasSubstr("evidence-matcher-20261122T111837Z.txt"));
  EXPECT_NE(*first, *second);
  const std::string text = *ReadSmallFile(*first);
  EXPECT_THAT(text, HasSubstr("OLD\n"));
  EXPECT_THAT(text, HasSubstr("NEW\n"));
  EXPECT_THAT(text, HasSubstr("Finding: forked"));
}

}  // namespace
}  // namespace samkoer::clients
