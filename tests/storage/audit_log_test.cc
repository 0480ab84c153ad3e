#include "storage/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "storage/key_layout.h"
#include "tests/storage/fault_engine.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/naive_merkle.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;
using samkoer::v1::AuditLeaf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kAnna(16, 'a'), kBo(16, 'b'), kCarl(16, 'c');

class AuditLogTest : public testing::Test {
 protected:
  AuditLogTest() : log_(OpenLog(engine_, sealer_)) {}

  std::vector<AuditLeaf> NextLeaves(std::size_t count) {
    std::vector<AuditLeaf> leaves;
    for (std::size_t i = 0; i < count; ++i) {
      leaves.push_back(TestLeaf(model_.size()));
      model_.push_back(leaves.back().SerializeAsString());
    }
    return leaves;
  }
  void Append(std::size_t count) {
    WriteBatch batch;
    const std::uint64_t expected = model_.size();
    EXPECT_EQ(ValueOf(log_->Append(batch, NextLeaves(count))), expected);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
    log_->Committed();
  }
  void AppendAbout(std::vector<std::string> subjects) {
    WriteBatch batch;
    std::vector<AuditLeaf> leaves = {TestLeaf(model_.size())};
    for (auto& subject : subjects) leaves[0].add_subjects(subject);
    model_.push_back(leaves[0].SerializeAsString());
    SAMKOER_ASSERT_OK(log_->Append(batch, leaves).status());
    SAMKOER_ASSERT_OK(engine_.Write(batch));
    log_->Committed();
  }
  std::vector<std::string> Read(std::uint64_t start, std::uint64_t end) {
    std::vector<std::string> leaves;
    SAMKOER_EXPECT_OK(log_->ReadLeaves(
        engine_, start, end, [&](std::uint64_t index, std::string_view leaf) {
          EXPECT_EQ(index, start + leaves.size());
          leaves.emplace_back(leaf);
          return true;
        }));
    return leaves;
  }
  absl::Status Reopen() {
    return AuditLog::Open(engine_, sealer_, TestSigner(), TestIndexKey())
        .status();
  }
  void Delete(const std::string& key) {
    WriteBatch batch;
    batch.Delete(key);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }
  void PutLeaf(std::uint64_t index, const std::string& bytes) {
    WriteBatch batch;
    const std::string key = NumberKey(Table::kAuditLeaf, index);
    batch.Put(key, sealer_.Seal(key, bytes));
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }

  const ValueSealer sealer_ = TestSealer();
  MemoryEngine engine_;
  std::unique_ptr<AuditLog> log_;
  std::vector<std::string> model_;
};

TEST_F(AuditLogTest, NewLogIsEmpty) {
  EXPECT_EQ(log_->size(), 0u);
  EXPECT_EQ(log_->checkpoint().root, crypto::EmptyRoot());
  EXPECT_THAT(Read(0, 0), IsEmpty());
  SAMKOER_EXPECT_OK(log_->VerifyLeaves(engine_));
}

TEST_F(AuditLogTest, NothingIsPublishedBeforeTheWriteSucceeded) {
  Append(2);
  const auto before = log_->checkpoint();
  WriteBatch batch;
  SAMKOER_ASSERT_OK(log_->Append(batch, NextLeaves(3)).status());
  EXPECT_EQ(log_->checkpoint(), before);
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_EQ(log_->checkpoint(), before);
  log_->Committed();
  EXPECT_EQ(log_->size(), 5u);
  EXPECT_EQ(log_->checkpoint().root, NaiveRoot(model_));
}

TEST_F(AuditLogTest, ManyAppendsOfOneBatchFollowEachOther) {
  WriteBatch batch;
  EXPECT_EQ(ValueOf(log_->Append(batch, NextLeaves(2))), 0u);
  EXPECT_EQ(ValueOf(log_->Append(batch, NextLeaves(300))), 2u);
  EXPECT_EQ(ValueOf(log_->Append(batch, NextLeaves(1))), 302u);
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  log_->Committed();
  EXPECT_EQ(log_->checkpoint().root, NaiveRoot(model_));
  EXPECT_EQ(Read(0, 303), model_);
}

