#include "matcher/prepare_batch.h"

#include <gmock/gmock.h>

#include "proto/canonical_record.h"
#include "storage/key_layout.h"
#include "storage/record_content.h"
#include "storage/staged_batch.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class PrepareBatchTest : public testing::Test {
 protected:
  PrepareBatchTest() {
    ticket_.push_number = 7;
    ticket_.kind = samkoer::v1::PUSH_KIND_SNAPSHOT;
    ticket_.epoch = 4;
    ticket_.day = D("2026-11-22");
    ticket_.policy =
        std::make_shared<const CompiledPolicy>(Compiled(ExamplePolicy()));
    ticket_.policy_department = 0;
    ticket_.match_key = storage::TestKey(1);
    ticket_.digest_key = storage::TestKey(2);
    ticket_.begun.set_bucket_count(8);
    batch_.set_number(3);
    for (const char* ref : {"F-1", "F-2"}) {
      *batch_.add_records() =
          MakeRecord("a", ref, "Rådgivning", samkoer::v1::DOMAIN_FAMILY);
    }
  }
  PreparedBatch Prepare(std::string_view differing = "") {
    return ValueOf(PrepareBatch(batch_, ticket_, differing, sealer_));
  }
  crypto::Hash16 FingerprintOf(int i) {
    std::string canonical;
    proto::CanonicalRecord(batch_.records(i), canonical);
    return crypto::Fingerprint(ticket_.digest_key, crypto::AsBytes(canonical));
  }

  storage::ValueSealer sealer_ = storage::TestSealer();
  PushTicket ticket_;
  samkoer::v1::RecordBatch batch_;
};

TEST_F(PrepareBatchTest, ASnapshotsBatchIsSealedForItsPlace) {
  const PreparedBatch prepared = Prepare();
  EXPECT_EQ(prepared.number, 3u);
  EXPECT_EQ(prepared.record_count, 2u);
  const std::string plaintext =
      ValueOf(sealer_.Open(storage::StagedBatchKey(7, 3), prepared.staged));
  std::vector<storage::StagedRecord> records;
  const auto head = ValueOf(storage::DecodeStagedBatch(plaintext, records));
  EXPECT_EQ(head.digest, prepared.digest);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[1].case_id, crypto::CaseId(ticket_.digest_key, "F-2"));
  EXPECT_EQ(records[1].fingerprint, FingerprintOf(1));
  EXPECT_EQ(records[1].person_key,
            crypto::PersonKey(ticket_.match_key, "ungeindsats", 4,
                              crypto::AsBytes(PseudonymOf("a"))));
  EXPECT_EQ(
      ValueOf(storage::ParseCanonicalTail(records[1].canonical_tail)).case_ref,
      "F-2");
}

TEST_F(PrepareBatchTest, NeitherFormHoldsThePseudonym) {
  ticket_.kind = samkoer::v1::PUSH_KIND_DELTA;
  const PreparedBatch prepared = Prepare();
  EXPECT_EQ(prepared.staged.find(PseudonymOf("a").substr(0, 8)),
            std::string::npos);
}

TEST_F(PrepareBatchTest, TheDigestIsWhatTheContractSays) {
  ticket_.kind = samkoer::v1::PUSH_KIND_DELTA;
  batch_.add_withdrawn_case_refs("F-9");
  const PreparedBatch prepared = Prepare();
  std::string covered;
  for (const crypto::Hash16& part :
       {FingerprintOf(0), FingerprintOf(1),
        crypto::CaseId(ticket_.digest_key, "F-9")}) {
    covered.append(crypto::AsText(part));
  }
  EXPECT_EQ(prepared.digest, crypto::Blake2b256(crypto::AsBytes(covered)));
  EXPECT_THAT(prepared.withdrawn,
              testing::ElementsAre(crypto::CaseId(ticket_.digest_key, "F-9")));
}

TEST_F(PrepareBatchTest, OnlyRecordsOfDifferingBucketsPass) {
  std::string differing(1, '\0');
  for (int i = 0; i < 2; ++i) {
    const std::uint32_t bucket = BucketOf(
        crypto::CaseId(ticket_.digest_key, batch_.records(i).case_ref()), 8);
    EXPECT_FALSE(PrepareBatch(batch_, ticket_, differing, sealer_).ok());
    differing[0] = static_cast<char>(differing[0] | 1 << bucket);
  }
  EXPECT_EQ(Prepare(differing).record_count, 2u);
}

TEST_F(PrepareBatchTest, AnUnsoundRecordIsRefused) {
  batch_.mutable_records(1)->set_unit("Ukendt");
  const auto status = PrepareBatch(batch_, ticket_, "", sealer_).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_THAT(storage::Message(status),
              testing::HasSubstr("batch 3, record 1"));
}

TEST(BucketTest, TheFirstTwoBytesNameIt) {
  crypto::Hash16 case_id{};
  case_id[0] = 0x12;
  case_id[1] = 0x34;
  EXPECT_EQ(BucketOf(case_id, 1), 0u);
  EXPECT_EQ(BucketOf(case_id, 16), 4u);
  EXPECT_EQ(BucketOf(case_id, 65536), 0x1234u);
  EXPECT_TRUE(BucketDiffers(std::string("\0\x10", 2), 12));
  EXPECT_FALSE(BucketDiffers(std::string("\0\x10", 2), 4));
}

}  // namespace
}  // namespace samkoer::matcher
