#ifndef SAMKOER_SERVER_KEYD_WITNESS_WRITER_H_
#define SAMKOER_SERVER_KEYD_WITNESS_WRITER_H_

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/key_leaves.h"
#include "server/keyd_alarms.h"
#include "server/keyd_store.h"
#include "server/quota_ledger.h"
#include "server/witness_writer.h"
#include "storage/key_layout.h"

namespace samkoer::server {

// Through the quota ledger, the one writer of the key service's store.
class KeydWitnessWriter final : public WitnessWriter {
 public:
  // All must outlive this; `ledger` must call `alarms` before each write.
  KeydWitnessWriter(KeydStore& store, QuotaLedger& ledger, KeydAlarms& alarms)
      : store_(store), ledger_(ledger), alarms_(alarms) {}

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
      std::string key = storage::MetaKey(storage::kWitnessWord);
      std::string value =
          store_.sealer.Seal(key, storage::EncodeWitnessState(change.state));
      writes.batch.Put(std::move(key), std::move(value));
      return absl::OkStatus();
    });
  }

 private:
  KeydStore& store_;
  QuotaLedger& ledger_;
  KeydAlarms& alarms_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_WITNESS_WRITER_H_
