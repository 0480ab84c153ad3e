#include "server/keyd_kek_writer.h"

#include <utility>

#include "absl/time/clock.h"
#include "server/key_leaves.h"
#include "server/keyd_store.h"
#include "server/quota_ledger.h"
#include "storage/key_layout.h"

namespace samkoer::server {

absl::Status KeydKekWriter::Change(const Identity* who,
                                   const storage::KekChange& change) {
  return ledger_.Write([&](QuotaLedger::Writes& writes) {
    // The group seals when all its commands have run, so that nothing of it is
    // under the older key.
    absl::Status replaced = store_.sealer.Replace(change.keys, change.current);
    if (!replaced.ok()) return replaced;
    writes.leaves.push_back(KekLeaf(who, change, absl::Now()));
    writes.values[storage::MetaKey(storage::kKekRotationWord)] =
        storage::EncodeKekMarker(change.marker);
    return absl::OkStatus();
  });
}

absl::StatusOr<std::uint64_t> KeydKekWriter::Reseal(
    const std::vector<std::string>& store_keys) {
  std::uint64_t resealed = 0;
  // What else of the group writes one of these values is staged, and comes
  // behind this in its batch: later wins.
  const absl::Status status =
      ledger_.Write([&](QuotaLedger::Writes& writes) -> absl::Status {
        for (const std::string& key : store_keys) {
          const auto value = store_.engine->Get(key);
          if (absl::IsNotFound(value.status())) continue;
          if (!value.ok()) return value.status();
          auto again = store_.sealer.Reseal(key, *value);
          if (!again.ok()) return again.status();
          if (!again->has_value()) continue;
          writes.batch.Put(key, **std::move(again));
          ++resealed;
        }
        return absl::OkStatus();
      });
  if (!status.ok()) return status;
  return resealed;
}

}  // namespace samkoer::server
