// The keys of pseudonyms that a matcher's store has been fed under, each with
// its life, in one value under the meta word "oprf-epochs".
//
// Plaintext, version 1 (integers little-endian; texts as u16 length, bytes):
//   version (u8 = 1), count (u16), then for each, ascending by epoch:
//   epoch (u32), public key (32), self-test (32),
//   closing day (text, "YYYY-MM-DD" or empty), pinned at (i64, microseconds
//   since 1970), leaf of it (u64), destroyed at (i64; 0: it lives), leaf of it
//   (u64)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_EPOCH_TABLE_H_
#define SAMKOER_STORAGE_EPOCH_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace samkoer::storage {

inline constexpr std::string_view kEpochsWord = "oprf-epochs";

struct StoredEpoch {
  std::uint32_t epoch = 0;  // from 1
  std::string public_key;   // 32 bytes
  std::string self_test;    // 32 bytes
  // The first day on which no push under the key is taken; empty: none is set.
  std::string closes_on;
  std::int64_t pinned_micros = 0;
  std::uint64_t pinned_leaf = 0;  // of the log: KEY_PINNED
  std::int64_t destroyed_micros = 0;
  std::uint64_t destroyed_leaf = 0;  // of the log: KEY_DESTROYED

  bool live() const { return destroyed_micros == 0; }
  friend bool operator==(const StoredEpoch&, const StoredEpoch&) = default;
};

// `epochs` ascending by epoch.
std::string EncodeEpochs(const std::vector<StoredEpoch>& epochs);
// DATA_LOSS if malformed or not ascending, FAILED_PRECONDITION for an unknown
// version.
absl::StatusOr<std::vector<StoredEpoch>> DecodeEpochs(
    std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_EPOCH_TABLE_H_
