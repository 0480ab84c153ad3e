// The audit leaves of the key service. Pure.
#ifndef SAMKOER_SERVER_KEY_LEAVES_H_
#define SAMKOER_SERVER_KEY_LEAVES_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "samkoer/v1/alarms.pb.h"
#include "samkoer/v1/audit.pb.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/identity.h"
#include "server/live_keys.h"
#include "server/refusals.h"
#include "storage/kek_marker.h"
#include "storage/witness_state.h"

namespace samkoer::server {

// The purpose of leaves that concern no single one.
inline constexpr std::string_view kServicePurpose = "key-service";
// The actor of leaves of the service itself.
inline constexpr std::string_view kKeydActor = "keyd";

// Of the process itself: STORE_CREATED, STARTED, STOPPED. `detail` at most 200
// bytes.
v1::AuditLeaf ProcessLeaf(v1::AuditAction action, absl::Time now,
                          std::string_view detail = "");
// A key came into use.
v1::AuditLeaf KeyPinnedLeaf(const LiveKey& key, absl::Time now);
// A key was destroyed.
v1::AuditLeaf KeyDestroyedLeaf(const std::string& purpose, std::uint32_t epoch,
                               const std::string& public_key, absl::Time now);
// `elements` were evaluated for `who`, who has then used up so much of the
// quota.
v1::AuditLeaf EvaluatedLeaf(const Identity& who, const LiveKey& key,
                            std::uint64_t elements,
                            std::uint64_t quota_used_percent, absl::Time now);
// `refusals` requests of `who` were refused for lack of quota since the last
// such leaf; the last asked for `elements`.
v1::AuditLeaf QuotaExceededLeaf(const Identity& who, std::string_view purpose,
                                std::uint64_t elements, std::uint64_t refusals,
                                absl::Time now);
// A quota changed from `before`; `who` approved it, or (null) the configuration
// lowered it or was the first to give one.
v1::AuditLeaf QuotaChangedLeaf(const Identity* who,
                               const v1::QuotaConfig& quota,
                               const v1::QuotaConfig& before, absl::Time now);
// The key-encryption key changed; `who` asked for it, or (null) the service
// itself.
v1::AuditLeaf KekLeaf(const Identity* who, const storage::KekChange& change,
                      absl::Time now);
// What happened with the log's witnesses; of `who`, or (null) of the service.
v1::AuditLeaf WitnessToldLeaf(const Identity* who,
                              const storage::WitnessLeaf& told, absl::Time now);
v1::AuditLeaf RefusedLeaf(const RefusalReport& report, absl::Time now);
v1::AuditLeaf AlarmsReadLeaf(const Identity& who, std::uint64_t alarms,
                             absl::Time now);
v1::AuditLeaf AlarmAcknowledgedLeaf(const Identity& who, const v1::Alarm& alarm,
                                    absl::Time now);
v1::AuditLeaf LogReadLeaf(const Identity& who, std::uint64_t start,
                          std::uint64_t end, absl::Time now);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEY_LEAVES_H_
