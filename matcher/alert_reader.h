// Reads alerts and feed entries from a snapshot of the store, without the
// index, so that readers need nothing from the commit loop but their leaf.
//
// Thread safety: one object is one thread's.
#ifndef SAMKOER_MATCHER_ALERT_READER_H_
#define SAMKOER_MATCHER_ALERT_READER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"
#include "matcher/alert_heads.h"
#include "samkoer/v1/alerts.pb.h"
#include "storage/alert_table.h"
#include "storage/dictionary.h"
#include "storage/engine.h"
#include "storage/feed_table.h"
#include "storage/sealed_value.h"

namespace samkoer::matcher {

class AlertReader {
 public:
  // All must outlive it. `heads` are those of the store as `reader` shows it
  // (store_view.h); null: they are read from the store.
  AlertReader(const storage::Reader& reader, const storage::ValueSealer& sealer,
              const AlertHeads* heads = nullptr)
      : reader_(reader), sealer_(sealer), heads_in_memory_(heads) {}

  // The head of the alert with this number. NOT_FOUND if there is none.
  absl::StatusOr<storage::StoredAlert> Head(std::uint64_t number);
  // The alert of a head.
  absl::StatusOr<samkoer::v1::Alert> Open(const storage::StoredAlert& head);

  // Calls `visit` for the heads of alerts with a number below `before` (0:
  // all), newest first, until it returns false.
  absl::Status Scan(
      std::uint64_t before,
      const std::function<bool(const storage::StoredAlert& head)>& visit);

  // The feed entry. `subject` is whose, or all zero for an entry without alert:
  // one that was emptied, or a tombstone. NOT_FOUND if there is none.
  absl::StatusOr<samkoer::v1::FeedEntry> GetFeedEntry(std::uint64_t sequence,
                                                      crypto::Hash16& subject);

 private:
  struct Page {
    std::uint64_t first = 0;  // 0: none
    std::string plaintext;
    storage::StoredFeedPage page;
  };
  // The person's data key, if it is still the person with this subject id.
  absl::StatusOr<const crypto::SealKey*> DataKey(std::uint32_t person,
                                                 const crypto::Hash16& subject);
  // The page that begins with `first`.
  absl::StatusOr<const Page*> PageAt(std::uint64_t first);
  // The page that holds `sequence`.
  absl::StatusOr<const Page*> PageOf(std::uint64_t sequence);
  absl::Status TakePage(std::string_view key, std::string_view value);
  // Null, without an error, for the number 0.
  absl::StatusOr<const storage::Dictionary*> DictionaryAt(std::uint16_t number);
  absl::StatusOr<std::string> OpenEntry(const storage::StoredAlert& head,
                                        const Page& page, std::size_t index);

  const storage::Reader& reader_;
  const storage::ValueSealer& sealer_;
  const AlertHeads* const heads_in_memory_;
  // What was read last: data keys by person, heads by number, one page; and the
  // dictionaries that were needed.
  absl::flat_hash_map<std::uint32_t, crypto::SealKey> keys_;
  absl::flat_hash_map<std::uint64_t, storage::StoredAlert> heads_;
  Page page_;
  absl::flat_hash_map<std::uint16_t, std::unique_ptr<const storage::Dictionary>>
      dictionaries_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ALERT_READER_H_
