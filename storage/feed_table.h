// The feed: what every change of every alert looked like, by sequence number
// from 1, without gaps. The last entry of an alert is the alert.
//
// Entries that one command made stand together in pages of up to 32, because
// one value an entry costs more in the engine than everything else. A page's
// key is the sequence number of its first entry.
//
// Plaintext (integers little-endian):
//   version (u8 = 3; 1 and 2 are read, in which alerts are not packed; 1 has no
//   tombstones),
//   time (i64, microseconds since 1970),
//   count (u8, 1 to 32), then for each entry:
//     alert number (u64), length (u32), the packed alert sealed with the
//     person's data key; number and length are 0 once the alert is deleted.
//     A tombstone has the number 0, the length 9, and: cause (u8), id of the
//     alert that was deleted (u64)
// The alert's associated data: "feed" 0x00 sequence number (u64).
// Packed alert: number of the dictionary (u16), samkoer.v1.Alert packed with it
// (dictionary.h); with the number 0 the message as it is.
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
#include "storage/dictionary.h"

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
  // Whether what is sealed is PackAlert's; if not, it is the message itself.
  bool packed = true;
  std::int64_t time_micros = 0;
  std::vector<StoredFeedEntry> entries;
};

// A page that is not packed keeps the version it must have been of.
std::string EncodeFeedPage(const StoredFeedPage& page);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredFeedPage> DecodeFeedPage(std::string_view plaintext);

// The alert message's bytes as they are sealed; without a dictionary (null) but
// for the number unchanged.
std::string PackAlert(std::string_view alert, const Dictionary* dictionary);
// The number of the dictionary that UnpackAlert needs; 0: none.
std::uint16_t DictionaryOfAlert(std::string_view packed);
// DATA_LOSS if malformed, or if `dictionary` is not the one.
absl::StatusOr<std::string> UnpackAlert(std::string_view packed,
                                        const Dictionary* dictionary);

// What is sealed of an alert, and back. Open: DATA_LOSS.
std::string SealFeedAlert(const crypto::SealKey& data_key,
                          std::uint64_t sequence, std::string_view alert,
                          crypto::NonceSource& nonces);
absl::StatusOr<std::string> OpenFeedAlert(const crypto::SealKey& data_key,
                                          std::uint64_t sequence,
                                          std::string_view sealed);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_FEED_TABLE_H_
