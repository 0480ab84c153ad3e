#include "storage/push_table.h"

#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

StoredPush Example(PushPhase phase) {
  StoredPush push;
  push.department = 3;
  push.push_id.fill(4);
  push.phase = phase;
  push.kind = 2;
  push.epoch = 9;
  push.day = "2026-11-22";
  push.allow_shrink = true;
  push.policy_version = 11;
  push.actor = "samkoer://testby/department/family";
  push.actor_certificate = std::string(32, 'c');
  push.bucket_count = 65536;
  push.digests_hash = std::string(32, 'h');
  push.differing = std::string(8192, '\x81');
  push.batch_count = 1;
  push.record_count = 2;
  push.digest.fill(3);
  push.held = 4;
  push.added = 5;
  push.changed = 6;
  push.withdrawn = 7;
  push.time_micros = 8;
  return push;
}

TEST(PushTableTest, ACommittedPushComesBackWhole) {
  const StoredPush push =
      ValueOf(DecodePush(EncodePush(Example(PushPhase::kCommitted))));
  EXPECT_EQ(push.department, 3);
  EXPECT_EQ(push.push_id, Example(PushPhase::kOpen).push_id);
  EXPECT_EQ(push.phase, PushPhase::kCommitted);
  EXPECT_EQ(push.kind, 2);
  EXPECT_EQ(push.epoch, 9u);
  EXPECT_EQ(push.day, "2026-11-22");
  EXPECT_TRUE(push.allow_shrink);
  EXPECT_EQ(push.policy_version, 11u);
  EXPECT_EQ(push.actor, "samkoer://testby/department/family");
  EXPECT_EQ(push.actor_certificate, std::string(32, 'c'));
  EXPECT_EQ(push.bucket_count, 65536u);
  EXPECT_EQ(push.digests_hash, std::string(32, 'h'));
  EXPECT_EQ(push.differing, std::string(8192, '\x81'));
  EXPECT_EQ(push.batch_count, 1u);
  EXPECT_EQ(push.record_count, 2u);
  EXPECT_EQ(push.digest, Example(PushPhase::kOpen).digest);
  EXPECT_EQ(push.held, 4u);
  EXPECT_EQ(push.added, 5u);
  EXPECT_EQ(push.changed, 6u);
  EXPECT_EQ(push.withdrawn, 7u);
  EXPECT_EQ(push.time_micros, 8);
}

TEST(PushTableTest, AnOpenPushHasNoCommitYet) {
  const StoredPush push =
      ValueOf(DecodePush(EncodePush(Example(PushPhase::kOpen))));
  EXPECT_EQ(push.phase, PushPhase::kOpen);
  EXPECT_EQ(push.batch_count, 0u);
  EXPECT_EQ(push.added, 0u);
  EXPECT_EQ(EncodePush(Example(PushPhase::kIntent)).size(),
            EncodePush(Example(PushPhase::kOpen)).size() + 88);
}

TEST(PushTableTest, EveryTruncationIsDataLoss) {
  StoredPush example = Example(PushPhase::kIntent);
  example.differing = "ab";
  const std::string bytes = EncodePush(example);
  for (std::size_t n = 0; n < bytes.size(); ++n) {
    EXPECT_TRUE(absl::IsDataLoss(
        DecodePush(std::string_view(bytes).substr(0, n)).status()))
        << n;
  }
  EXPECT_TRUE(absl::IsDataLoss(DecodePush(bytes + "x").status()));
}

TEST(PushTableTest, UnknownVersionsAndPhasesAreRefused) {
  std::string bytes = EncodePush(Example(PushPhase::kGivenUp));
  bytes[19] = 5;
  EXPECT_TRUE(absl::IsDataLoss(DecodePush(bytes).status()));
  bytes[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodePush(bytes).status()));
}

}  // namespace
}  // namespace samkoer::storage
