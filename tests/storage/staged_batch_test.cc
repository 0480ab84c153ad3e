#include "storage/staged_batch.h"

#include "storage/coding.h"
#include "storage/staged_carries.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StagedRecord Record(std::uint8_t fill, std::string_view tail) {
  StagedRecord record;
  record.case_id.fill(fill);
  record.fingerprint.fill(static_cast<std::uint8_t>(fill + 1));
  record.person_key.fill(static_cast<std::uint8_t>(fill + 2));
  record.canonical_tail = tail;
  return record;
}

std::string TwoRecords() {
  StagedBatchHead head;
  head.digest.fill(7);
  head.record_count = head.staged_count = 2;
  std::string bytes;
  PutStagedBatchHead(bytes, head);
  PutStagedRecord(bytes, Record(1, "one"));
  PutStagedRecord(bytes, Record(10, ""));
  return bytes;
}

TEST(StagedBatchTest, RecordsAreAppended) {
  const std::string bytes = TwoRecords();
  std::vector<StagedRecord> records(1);
  const StagedBatchHead head = ValueOf(DecodeStagedBatch(bytes, records));
  EXPECT_EQ(head.digest[31], 7);
  EXPECT_EQ(head.record_count, 2u);
  ASSERT_EQ(records.size(), 3u);
  EXPECT_EQ(records[1].canonical_tail, "one");
  EXPECT_EQ(records[2].case_id, Record(10, "").case_id);
  EXPECT_EQ(records[2].fingerprint, Record(10, "").fingerprint);
  EXPECT_EQ(records[2].person_key, Record(10, "").person_key);
}

TEST(StagedBatchTest, APreviousKeyTravelsWithItsRecord) {
  StagedBatchHead head;
  head.record_count = head.staged_count = 2;
  std::string bytes;
  PutStagedBatchHead(bytes, head);
  StagedRecord paired = Record(1, "one");
  paired.previous_key.emplace().fill(44);
  PutStagedRecord(bytes, paired);
  PutStagedRecord(bytes, Record(10, "two"));
  std::vector<StagedRecord> records;
  SAMKOER_ASSERT_OK(DecodeStagedBatch(bytes, records).status());
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].previous_key, paired.previous_key);
  EXPECT_EQ(records[0].canonical_tail, "one");
  EXPECT_FALSE(records[1].previous_key);
  EXPECT_EQ(records[1].canonical_tail, "two");
}

TEST(StagedBatchTest, ABatchOfAnOlderProgramIsRead) {
  StagedBatchHead head;
  head.record_count = head.staged_count = 1;
  std::string bytes;
  PutStagedBatchHead(bytes, head);
  bytes[0] = 1;
  PutBytes(bytes, Record(1, "").case_id);
  PutBytes(bytes, Record(1, "").fingerprint);
  PutBytes(bytes, Record(1, "").person_key);
  PutString16(bytes, "old");
  std::vector<StagedRecord> records;
  SAMKOER_ASSERT_OK(DecodeStagedBatch(bytes, records).status());
  ASSERT_EQ(records.size(), 1u);
  EXPECT_FALSE(records[0].previous_key);
  EXPECT_EQ(records[0].canonical_tail, "old");
}

TEST(StagedBatchTest, ADeltasBatchKeepsItsCounts) {
  StagedBatchHead head;
  head.record_count = 1000;
  head.added = 3;
  head.changed = 4;
  head.withdrawn = 5;
  head.mentioned = {Record(1, "").case_id, Record(8, "").case_id};
  std::string bytes;
  PutStagedBatchHead(bytes, head);
  const StagedBatchHead decoded = ValueOf(DecodeStagedBatchHead(bytes));
  EXPECT_EQ(decoded.record_count, 1000u);
  EXPECT_EQ(decoded.added, 3u);
  EXPECT_EQ(decoded.changed, 4u);
  EXPECT_EQ(decoded.withdrawn, 5u);
  EXPECT_EQ(decoded.mentioned, head.mentioned);
  std::vector<StagedRecord> records;
  SAMKOER_EXPECT_OK(DecodeStagedBatch(bytes, records).status());
  EXPECT_TRUE(records.empty());
}

TEST(StagedBatchTest, CarriedObjectionsFollowTheRecords) {
  std::string bytes = TwoRecords();
  EXPECT_TRUE(ValueOf(DecodeStagedCarries(bytes)).empty());
  std::string none = bytes;
  PutStagedCarries(none, {});
  EXPECT_EQ(none, bytes);
  std::vector<StagedCarry> carries(2);
  carries[0].person_key.fill(1);
  carries[0].previous_key.fill(2);
  carries[1].person_key.fill(3);
  PutStagedCarries(bytes, carries);
  EXPECT_EQ(ValueOf(DecodeStagedCarries(bytes)), carries);
  EXPECT_EQ(ValueOf(DecodeStagedBatchHead(bytes)).record_count, 2u);
  std::vector<StagedRecord> records;
  SAMKOER_EXPECT_OK(DecodeStagedBatch(bytes, records).status());
  EXPECT_EQ(records.size(), 2u);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeStagedCarries(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
}

TEST(StagedBatchTest, EveryTruncationIsDataLoss) {
  const std::string bytes = TwoRecords();
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    std::vector<StagedRecord> records;
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeStagedBatch(std::string_view(bytes).substr(0, n), records)
            .status()))
        << n;
  }
}

TEST(StagedBatchTest, CasesCutOffAreDataLoss) {
  StagedBatchHead head;
  head.mentioned = {Record(1, "").case_id, Record(8, "").case_id};
  std::string bytes;
  PutStagedBatchHead(bytes, head);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodeStagedBatchHead(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
}

TEST(StagedBatchTest, CountsThatContradictAreDataLoss) {
  StagedBatchHead head;
  head.record_count = 2;
  head.staged_count = 3;
  std::string bytes;
  PutStagedBatchHead(bytes, head);
  EXPECT_TRUE(absl::IsDataLoss(DecodeStagedBatchHead(bytes).status()));
}

TEST(StagedBatchTest, AnUnknownVersionIsRefused) {
  std::string bytes = TwoRecords();
  bytes[0] = 4;
  EXPECT_TRUE(
      absl::IsFailedPrecondition(DecodeStagedBatchHead(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
