// What a server remembers of its log's witnesses: the newest checkpoint that
// one has cosigned, and since when changes would be without a witness. Kept in
// the store itself, so that a restart changes nothing.
//
// Meta value "witness" (integers little-endian; FORMAT.md):
//   version (u8, 1), overdue (u8, 0 or 1), counted_from (u64, microseconds),
//   size (u64), the signed checkpoint (u16 length, text),
//   witnesses (u16), and of each: subject (u16 length, text), size (u64),
//   time (u64, seconds), time of its last leaf (u64, seconds), signature line
//   (u16 length, text)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_WITNESS_STATE_H_
#define SAMKOER_STORAGE_WITNESS_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

inline constexpr std::string_view kWitnessWord = "witness";

// The newest cosignature of one witness.
struct WitnessSeen {
  std::uint64_t size = 0;          // of the checkpoint
  std::uint64_t unix_seconds = 0;  // when the witness says it cosigned
  std::uint64_t leaf_seconds = 0;  // of its last leaf of the log; 0: none
  std::string line;                // the signature line, with its newline
  friend bool operator==(const WitnessSeen&, const WitnessSeen&) = default;
};

struct WitnessState {
  // Changes have been refused, and the log says so.
  bool overdue = false;
  // From when the time without a cosignature counts: the newest cosignature's
  // time, or when witnesses were first configured.
  std::int64_t counted_from_micros = 0;
  // The newest checkpoint that was cosigned, and its note with the log's own
  // signature line; 0 and empty before the first.
  std::uint64_t size = 0;
  std::string signed_checkpoint;
  std::map<std::string, WitnessSeen> witnesses;  // by the certificate's URI
  friend bool operator==(const WitnessState&, const WitnessState&) = default;

  // `signed_checkpoint` with the lines of all witnesses that cosigned it.
  std::string CosignedNote() const;
};

// What the store's one writer does in one write: the state, and leaves of the
// witness or, without one, of the server itself.
struct WitnessLeaf {
  samkoer::v1::AuditAction action = samkoer::v1::AUDIT_ACTION_UNSPECIFIED;
  std::string detail = {};
  std::vector<std::pair<std::string, std::uint64_t>> counts = {};
};
struct WitnessChange {
  WitnessState state;
  std::vector<WitnessLeaf> leaves = {};
  // Hours without a cosignature, of those allowed, when it is half of them or
  // more and was not told before: raises an alarm. 0: not so.
  std::uint32_t late_hours = 0;
  std::uint32_t allowed_hours = 0;
};

// The value, not yet sealed. Texts have at most 65,535 bytes, and there are at
// most as many witnesses.
std::string EncodeWitnessState(const WitnessState& state);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<WitnessState> DecodeWitnessState(std::string_view plaintext);

// None in a store that never had a witness.
absl::StatusOr<std::optional<WitnessState>> LoadWitnessState(
    const Reader& reader, const ValueSealer& sealer);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_WITNESS_STATE_H_
