// Alerts, without their contents: what lists, filters and the matcher's memory
// need. The contents stand in the feed, where the last entry of an alert is the
// alert. Up to 64 alerts a block.
//
// Alert numbers count up from 1 and are never used again, so they order alerts
// by creation. An alert's number is block * 64 + slot.
//
// Plaintext, version 3 (integers little-endian):
//   version (u8 = 3), flags known (u8), count (u8, 1 to 64), then for each
//   alert, ascending by slot:
//     slot (u8), alert id (u64, its lower 40 bits), person number (u32),
//     subject id (16), state (u8, samkoer.v1.AlertState),
//     updated (i64, microseconds since 1970), match digest (16),
//     feed page (u64), index in the page (u8),
//     flags (u16, AlertFlag),
//     number of departments (u8), their numbers (u16 each, ascending)
// Flags known is how many flags the program knew that wrote the block: of a
// block that knows fewer than kAlertFlagsKnown the matcher makes them up when
// it starts (matcher/head_upgrade.h). Versions 1 and 2 are read and never
// written; they do not say it, and count as 0. Version 1 has no flags: it knew
// matches only.
//
// The match digest tells whether an evaluation gives what the alert says
// already (matcher/match_digest.h); all zero: the rule does not hold.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_ALERT_TABLE_H_
#define SAMKOER_STORAGE_ALERT_TABLE_H_

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/inlined_vector.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

inline constexpr std::uint64_t kAlertBlockSlots = 64;

// Where an alert's last feed entry stands (feed_table.h).
struct FeedPlace {
  std::uint64_t page = 0;  // the page's first sequence number
  std::uint8_t index = 0;  // the entry's sequence number is page + index
};

// What lists filter by and overviews count, of an alert's coordination. The
// numbers stand in stores and never change.
enum AlertFlag : std::uint16_t {
  kAlertMatched = 1,          // a rule has held at any time
  kAlertNominated = 2,        // has a nomination
  kAlertOverdue = 4,          // something is overdue
  kAlertTransition = 8,       // a transition is ahead
  kAlertGuideAsked = 16,      // a guide is asked and has not accepted
  kAlertGuideAccepted = 32,   // a guide has accepted
  kAlertCoordinated = 64,     // people have agreed on something, or may soon
  kAlertHandoverWaits = 128,  // a handover that nobody has answered yet
  kAlertFlagsEnd,             // stays last
};
// How many there are.
inline constexpr std::uint8_t kAlertFlagsKnown =
    std::bit_width(unsigned{kAlertFlagsEnd} - 1);

struct StoredAlert {
  std::uint64_t number = 0;  // not part of the bytes but for its slot
  std::uint64_t alert_id = 0;
  std::uint32_t person = 0;
  crypto::Hash16 subject_id{};
  std::uint8_t state = 0;
  std::int64_t updated_micros = 0;
  crypto::Hash16 match_digest{};
  FeedPlace place;
  std::uint16_t flags = 0;  // AlertFlag
  // The same for all of a block.
  std::uint8_t flags_known = kAlertFlagsKnown;
  // DepartmentRegistry's numbers; at most 255, ascending.
  absl::InlinedVector<std::uint16_t, 4> departments;
};

// `alerts` of one block, ascending, 1 to 64 of them, with all flags known.
std::string EncodeAlertBlock(std::span<const StoredAlert> alerts);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<std::vector<StoredAlert>> DecodeAlertBlock(
    std::uint64_t block, std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_ALERT_TABLE_H_