TEST_F(AuditLogTest, ABatchMayBeMadeWhileTheOneBeforeIsWritten) {
  Append(2);
  WriteBatch first, second;
  SAMKOER_ASSERT_OK(log_->Append(first, NextLeaves(300)).status());
  const crypto::Checkpoint of_first = log_->Staged();
  EXPECT_EQ(of_first.size, 302u);
  EXPECT_EQ(of_first.root, NaiveRoot(model_));
  EXPECT_EQ(ValueOf(log_->Append(second, NextLeaves(5))), 302u);
  EXPECT_EQ(log_->staged_size(), 307u);
  EXPECT_EQ(log_->size(), 2u);

  SAMKOER_ASSERT_OK(engine_.Write(first));
  log_->Publish(of_first);
  // Only what is durable is told of, and it can be proven.
  EXPECT_EQ(log_->checkpoint(), of_first);
  EXPECT_EQ(ValueOf(log_->RootAt(engine_, 302)), of_first.root);
  SAMKOER_EXPECT_OK(log_->VerifyLeaves(engine_));
  SAMKOER_EXPECT_OK(Reopen());

  SAMKOER_ASSERT_OK(engine_.Write(second));
  log_->Committed();
  EXPECT_EQ(log_->checkpoint().root, NaiveRoot(model_));
  SAMKOER_EXPECT_OK(Reopen());
}

TEST_F(AuditLogTest, MalformedLeafStagesNothing) {
  WriteBatch batch;
  auto leaves = NextLeaves(2);
  model_.clear();
  leaves[1].clear_purpose();
  EXPECT_EQ(log_->Append(batch, leaves).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_EQ(log_->Append(batch, {}).status().code(),
            StatusCode::kInvalidArgument);
  EXPECT_TRUE(batch.empty());
  Append(1);
  EXPECT_EQ(log_->size(), 1u);
}

TEST_F(AuditLogTest, LeavesComeBackByteForByte) {
  Append(600);
  EXPECT_EQ(Read(0, 600), model_);
  EXPECT_THAT(Read(599, 600), ElementsAre(model_[599]));
  EXPECT_EQ(Read(255, 257),
            std::vector(model_.begin() + 255, model_.begin() + 257));
}

TEST_F(AuditLogTest, ReadingStopsWhenAsked) {
  Append(10);
  int seen = 0;
  SAMKOER_EXPECT_OK(
      log_->ReadLeaves(engine_, 0, 10, [&](auto, auto) { return ++seen < 3; }));
  EXPECT_EQ(seen, 3);
}

TEST_F(AuditLogTest, ReadingBeyondTheEndIsRefused) {
  Append(3);
  const auto none = [](auto, auto) { return true; };
  EXPECT_EQ(log_->ReadLeaves(engine_, 0, 4, none).code(),
            StatusCode::kOutOfRange);
  EXPECT_EQ(log_->ReadLeaves(engine_, 2, 1, none).code(),
            StatusCode::kOutOfRange);
}

TEST_F(AuditLogTest, CheckpointIsSignedAndNewest) {
  const auto verifier =
      ValueOf(crypto::NoteVerifier::Parse(log_->VerifierKey()));
  for (int i = 0; i < 3; ++i) {
    Append(1);
    const auto text = ValueOf(verifier.Verify(log_->SignedCheckpoint()));
    EXPECT_EQ(ValueOf(crypto::Checkpoint::Parse(text)), log_->checkpoint());
    EXPECT_EQ(log_->checkpoint().origin, "samkoer/testby/matcher");
    EXPECT_EQ(log_->SignedCheckpoint(), log_->SignedCheckpoint());
  }
}

TEST_F(AuditLogTest, ProofsBeyondThePublishedSizeAreRefused) {
  Append(3);
  EXPECT_EQ(log_->InclusionProof(engine_, 0, 4).status().code(),
            StatusCode::kOutOfRange);
  EXPECT_EQ(log_->InclusionProof(engine_, 3, 3).status().code(),
            StatusCode::kOutOfRange);
  EXPECT_EQ(log_->ConsistencyProof(engine_, 1, 4).status().code(),
            StatusCode::kOutOfRange);
  EXPECT_EQ(log_->ConsistencyProof(engine_, 0, 3).status().code(),
            StatusCode::kOutOfRange);
  EXPECT_EQ(log_->ConsistencyProof(engine_, 3, 2).status().code(),
            StatusCode::kOutOfRange);
  EXPECT_EQ(log_->RootAt(engine_, 4).status().code(), StatusCode::kOutOfRange);
}

TEST_F(AuditLogTest, RandomHistoriesEqualTheNaiveModel) {
  std::mt19937_64 random(TestSeed());
  while (model_.size() < 1500) {
    Append(1 + random() % (random() % 8 == 0 ? 300 : 20));
    if (random() % 4 == 0) log_ = OpenLog(engine_, sealer_);
    const std::size_t size = model_.size();
    const Leaves all(model_);
    ASSERT_EQ(log_->size(), size);
    ASSERT_EQ(log_->checkpoint().root, NaiveRoot(all));
    for (int i = 0; i < 3; ++i) {
      const std::size_t second = 1 + random() % size;
      const std::size_t first = 1 + random() % second;
      const std::size_t index = random() % second;
      const Leaves older = all.first(second);
      ASSERT_EQ(ValueOf(log_->RootAt(engine_, second)), NaiveRoot(older));
      ASSERT_EQ(ValueOf(log_->InclusionProof(engine_, index, second)),
                NaivePath(index, older))
          << index << " of " << second;
      ASSERT_EQ(ValueOf(log_->ConsistencyProof(engine_, first, second)),
                NaiveProof(first, older))
          << first << " to " << second;
    }
  }
  EXPECT_EQ(Read(0, model_.size()), model_);
  SAMKOER_EXPECT_OK(log_->VerifyLeaves(engine_));
}

TEST_F(AuditLogTest, SubjectsAreFoundWithoutAScan) {
  AppendAbout({kAnna});
  AppendAbout({kAnna, kBo});
  AppendAbout({kBo});
  AppendAbout({});
  AppendAbout({kAnna});
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kAnna, 100)),
              ElementsAre(0, 1, 4));
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kBo, 100)),
              ElementsAre(1, 2));
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kCarl, 100)), IsEmpty());
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kAnna, 2)),
              ElementsAre(1, 4));
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kAnna, 0)), IsEmpty());
  EXPECT_EQ(log_->LeafIndicesFor(engine_, "short", 1).status().code(),
            StatusCode::kInvalidArgument);
}

