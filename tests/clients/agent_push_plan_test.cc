#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "clients/agent/push_plan.h"
#include "clients/agent/push_state.h"
#include "clients/agent/withdrawn_file.h"
#include "proto/canonical_record.h"
#include "proto/limits.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

const crypto::HashKey kKey = [] {
  crypto::HashKey key;
  key.ExposeMutable()[0] = 5;
  return key;
}();

v1::CaseRecord Record(int number, int person = 0) {
  v1::CaseRecord record;
  std::string pseudonym(proto::kPseudonymBytes, 'p');
  pseudonym.replace(0, 8, std::to_string(10000000 + number * 10 + person));
  record.set_pseudonym(pseudonym);
  record.set_case_ref("S-" + std::to_string(number));
  record.set_unit("Team Ung");
  record.set_domain(v1::DOMAIN_FAMILY);
  record.set_status(v1::CASE_STATUS_OPEN);
  record.set_birth_month(200204);
  return record;
}

PushContents Contents(int count) {
  PushContents contents;
  for (int i = 0; i < count; ++i) contents.records.push_back(Record(i));
  return contents;
}

crypto::Hash16 FingerprintOf(const v1::CaseRecord& record) {
  std::string bytes;
  proto::CanonicalRecord(record, bytes);
  return crypto::Fingerprint(kKey, crypto::AsBytes(bytes));
}

// Every batch, as it would be sent.
std::vector<v1::RecordBatch> Batches(PushPlan& plan) {
  std::vector<v1::RecordBatch> batches;
  for (std::size_t i = 0; i < plan.batch_count(); ++i) {
    EXPECT_TRUE(plan.LendBatch(i, [&](const v1::PushRequest& request) {
      batches.push_back(request.batch());
      return true;
    }));
  }
  return batches;
}

TEST(PushPlan, TheOrderOfTheRecordsDoesNotMatter) {
  PushContents contents = Contents(2500);
  PushPlan plan(contents);
  plan.Prepare(kKey);
  ASSERT_TRUE(plan.SelectAll().ok());
  const auto first = Batches(plan);
  ASSERT_EQ(first.size(), 3u);

  PushContents shuffled = contents;
  std::mt19937 random(7);
  std::shuffle(shuffled.records.begin(), shuffled.records.end(), random);
  PushPlan other(shuffled);
  other.Prepare(kKey, 1);
  ASSERT_TRUE(other.SelectAll().ok());
  const auto second = Batches(other);
  ASSERT_EQ(second.size(), first.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    EXPECT_EQ(first[i].SerializeAsString(), second[i].SerializeAsString());
    EXPECT_EQ(first[i].number(), i);
  }
  EXPECT_EQ(plan.ContentsDigest(), other.ContentsDigest());
  EXPECT_EQ(plan.CommitDigest(), other.CommitDigest());
}

TEST(PushPlan, LentRecordsComeBackUnharmed) {
  PushContents contents = Contents(10);
  const auto before = contents.records;
  PushPlan plan(contents);
  plan.Prepare(kKey);
  ASSERT_TRUE(plan.SelectAll().ok());
  Batches(plan);
  EXPECT_FALSE(plan.LendBatch(0, [](const auto&) { return false; }));
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(contents.records[i].SerializeAsString(),
              before[i].SerializeAsString());
  }
}

TEST(PushPlan, TheDigestsAreThoseOfTheContract) {
  PushContents contents = Contents(1001);
  contents.withdrawn_refs = {"W-2", "W-1"};
  PushPlan plan(contents);
  plan.Prepare(kKey);
  ASSERT_TRUE(plan.SelectAll().ok());
  const auto batches = Batches(plan);
  ASSERT_EQ(batches.size(), 3u);
  std::string all;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    std::string bytes;
    for (const auto& record : batches[i].records()) {
      bytes += crypto::AsText(FingerprintOf(record));
    }
    for (const auto& ref : batches[i].withdrawn_case_refs()) {
      bytes += crypto::AsText(crypto::CaseId(kKey, ref));
    }
    const auto digest = crypto::Blake2b256(crypto::AsBytes(bytes));
    EXPECT_EQ(plan.batch_digest(i), digest);
    all += crypto::AsText(digest);
  }
  EXPECT_EQ(plan.CommitDigest(), crypto::Blake2b256(crypto::AsBytes(all)));
  EXPECT_EQ(batches[2].withdrawn_case_refs_size(), 2);
  EXPECT_EQ(batches[2].records_size(), 0);
}

TEST(PushPlan, AllPersonsOfACaseStandInOneBatch) {
  PushContents contents;
  std::mt19937 random(3);
  for (int i = 0; i < 700; ++i) {
    const int persons = 1 + static_cast<int>(random() % 9);
    for (int p = 0; p < persons; ++p) contents.records.push_back(Record(i, p));
  }
  PushPlan plan(contents);
  plan.Prepare(kKey);
  ASSERT_TRUE(plan.SelectAll().ok());
  std::map<std::string, std::set<std::uint64_t>> batches_of;
  std::size_t records = 0;
  for (const auto& batch : Batches(plan)) {
    EXPECT_LE(batch.records_size(), static_cast<int>(proto::kMaxBatchRecords));
    records += static_cast<std::size_t>(batch.records_size());
    for (const auto& record : batch.records()) {
      batches_of[record.case_ref()].insert(batch.number());
    }
  }
  EXPECT_EQ(records, contents.records.size());
  EXPECT_EQ(batches_of.size(), 700u);
  for (const auto& [ref, in] : batches_of) EXPECT_EQ(in.size(), 1u) << ref;
}

