#include "matcher/snapshot_diff.h"

#include "matcher/prepare_batch.h"
#include "storage/key_layout.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class SnapshotDiffTest : public StateFixture {
 protected:
  SnapshotDiffTest() {
    push_.number = 9;
    push_.stored.department = DepartmentNo("family");
    push_.stored.bucket_count = 1;
  }
  samkoer::v1::CaseRecord Record(std::string_view person,
                                 std::string_view ref) {
    return MakeRecord(person, ref, "Rådgivning", samkoer::v1::DOMAIN_FAMILY);
  }
  // Puts a batch where a snapshot's batches lie.
  void Stage(const std::vector<std::pair<const char*, const char*>>& records) {
    storage::StagedBatchHead head;
    head.digest.fill(static_cast<std::uint8_t>(push_.batches.size()));
    head.record_count = head.staged_count =
        static_cast<std::uint32_t>(records.size());
    std::string plaintext;
    storage::PutStagedBatchHead(plaintext, head);
    for (const auto& [person, ref] : records) {
      storage::PutStagedRecord(plaintext,
                               Staged("family", person, Record(person, ref)));
    }
    const std::string key =
        storage::StagedBatchKey(push_.number, push_.batches.size());
    tx_.writes().Put(key, sealer_.Seal(key, plaintext));
    push_.batches.push_back({head.digest, head.record_count});
    push_.record_count += records.size();
  }

  OpenPush push_;
};

TEST_F(SnapshotDiffTest, StagedRecordsAreReadPendingOrStored) {
  Stage({{"a", "F-1"}, {"b", "F-2"}});
  Stage({{"c", "F-3"}});
  for (int stored = 0; stored < 2; ++stored) {
    const StagedSnapshot snapshot =
        ValueOf(LoadStagedSnapshot(state_, tx_, push_));
    ASSERT_EQ(snapshot.records.size(), 3u);
    EXPECT_EQ(snapshot.records[2].case_id, CaseIdOf("family", "F-3"));
    EXPECT_EQ(snapshot.batch_ends, (std::vector<std::size_t>{2, 3}));
    Write();
  }
}

TEST_F(SnapshotDiffTest, ABatchOtherThanReceiptedIsDataLoss) {
  Stage({{"a", "F-1"}});
  push_.batches[0].digest[0] ^= 1;
  EXPECT_TRUE(
      absl::IsDataLoss(LoadStagedSnapshot(state_, tx_, push_).status()));
  push_.batches[0].digest[0] ^= 1;
  push_.batches[0].records = 2;
  EXPECT_TRUE(
      absl::IsDataLoss(LoadStagedSnapshot(state_, tx_, push_).status()));
}

TEST_F(SnapshotDiffTest, EveryRecordIsKeptReplacedNewOrWithdrawn) {
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "a", "F-1");
  UpsertFamily(changes, "b", "F-2");
  UpsertJobs(changes, "a", "J-1");
  Finish(changes);
  Stage({{"a", "F-1"}, {"a", "F-3"}, {"c", "F-1"}});
  const StagedSnapshot snapshot =
      ValueOf(LoadStagedSnapshot(state_, tx_, push_));
  const SnapshotDiff diff =
      ValueOf(DiffSnapshot(state_, push_, snapshot, PairsState::kApplied));
  const PersonNo a = PersonOf("a");
  EXPECT_EQ(diff.existing[0],
            state_.index.FindRecord(CaseIdOf("family", "F-1"), a));
  EXPECT_EQ(diff.existing[1], kNone);
  EXPECT_EQ(diff.persons[1], a);
  EXPECT_EQ(diff.persons[2], kNone);
  EXPECT_EQ(diff.new_records, 2u);
  EXPECT_EQ(diff.new_persons_at_most, 1u);
  // The department's own only.
  ASSERT_EQ(diff.withdrawn.size(), 1u);
  EXPECT_EQ(state_.index.record(diff.withdrawn[0]).person, PersonOf("b"));
}

TEST_F(SnapshotDiffTest, ACaseInTwoBatchesIsRefused) {
  Stage({{"a", "F-1"}, {"b", "F-1"}});
  Stage({{"c", "F-2"}});
  const StagedSnapshot good = ValueOf(LoadStagedSnapshot(state_, tx_, push_));
  SAMKOER_EXPECT_OK(
      DiffSnapshot(state_, push_, good, PairsState::kApplied).status());
  Stage({{"c", "F-1"}});
  const StagedSnapshot bad = ValueOf(LoadStagedSnapshot(state_, tx_, push_));
  EXPECT_TRUE(absl::IsInvalidArgument(
      DiffSnapshot(state_, push_, bad, PairsState::kApplied).status()));
}

// With fewer, as many and more buckets than the index keeps.
TEST_F(SnapshotDiffTest, OnlyDifferingBucketsLoseRecords) {
  RecordChanges changes(state_, tx_);
  for (int i = 0; i < 50; ++i) {
    const std::string n = std::to_string(i);
    UpsertFamily(changes, "p" + n, "F-" + n);
  }
  Finish(changes);
  const std::uint32_t kept =
      state_.index.department_buckets(push_.stored.department).size();
  for (const std::uint32_t count : {1u, 16u, kept, kept * 4, 65536u}) {
    // What the department has: all but F-7.
    std::vector<crypto::FingerprintSum> sums(count);
    for (int i = 0; i < 50; ++i) {
      if (i == 7) continue;
      const std::string n = std::to_string(i);
      const auto staged = Staged("family", "p" + n, Record("p" + n, "F-" + n));
      sums[BucketOf(staged.case_id, count)].Add(staged.fingerprint);
    }
    std::string digests;
    for (const auto& sum : sums) {
      const crypto::Hash16 bytes = sum.Encode();
      digests.append(crypto::AsText(bytes));
    }
    push_.stored.bucket_count = count;
    push_.stored.differing =
        DifferingBuckets(state_, push_.stored.department, digests, count);
    const std::uint32_t bucket = BucketOf(CaseIdOf("family", "F-7"), count);
    for (std::uint32_t b = 0; b < count; ++b) {
      EXPECT_EQ(BucketDiffers(push_.stored.differing, b), b == bucket);
    }
    const SnapshotDiff diff = ValueOf(DiffSnapshot(
        state_, push_, ValueOf(LoadStagedSnapshot(state_, tx_, push_)),
        PairsState::kApplied));
    std::vector<RecordNo> expected;
    for (RecordNo n = 0; n < state_.index.record_slots(); ++n) {
      if (BucketOf(state_.index.record(n).case_id, count) == bucket) {
        expected.push_back(n);
      }
    }
    EXPECT_EQ(diff.withdrawn, expected) << count << " buckets";
  }
}

}  // namespace
}  // namespace samkoer::matcher
