// Alerts, one value each. What lists and filters need stands under the
// key-encryption key; the alert itself is sealed with the person's data key.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), alert id (u64, its lower 40 bits), person number (u32),
//   subject id (16), state (u8, samkoer.v1.AlertState),
//   updated (i64, microseconds since 1970), match digest (16),
//   number of departments (u16), their numbers (u16 each, ascending),
//   the rest: samkoer.v1.Alert, sealed with the data key
// The alert's associated data: "alert" 0x00 alert number (u64).
//
// Alert numbers count up and are never used again, so they order alerts by
// creation. The match digest tells whether an evaluation gives what the alert
// says already (matcher/match_digest.h); all zero: the rule does not hold.
//
// Thread safety: all functions are pure; a NonceSource is one thread's.
#ifndef SAMKOER_STORAGE_ALERT_TABLE_H_
#define SAMKOER_STORAGE_ALERT_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

struct StoredAlert {
  std::uint64_t alert_id = 0;
  std::uint32_t person = 0;
  crypto::Hash16 subject_id{};
  std::uint8_t state = 0;
  std::int64_t updated_micros = 0;
  crypto::Hash16 match_digest{};
  std::vector<std::uint16_t> departments;
  // Points into what was decoded, or to what is to be encoded.
  std::string_view sealed_alert;
};

std::string EncodeAlert(const StoredAlert& alert);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredAlert> DecodeAlert(std::string_view plaintext);

// The alert message's bytes, sealed, and back. Open: DATA_LOSS.
std::string SealAlert(const crypto::SealKey& data_key,
                      std::uint64_t alert_number, std::string_view alert,
                      crypto::NonceSource& nonces);
absl::StatusOr<std::string> OpenAlert(const crypto::SealKey& data_key,
                                      std::uint64_t alert_number,
                                      std::string_view sealed);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ALERT_TABLE_H_