TEST(PushPlan, ACaseOfMorePeopleThanABatchIsRefused) {
  PushContents contents;
  for (int p = 0; p < 1000; ++p) contents.records.push_back(Record(1, p));
  PushPlan fits(contents);
  fits.Prepare(kKey);
  EXPECT_TRUE(fits.SelectAll().ok());
  contents.records.push_back(Record(1, 1000));
  contents.records.push_back(Record(2));
  PushPlan plan(contents);
  plan.Prepare(kKey);
  EXPECT_TRUE(absl::IsInvalidArgument(plan.SelectAll()));
}

TEST(PushPlan, OnlyTheRecordsOfDifferingBucketsTravel) {
  PushContents contents = Contents(300);
  PushPlan plan(contents);
  plan.Prepare(kKey);
  constexpr std::uint32_t kBuckets = 64;
  const v1::BucketDigests digests = plan.Buckets(kBuckets);
  EXPECT_EQ(digests.record_count(), 300u);
  ASSERT_EQ(digests.digests().size(), kBuckets * 16);
  const auto bucket_of = [](const v1::CaseRecord& record) {
    const auto id = crypto::CaseId(kKey, record.case_ref());
    return static_cast<std::size_t>((id[0] * 256 + id[1]) % kBuckets);
  };
  std::vector<crypto::FingerprintSum> sums(kBuckets);
  for (const auto& record : contents.records) {
    sums[bucket_of(record)].Add(FingerprintOf(record));
  }
  for (std::size_t i = 0; i < kBuckets; ++i) {
    EXPECT_EQ(digests.digests().substr(i * 16, 16),
              crypto::AsText(sums[i].Encode()));
  }
  std::string differing(kBuckets / 8, '\0');
  const std::size_t chosen = bucket_of(contents.records[0]);
  differing[chosen / 8] = static_cast<char>(1 << (chosen % 8));
  ASSERT_TRUE(plan.SelectDiffering(differing, kBuckets).ok());
  std::size_t expected = 0;
  for (const auto& record : contents.records) {
    expected += bucket_of(record) == chosen;
  }
  EXPECT_EQ(plan.record_count(), expected);
  for (const auto& batch : Batches(plan)) {
    for (const auto& record : batch.records()) {
      EXPECT_EQ(bucket_of(record), chosen);
    }
  }
  EXPECT_FALSE(plan.SelectDiffering("x", kBuckets).ok());
}

TEST(PushPlan, OneBucketAndNoRecords) {
  PushContents nothing;
  PushPlan plan(nothing);
  plan.Prepare(kKey);
  EXPECT_EQ(plan.Buckets(1).digests(), std::string(16, '\0'));
  ASSERT_TRUE(plan.SelectDiffering(std::string(1, '\1'), 1).ok());
  EXPECT_EQ(plan.batch_count(), 0u);
  EXPECT_EQ(plan.CommitDigest(), crypto::Blake2b256({}));
}

TEST(PushPlan, ContentsThatDifferHaveAnotherDigest) {
  PushContents a = Contents(3), b = Contents(3), c = Contents(3);
  b.records[1].set_contact("x");
  c.withdrawn_refs = {"W"};
  std::set<crypto::Hash32> digests;
  for (PushContents* contents : {&a, &b, &c}) {
    PushPlan plan(*contents);
    plan.Prepare(kKey);
    digests.insert(plan.ContentsDigest());
  }
  EXPECT_EQ(digests.size(), 3u);
}

TEST(PushState, ComesBackFromItsFile) {
  const TempDir dir;
  PushStateFile file(dir.File("push.state"));
  EXPECT_FALSE(file.Load().has_value());
  PushState state;
  state.push_id[0] = 1;
  state.begin[31] = 2;
  state.contents[7] = 0xab;
  ASSERT_TRUE(file.Save(state).ok());
  EXPECT_EQ(file.Load(), state);
  file.Clear();
  EXPECT_FALSE(file.Load().has_value());
}

TEST(PushState, AnythingElseIsNoState) {
  const std::string text = FormatPushState(PushState());
  EXPECT_TRUE(ParsePushState(text).has_value());
  for (std::size_t cut = 0; cut < text.size(); ++cut) {
    EXPECT_FALSE(ParsePushState(text.substr(0, cut)).has_value()) << cut;
  }
  EXPECT_FALSE(ParsePushState(text + "x").has_value());
  EXPECT_FALSE(ParsePushState(Replaced(text, "state 1", "state 2")));
  EXPECT_FALSE(ParsePushState(Replaced(text, "0000", "00g0")));
}

TEST(ParseWithdrawn, ReferencesAscendingAndOnce) {
  const auto refs = ParseWithdrawn("S-2\r\n\n S-1 \nS-2\n", "w.txt");
  ASSERT_TRUE(refs.ok()) << refs.status();
  EXPECT_EQ(*refs, (std::vector<std::string>{"S-1", "S-2"}));
}

TEST(ParseWithdrawn, WhatCouldNeverHaveBeenSent) {
  const auto refs = ParseWithdrawn("S-1\n020402-4104\n", "w.txt");
  ASSERT_FALSE(refs.ok());
  EXPECT_EQ(refs.status().message(),
            "w.txt:2: the reference holds a CPR number");
  EXPECT_FALSE(ParseWithdrawn(std::string(65, 'x'), "w.txt").ok());
  EXPECT_FALSE(ParseWithdrawn("a\x01"
                              "b",
                              "w.txt")
                   .ok());
}

}  // namespace
}  // namespace samkoer::agent
