// The feed: what every change of every alert looked like, by sequence number
// from 1, without gaps. The last entry of an alert is the alert.
//
// Entries that one command made stand together in pages of up to 32, because
// one value an entry costs more in the engine than everything else. A page's
// key is the sequence number of its first entry.
//
// Plaintext (integers little-endian):
//   version (u8 = 1; 2 for a page with tombstones, which are all that it adds),
//   time (i64, microseconds since 1970),
//   count (u8, 1 to 32), then for each entry:
//     alert number (u64), length (u32), samkoer.v1.Alert sealed with the
//     person's data key; number and length are 0 once the alert is deleted.
//     A tombstone has the number 0, the length 9, and: cause (u8), id of the
//     alert that was deleted (u64)
// The alert's associated data: "feed" 0x00 sequence number (u64).
//
// Thread safety: all functions are pure; a NonceSource is one thread's.
#ifndef SAMKOER_STORAGE_FEED_TABLE_H_
#define SAMKOER_STORAGE_FEED_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/envelope.h"

namespace samkoer::storage {

inline constexpr std::size_t kFeedPageEntries = 32;

struct StoredFeedEntry {
  std::uint64_t alert_number = 0;
  // Points into what was decoded, or to what is to be encoded. Empty: erased,
  // or a tombstone.
  std::string_view sealed_alert;
  // samkoer.v1.TombstoneCause; 0 unless the entry is a tombstone.
  std::uint8_t tombstone_cause = 0;
  std::uint64_t tombstone_alert = 0;  // the deleted alert's id
};

struct StoredFeedPage {
  std::int64_t time_micros = 0;
  std::vector<StoredFeedEntry> entries;
};

std::string EncodeFeedPage(const StoredFeedPage& page);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredFeedPage> DecodeFeedPage(std::string_view plaintext);

// The alert message's bytes, sealed, and back. Open: DATA_LOSS.
std::string SealFeedAlert(const crypto::SealKey& data_key,
                          std::uint64_t sequence, std::string_view alert,
                          crypto::NonceSource& nonces);
absl::StatusOr<std::string> OpenFeedAlert(const crypto::SealKey& data_key,
                                          std::uint64_t sequence,
                                          std::string_view sealed);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_FEED_TABLE_H_
