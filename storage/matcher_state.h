// What the matcher must know of itself after a restart, in one value under the
// meta word "matcher-state".
//
// Plaintext, version 1 (integers little-endian; texts as u16 length, bytes):
//   version (u8 = 1), epoch (u32), policy version (u32; 0: none yet),
//   day (text, "YYYY-MM-DD", empty: none yet), next alert number (u64),
//   next push number (u64), last feed sequence (u64),
//   last time (i64, microseconds since 1970), digest of the pinned key (32)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_MATCHER_STATE_H_
#define SAMKOER_STORAGE_MATCHER_STATE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

inline constexpr std::string_view kMatcherStateWord = "matcher-state";

struct MatcherState {
  // The epoch whose pseudonyms the store's persons come from.
  std::uint32_t epoch = 0;
  std::uint32_t policy_version = 0;
  // The day that all alerts are evaluated for.
  std::string day;
  // Numbers are never given twice, so they are kept when alerts are deleted.
  std::uint64_t next_alert = 1;
  std::uint64_t next_push = 1;
  std::uint64_t feed_sequence = 0;
  // The latest time that was given out; time does not run backwards.
  std::int64_t last_time_micros = 0;
  crypto::Hash32 pinned_keys{};

  friend bool operator==(const MatcherState&, const MatcherState&) = default;
};

std::string EncodeMatcherState(const MatcherState& state);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<MatcherState> DecodeMatcherState(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_MATCHER_STATE_H_
