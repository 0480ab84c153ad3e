#include "matcher/staged_snapshot.h"

#include <map>

#include "storage/key_layout.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

crypto::Hash16 Key(std::uint8_t n) {
  crypto::Hash16 key{};
  key[0] = n;
  return key;
}

class StagedSnapshotTest : public testing::Test {
 protected:
  // Puts a batch of these cases where a push's batches lie.
  void Stage(const std::vector<std::uint8_t>& cases,
             std::vector<storage::StagedCarry> carries = {}) {
    storage::StagedBatchHead head;
    head.digest.fill(static_cast<std::uint8_t>(push_.batches.size()));
    head.staged_count = static_cast<std::uint32_t>(cases.size());
    head.record_count =
        head.staged_count + static_cast<std::uint32_t>(carries.size());
    std::string plaintext;
    storage::PutStagedBatchHead(plaintext, head);
    for (const std::uint8_t n : cases) {
      storage::StagedRecord record;
      record.case_id = Key(n);
      record.person_key = Key(static_cast<std::uint8_t>(n + 100));
      record.canonical_tail = "tail";
      storage::PutStagedRecord(plaintext, record);
    }
    storage::PutStagedCarries(plaintext, carries);
    const std::string key = storage::StagedBatchKey(9, push_.batches.size());
    values_[key] = sealer_.Seal(key, plaintext);
    push_.batches.push_back({head.digest, head.record_count});
  }
  absl::StatusOr<StagedSnapshot> Read(std::uint64_t most_records = 1000) {
    return ReadStagedSnapshot(
        [&](std::string_view key) -> absl::StatusOr<std::string> {
          const auto found = values_.find(key);
          if (found == values_.end()) return absl::NotFoundError("no such key");
          return found->second;
        },
        sealer_, 2, 9, push_.batches.size(), most_records);
  }

  const storage::ValueSealer sealer_ = storage::TestSealer();
  std::map<std::string, std::string, std::less<>> values_;
  OpenPush push_;
};

TEST_F(StagedSnapshotTest, AllBatchesAreReadInOrder) {
  for (std::uint8_t n = 0; n < 20; ++n) {
    Stage({n, static_cast<std::uint8_t>(n + 50)});
  }
  Stage({}, {{Key(1), Key(2)}});
  const StagedSnapshot snapshot = ValueOf(Read());
  ASSERT_EQ(snapshot.records.size(), 40u);
  for (std::uint8_t n = 0; n < 20; ++n) {
    EXPECT_EQ(snapshot.records[n * 2u].case_id, Key(n));
    EXPECT_EQ(snapshot.batch_ends[n], n * 2u + 2);
  }
  EXPECT_EQ(snapshot.records[39].canonical_tail, "tail");
  ASSERT_EQ(snapshot.carries.size(), 1u);
  EXPECT_EQ(snapshot.carries[0].person_key, Key(1));
  EXPECT_FALSE(snapshot.has_pairs);
  EXPECT_TRUE(IsReceipted(snapshot, push_));
}

TEST_F(StagedSnapshotTest, OtherBatchesThanReceiptedAreSeen) {
  Stage({1});
  Stage({2});
  const StagedSnapshot snapshot = ValueOf(Read());
  push_.batches[1].digest[0] ^= 1;
  EXPECT_FALSE(IsReceipted(snapshot, push_));
  push_.batches[1].digest[0] ^= 1;
  push_.batches[1].records = 2;
  EXPECT_FALSE(IsReceipted(snapshot, push_));
  push_.batches[1].records = 1;
  EXPECT_TRUE(IsReceipted(snapshot, push_));
  push_.batches.pop_back();
  EXPECT_FALSE(IsReceipted(snapshot, push_));
}

TEST_F(StagedSnapshotTest, ACaseInTwoBatchesIsTold) {
  Stage({1, 1});
  Stage({2});
  SAMKOER_EXPECT_OK(ValueOf(Read()).cases_in_one_batch);
  Stage({3, 1});
  const absl::Status told = ValueOf(Read()).cases_in_one_batch;
  EXPECT_TRUE(absl::IsInvalidArgument(told));
  EXPECT_THAT(storage::Message(told),
              testing::HasSubstr("batch 2, record 1, field case_ref: batch 0"));
}

TEST_F(StagedSnapshotTest, WhatIsMissingDamagedOrTooMuchIsAnError) {
  Stage({1, 2});
  Stage({3});
  EXPECT_TRUE(absl::IsResourceExhausted(Read(2).status()));
  SAMKOER_EXPECT_OK(Read(3).status());
  auto& value = values_.begin()->second;
  value.back() = static_cast<char>(value.back() ^ 1);
  EXPECT_TRUE(absl::IsDataLoss(Read().status()));
  values_.erase(values_.begin());
  EXPECT_TRUE(absl::IsNotFound(Read().status()));
}

TEST_F(StagedSnapshotTest, PersonsCanBeLeftOut) {
  Stage({1, 2, 3});
  Stage({4});
  StagedSnapshot snapshot = ValueOf(Read());
  LeaveOut(snapshot, {Key(102), Key(104)});
  ASSERT_EQ(snapshot.records.size(), 2u);
  EXPECT_EQ(snapshot.records[1].case_id, Key(3));
  EXPECT_EQ(snapshot.batch_ends, (std::vector<std::size_t>{2, 2}));
}

}  // namespace
}  // namespace samkoer::matcher