// Counts what is read of a store.
class CountingReader final : public Reader {
 public:
  explicit CountingReader(const Reader& reader) : reader_(reader) {}
  absl::StatusOr<std::string> Get(std::string_view key) const override {
    ++values;
    return reader_.Get(key);
  }
  absl::Status Scan(
      std::string_view prefix, std::string_view from,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return reader_.Scan(prefix, from, Counting(visit));
  }
  absl::Status ScanBackward(
      std::string_view prefix, std::string_view before,
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const override {
    return reader_.ScanBackward(prefix, before, Counting(visit));
  }
  mutable int values = 0;

 private:
  std::function<bool(std::string_view, std::string_view)> Counting(
      const std::function<bool(std::string_view, std::string_view)>& visit)
      const {
    return [this, &visit](std::string_view key, std::string_view value) {
      ++values;
      return visit(key, value);
    };
  }
  const Reader& reader_;
};

TEST_F(AuditLogTest, WhoIsLookedUpInALongLogCostsTheirOwnEntriesOnly) {
  AppendAbout({kAnna});
  for (int i = 0; i < 2000; ++i) AppendAbout({kBo});
  AppendAbout({kAnna});
  const CountingReader reader(engine_);
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(reader, kAnna, 100)),
              ElementsAre(0, 2001));
  EXPECT_LE(reader.values, 4);
}

