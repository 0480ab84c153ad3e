#include "server/key_leaves.h"

#include "absl/strings/str_cat.h"
#include "matcher/alarm_book.h"

namespace samkoer::server {
namespace {

v1::AuditLeaf Leaf(v1::AuditAction action, absl::Time now) {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  const std::int64_t nanos = absl::ToUnixNanos(now);
  leaf.mutable_time()->set_seconds(nanos / 1'000'000'000);
  leaf.mutable_time()->set_nanos(
      static_cast<std::int32_t>(nanos % 1'000'000'000));
  leaf.set_action(action);
  leaf.set_actor(std::string(kKeydActor));
  leaf.set_purpose(std::string(kServicePurpose));
  return leaf;
}

v1::AuditLeaf LeafOf(v1::AuditAction action, const Identity& who,
                     absl::Time now) {
  v1::AuditLeaf leaf = Leaf(action, now);
  leaf.set_actor(who.uri);
  leaf.set_actor_certificate(who.certificate_sha256.data(),
                             who.certificate_sha256.size());
  return leaf;
}

void AddCount(v1::AuditLeaf& leaf, std::string_view name, std::uint64_t value) {
  v1::AuditCount* count = leaf.add_counts();
  count->set_name(std::string(name));
  count->set_value(value);
}

}  // namespace

v1::AuditLeaf ProcessLeaf(v1::AuditAction action, absl::Time now,
                          std::string_view detail) {
  v1::AuditLeaf leaf = Leaf(action, now);
  leaf.set_detail(std::string(detail));
  return leaf;
}

v1::AuditLeaf KeyPinnedLeaf(const LiveKey& key, absl::Time now) {
  v1::AuditLeaf leaf = Leaf(v1::AUDIT_ACTION_KEY_PINNED, now);
  leaf.set_purpose(key.purpose);
  leaf.set_digest(key.pair.public_key.data(), key.pair.public_key.size());
  AddCount(leaf, "epoch", key.epoch);
  return leaf;
}

v1::AuditLeaf KeyDestroyedLeaf(const std::string& purpose, std::uint32_t epoch,
                               const std::string& public_key, absl::Time now) {
  v1::AuditLeaf leaf = Leaf(v1::AUDIT_ACTION_KEY_DESTROYED, now);
  leaf.set_purpose(purpose);
  leaf.set_digest(public_key);
  leaf.set_detail(absl::StrCat(purpose, "/", epoch));
  AddCount(leaf, "epoch", epoch);
  return leaf;
}

v1::AuditLeaf EvaluatedLeaf(const Identity& who, const LiveKey& key,
                            std::uint64_t elements,
                            std::uint64_t quota_used_percent, absl::Time now) {
  v1::AuditLeaf leaf = LeafOf(v1::AUDIT_ACTION_EVALUATED, who, now);
  leaf.set_purpose(key.purpose);
  AddCount(leaf, "elements", elements);
  AddCount(leaf, "epoch", key.epoch);
  AddCount(leaf, matcher::kQuotaUsedCount, quota_used_percent);
  return leaf;
}

v1::AuditLeaf QuotaExceededLeaf(const Identity& who, std::string_view purpose,
                                std::uint64_t elements, std::uint64_t refusals,
                                absl::Time now) {
  v1::AuditLeaf leaf = LeafOf(v1::AUDIT_ACTION_QUOTA_EXCEEDED, who, now);
  leaf.set_purpose(std::string(purpose));
  AddCount(leaf, "elements", elements);
  AddCount(leaf, "refusals", refusals);
  return leaf;
}

v1::AuditLeaf QuotaChangedLeaf(const Identity* who,
                               const v1::QuotaConfig& quota,
                               const v1::QuotaConfig& before, absl::Time now) {
  constexpr auto kAction = v1::AUDIT_ACTION_QUOTA_CHANGED;
  v1::AuditLeaf leaf =
      who != nullptr ? LeafOf(kAction, *who, now) : Leaf(kAction, now);
  leaf.set_detail(quota.subject());
  AddCount(leaf, "burst", quota.burst());
  AddCount(leaf, "per-day", quota.per_day());
  AddCount(leaf, "burst-before", before.burst());
  AddCount(leaf, "per-day-before", before.per_day());
  return leaf;
}

v1::AuditLeaf KekLeaf(const Identity* who, const storage::KekChange& change,
                      absl::Time now) {
  v1::AuditLeaf leaf = who == nullptr ? Leaf(change.action, now)
                                      : LeafOf(change.action, *who, now);
  leaf.set_reason(change.reason);
  leaf.set_detail(change.detail);
  for (const auto& [name, value] : change.counts) {
    AddCount(leaf, name, value);
  }
  return leaf;
}

v1::AuditLeaf WitnessToldLeaf(const Identity* who,
                              const storage::WitnessLeaf& told,
                              absl::Time now) {
  v1::AuditLeaf leaf =
      who == nullptr ? Leaf(told.action, now) : LeafOf(told.action, *who, now);
  leaf.set_detail(told.detail);
  for (const auto& [name, value] : told.counts) {
    AddCount(leaf, name, value);
  }
  return leaf;
}

v1::AuditLeaf RefusedLeaf(const RefusalReport& report, absl::Time now) {
  v1::AuditLeaf leaf = Leaf(v1::AUDIT_ACTION_REFUSED, now);
  leaf.set_actor(report.actor);
  if (report.certificate_sha256 != crypto::Hash32{}) {
    leaf.set_actor_certificate(report.certificate_sha256.data(),
                               report.certificate_sha256.size());
  }
  AddCount(leaf, "refusals", report.count);
  leaf.set_detail(
      absl::StrCat(report.method, " ", absl::StatusCodeToString(report.code)));
  return leaf;
}

v1::AuditLeaf AlarmsReadLeaf(const Identity& who, std::uint64_t alarms,
                             absl::Time now) {
  v1::AuditLeaf leaf = LeafOf(v1::AUDIT_ACTION_ALARMS_READ, who, now);
  AddCount(leaf, "alarms", alarms);
  return leaf;
}

v1::AuditLeaf AlarmAcknowledgedLeaf(const Identity& who, const v1::Alarm& alarm,
                                    absl::Time now) {
  v1::AuditLeaf leaf = LeafOf(v1::AUDIT_ACTION_ALARM_ACKNOWLEDGED, who, now);
  leaf.set_reason(alarm.reason());
  leaf.set_detail(matcher::AlarmDetail(alarm));
  return leaf;
}

v1::AuditLeaf LogReadLeaf(const Identity& who, std::uint64_t start,
                          std::uint64_t end, absl::Time now) {
  v1::AuditLeaf leaf = LeafOf(v1::AUDIT_ACTION_LOG_READ, who, now);
  AddCount(leaf, "start", start);
  AddCount(leaf, "end", end);
  return leaf;
}

}  // namespace samkoer::server
