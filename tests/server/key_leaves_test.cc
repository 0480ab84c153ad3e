#include "server/key_leaves.h"

#include <gtest/gtest.h>

#include "storage/audit_leaf.h"
#include "tests/server/keyd_fixture.h"

namespace samkoer::server {
namespace {

TEST(KeyLeavesTest, EveryLeafIsValidAndNamesItsPurpose) {
  LiveKey key;
  key.purpose = "ungeindsats";
  key.epoch = 1;
  const absl::Time now = absl::FromUnixSeconds(1'790'000'000);
  RefusalReport refusal;
  refusal.actor = "unidentified";
  refusal.method = "unknown";
  refusal.code = absl::StatusCode::kPermissionDenied;
  refusal.count = 3;
  v1::Alarm alarm;
  alarm.set_alarm_id("12345678");
  alarm.set_kind(v1::ALARM_KIND_QUOTA);
  alarm.set_reason("aftalt");
  const std::vector<v1::AuditLeaf> leaves = {
      ProcessLeaf(v1::AUDIT_ACTION_STARTED, now, "version 1"),
      KeyPinnedLeaf(key, now),
      EvaluatedLeaf(Caller(), key, 5, 90, now),
      QuotaExceededLeaf(Caller(), "ungeindsats", 5, 2, now),
      RefusedLeaf(refusal, now),
      AlarmsReadLeaf(Caller(), 3, now),
      AlarmAcknowledgedLeaf(Caller(), alarm, now),
      LogReadLeaf(Caller(), 0, 10, now),
      QuotaChangedLeaf(nullptr, v1::QuotaConfig(), v1::QuotaConfig(), now),
  };
  for (const v1::AuditLeaf& leaf : leaves) {
    EXPECT_TRUE(storage::ValidateLeaf(leaf).ok())
        << storage::ValidateLeaf(leaf) << leaf.ShortDebugString();
    EXPECT_FALSE(leaf.purpose().empty());
    EXPECT_EQ(leaf.time().seconds(), 1'790'000'000);
  }
}

TEST(KeyLeavesTest, TheCallerStandsInTheLeafTheProcessInItsOwn) {
  const absl::Time now = absl::UnixEpoch() + absl::Seconds(1);
  EXPECT_EQ(LogReadLeaf(Caller(), 0, 1, now).actor(),
            "samkoer://viborg/department/familie");
  EXPECT_EQ(ProcessLeaf(v1::AUDIT_ACTION_STOPPED, now).actor(), "keyd");
  EXPECT_TRUE(
      ProcessLeaf(v1::AUDIT_ACTION_STOPPED, now).actor_certificate().empty());
}

TEST(KeyLeavesTest, ARefusalWithoutCertificateNamesNone) {
  RefusalReport refusal;
  refusal.actor = "unidentified";
  refusal.method = "/samkoer.v1.KeyService/GetKeyInfo";
  refusal.code = absl::StatusCode::kPermissionDenied;
  const v1::AuditLeaf leaf =
      RefusedLeaf(refusal, absl::UnixEpoch() + absl::Seconds(1));
  EXPECT_TRUE(leaf.actor_certificate().empty());
  EXPECT_EQ(leaf.detail(),
            "/samkoer.v1.KeyService/GetKeyInfo PERMISSION_DENIED");
}

}  // namespace
}  // namespace samkoer::server
