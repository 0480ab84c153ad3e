// Reads alerts and feed entries from a snapshot of the store, without the
// index, so that readers need nothing from the commit loop but their leaf.
//
// Thread safety: one object is one thread's.
#ifndef SAMKOER_MATCHER_ALERT_READER_H_
#define SAMKOER_MATCHER_ALERT_READER_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/alert_table.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

class AlertReader {
 public:
  // Both must outlive it.
  AlertReader(const storage::Reader& reader, const storage::ValueSealer& sealer)
      : reader_(reader), sealer_(sealer) {}

  // The alert with this number. NOT_FOUND if there is none.
  absl::StatusOr<samkoer::v1::Alert> Get(std::uint64_t number);
  // Opens what Scan showed.
  absl::StatusOr<samkoer::v1::Alert> Open(std::uint64_t number,
                                          const storage::StoredAlert& stored);

  // Calls `visit` for alerts with a number below `before` (0: all), newest
  // first, until it returns false.
  absl::Status Scan(
      std::uint64_t before,
      const std::function<bool(std::uint64_t number,
                               const storage::StoredAlert& stored)>& visit);

  // The feed entry. `subject` is whose, or all zero if it has been erased; then
  // the entry has no alert. NOT_FOUND if there is none.
  absl::StatusOr<samkoer::v1::FeedEntry> GetFeedEntry(std::uint64_t sequence,
                                                      crypto::Hash16& subject);

 private:
  // Data keys by person number, read block by block.
  struct Key {
    crypto::Hash16 subject;
    crypto::SealKey key;
  };
  absl::StatusOr<const crypto::SealKey*> DataKey(std::uint32_t person,
                                                 const crypto::Hash16& subject);

  const storage::Reader& reader_;
  const storage::ValueSealer& sealer_;
  absl::flat_hash_map<std::uint32_t, Key> keys_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_READER_H_
