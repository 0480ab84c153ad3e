// The key service's store under another key-encryption key, through the quota
// ledger, its one writer.
#ifndef SAMKOER_SERVER_KEYD_KEK_WRITER_H_
#define SAMKOER_SERVER_KEYD_KEK_WRITER_H_

#include <string>
#include <vector>

#include "server/kek_writer.h"

namespace samkoer::server {

class QuotaLedger;
struct KeydStore;

class KeydKekWriter final : public KekWriter {
 public:
  // Both must outlive this.
  KeydKekWriter(KeydStore& store, QuotaLedger& ledger)
      : store_(store), ledger_(ledger) {}

  absl::Status Change(const Identity* who,
                      const storage::KekChange& change) override;
  absl::StatusOr<std::uint64_t> Reseal(
      const std::vector<std::string>& store_keys) override;

 private:
  KeydStore& store_;
  QuotaLedger& ledger_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_KEK_WRITER_H_