TEST_F(AuditLogTest, SubjectsOfLongLeavesAreFoundToo) {
  // Leaves 0, 2 and 4 name Anna among many, 1 and 3 her alone.
  auto many = TestLeaf(0);
  many.set_action(samkoer::v1::AUDIT_ACTION_ALERTS_MATCHED);
  for (char c = 'a'; c <= 'z'; ++c) {
    for (int n = 0; n < 4; ++n) {
      many.add_subjects(std::string(15, c) + static_cast<char>('0' + n));
    }
  }
  many.add_subjects(kAnna);
  std::sort(many.mutable_subjects()->begin(), many.mutable_subjects()->end());
  auto alone = TestLeaf(1);
  alone.add_subjects(kAnna);
  const std::vector<AuditLeaf> leaves = {many, alone, many, alone, many};
  WriteBatch batch;
  SAMKOER_ASSERT_OK(log_->Append(batch, leaves).status());
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  log_->Committed();
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kAnna, 100)),
              ElementsAre(0, 1, 2, 3, 4));
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kAnna, 2)),
              ElementsAre(3, 4));
  EXPECT_THAT(
      ValueOf(log_->LeafIndicesFor(engine_, std::string(15, 'k') + "3", 100)),
      ElementsAre(0, 2, 4));
  EXPECT_THAT(
      ValueOf(log_->LeafIndicesFor(engine_, std::string(15, 'k') + "9", 100)),
      IsEmpty());
  EXPECT_THAT(
      ValueOf(log_->LeafIndicesFor(engine_, kAnna, 100, LongLeaves::kLeaveOut)),
      ElementsAre(1, 3));
  EXPECT_THAT(
      ValueOf(log_->LeafIndicesFor(engine_, kAnna, 1, LongLeaves::kLeaveOut)),
      ElementsAre(3));
}

TEST_F(AuditLogTest, WhatAPersonReadIsIndexedHoweverLong) {
  auto read = TestLeaf(0);
  read.set_action(samkoer::v1::AUDIT_ACTION_ALERTS_READ);
  for (int n = 0; n < 100; ++n) {
    read.add_subjects(std::string(13, 'x') + std::to_string(100 + n));
  }
  WriteBatch batch;
  SAMKOER_ASSERT_OK(log_->Append(batch, {&read, 1}).status());
  std::size_t entries = 0;
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  SAMKOER_ASSERT_OK(engine_.Scan(TablePrefix(Table::kSubjectIndex), "",
                                 [&](std::string_view, std::string_view) {
                                   ++entries;
                                   return true;
                                 }));
  EXPECT_EQ(entries, 100u);
}

TEST_F(AuditLogTest, UnpublishedLeavesAreNotInTheSubjectIndex) {
  AppendAbout({kAnna});
  WriteBatch batch;
  std::vector<AuditLeaf> leaves = {TestLeaf(1)};
  leaves[0].add_subjects(kAnna);
  SAMKOER_ASSERT_OK(log_->Append(batch, leaves).status());
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_THAT(ValueOf(log_->LeafIndicesFor(engine_, kAnna, 9)), ElementsAre(0));
}

TEST_F(AuditLogTest, NothingOfALeafIsInTheClear) {
  AppendAbout({kAnna});
  SAMKOER_ASSERT_OK(
      engine_.Scan("", "", [&](std::string_view key, std::string_view value) {
        for (const std::string_view part : {key, value}) {
          EXPECT_EQ(part.find(kAnna), std::string_view::npos);
          EXPECT_EQ(part.find("ungeindsats"), std::string_view::npos);
          EXPECT_EQ(part.find(crypto::AsText(NaiveRoot(model_))),
                    std::string_view::npos);
        }
        return true;
      }));
}

TEST_F(AuditLogTest, DataAndItsLeafAreThereTogetherOrNotAtAll) {
  for (const Fault fault : {Fault::kNotPersisted, Fault::kPersistedButError}) {
    MemoryEngine disk;
    FaultEngine engine(disk);
    auto log = OpenLog(engine, sealer_);
    engine.FailWrite(3, fault);
    std::uint64_t acknowledged = 0;
    for (std::uint64_t n = 0; n < 5; ++n) {
      WriteBatch batch;
      batch.Put(NumberKey(Table::kAlert, n), "data");
      SAMKOER_ASSERT_OK(log->Append(batch, std::vector{TestLeaf(n)}).status());
      const auto before = log->checkpoint();
      if (!engine.Write(batch).ok()) {
        EXPECT_EQ(log->checkpoint(), before);  // nobody saw what failed
        break;
      }
      log->Committed();
      ++acknowledged;
    }
    ASSERT_EQ(acknowledged, 2u);
    // The process ends here; the next one opens what the disk has.
    const auto reopened = OpenLog(disk, sealer_);
    EXPECT_EQ(reopened->size(), fault == Fault::kPersistedButError ? 3u : 2u);
    SAMKOER_EXPECT_OK(reopened->VerifyLeaves(disk));
    for (std::uint64_t n = 0; n < 5; ++n) {
      EXPECT_EQ(disk.Get(NumberKey(Table::kAlert, n)).ok(),
                n < reopened->size());
    }
  }
}

