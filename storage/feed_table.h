// The feed: what every change of every alert looked like, by sequence number
// from 1, without gaps.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), time (i64, microseconds since 1970),
//   alert number (u64), person number (u32), subject id (16),
//   the rest: samkoer.v1.Alert, sealed with the person's data key; empty once
//   retention has erased the alert
// The alert's associated data: "feed" 0x00 sequence number (u64).
//
// Thread safety: all functions are pure; a NonceSource is one thread's.
#ifndef SAMKOER_STORAGE_FEED_TABLE_H_
#define SAMKOER_STORAGE_FEED_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

struct StoredFeedEntry {
  std::int64_t time_micros = 0;
  std::uint64_t alert_number = 0;
  std::uint32_t person = 0;
  crypto::Hash16 subject_id{};
  // Points into what was decoded, or to what is to be encoded. Empty: erased.
  std::string_view sealed_alert;
};

std::string EncodeFeedEntry(const StoredFeedEntry& entry);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredFeedEntry> DecodeFeedEntry(std::string_view plaintext);

// The alert message's bytes, sealed, and back. Open: DATA_LOSS.
std::string SealFeedAlert(const crypto::SealKey& data_key,
                          std::uint64_t sequence, std::string_view alert,
                          crypto::NonceSource& nonces);
absl::StatusOr<std::string> OpenFeedAlert(const crypto::SealKey& data_key,
                                          std::uint64_t sequence,
                                          std::string_view sealed);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_FEED_TABLE_H_
