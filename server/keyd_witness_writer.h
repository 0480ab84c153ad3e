#ifndef SAMKOER_SERVER_KEYD_WITNESS_WRITER_H_
#define SAMKOER_SERVER_KEYD_WITNESS_WRITER_H_

#include "absl/time/clock.h"
#include "server/key_leaves.h"
#include "server/keyd_alarms.h"
#include "server/quota_ledger.h"
#include "server/witness_writer.h"
#include "storage/key_layout.h"

namespace samkoer::server {

// Through the quota ledger, the one writer of the key service's store.
class KeydWitnessWriter final : public WitnessWriter {
 public:
  // Both must outlive this; `ledger` must call `alarms` before each write.
  KeydWitnessWriter(QuotaLedger& ledger, KeydAlarms& alarms)
      : ledger_(ledger), alarms_(alarms) {}

  absl::Status Keep(const Identity* who,
                    const storage::WitnessChange& change) override {
    return ledger_.Write([&](QuotaLedger::Writes& writes) {
      for (const storage::WitnessLeaf& leaf : change.leaves) {
        writes.leaves.push_back(WitnessToldLeaf(who, leaf, absl::Now()));
      }
      if (change.late_hours != 0) {
        alarms_.book().Note(matcher::WitnessSignal(
            kKeydActor, change.late_hours, change.allowed_hours));
      }
      writes.values[storage::MetaKey(storage::kWitnessWord)] =
          storage::EncodeWitnessState(change.state);
      return absl::OkStatus();
    });
  }

 private:
  QuotaLedger& ledger_;
  KeydAlarms& alarms_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_WITNESS_WRITER_H_