TEST_F(AuditLogTest, MissingNewestLeafIsNoticed) {
  Append(300);
  Delete(NumberKey(Table::kAuditLeaf, 299));
  EXPECT_EQ(Reopen().code(), StatusCode::kDataLoss);
}

TEST_F(AuditLogTest, LeafMissingInTheNewestTileIsNamed) {
  Append(300);
  Delete(NumberKey(Table::kAuditLeaf, 270));
  EXPECT_EQ(Reopen().code(), StatusCode::kDataLoss);
  EXPECT_THAT(Message(Reopen()), HasSubstr("leaf 270 is missing"));
}

TEST_F(AuditLogTest, LeafThatIsNotTheOneInTheTreeIsNamed) {
  Append(300);
  PutLeaf(270, model_[269]);
  EXPECT_EQ(Reopen().code(), StatusCode::kDataLoss);
  EXPECT_THAT(Message(Reopen()), HasSubstr("leaf 270 is not the one"));
}

TEST_F(AuditLogTest, ChangedOldLeafIsFoundByVerifyingAll) {
  Append(600);
  PutLeaf(10, model_[11]);
  log_ = OpenLog(engine_, sealer_);  // the newest tile is sound
  EXPECT_EQ(log_->VerifyLeaves(engine_).code(), StatusCode::kDataLoss);
}

TEST_F(AuditLogTest, ExtraLeafWithoutATreeIsNoticed) {
  Append(3);
  PutLeaf(3, model_[0]);
  EXPECT_EQ(Reopen().code(), StatusCode::kDataLoss);
}

TEST_F(AuditLogTest, WrongKeyIsRefused) {
  Append(3);
  const ValueSealer other = TestSealer(9);
  EXPECT_EQ(AuditLog::Open(engine_, other, TestSigner(), TestIndexKey())
                .status()
                .code(),
            StatusCode::kDataLoss);
}

TEST_F(AuditLogTest, ReadersSeeWholeCheckpointsWhileTheWriterAppends) {
  std::atomic<bool> stop = false;
  std::atomic<int> checked = 0;
  std::thread reader([&] {
    const auto verifier =
        ValueOf(crypto::NoteVerifier::Parse(log_->VerifierKey()));
    std::uint64_t last = 0;
    while (!stop || checked == 0) {
      const auto checkpoint = log_->checkpoint();
      const auto snapshot = engine_.Snapshot();
      EXPECT_GE(checkpoint.size, last);
      last = checkpoint.size;
      EXPECT_EQ(ValueOf(log_->RootAt(*snapshot, last)), checkpoint.root);
      EXPECT_TRUE(verifier.Verify(log_->SignedCheckpoint()).ok());
      ++checked;
    }
  });
  for (int i = 0; i < 200; ++i) Append(3);
  stop = true;
  reader.join();
  EXPECT_EQ(log_->checkpoint().root, NaiveRoot(model_));
}

TEST(AuditLogOnDisk, GoesOnAfterReopening) {
  TempDir dir;
  const ValueSealer sealer = TestSealer();
  std::vector<std::string> model;
  for (int round = 0; round < 3; ++round) {
    auto engine = OpenStore(dir / "store");
    auto log = OpenLog(*engine, sealer);
    ASSERT_EQ(log->checkpoint().root, NaiveRoot(model));
    for (int i = 0; i < 100; ++i) {
      const AuditLeaf leaf = TestLeaf(model.size());
      model.push_back(leaf.SerializeAsString());
      WriteBatch batch;
      SAMKOER_ASSERT_OK(log->Append(batch, {&leaf, 1}).status());
      SAMKOER_ASSERT_OK(engine->Write(batch));
      log->Committed();
    }
    SAMKOER_EXPECT_OK(log->VerifyLeaves(*engine));
  }
}

}  // namespace
}  // namespace samkoer::storage
