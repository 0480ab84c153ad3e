// What is kept of one case record, as bytes: everything that the department
// sent except the pseudonym, and since when it is held.
//
// Format (integers little-endian; texts as u8 length, bytes), as it stands in
// memory; segment_table.h gives it as it is sealed:
//   version (u8): 2 if the plan's owner is not a text but the number (u16) that
//   the department registry has for it, else 1,
//   received (u32, seconds since 1970),
//   changed (u32, seconds since 1970; 0 if it never did),
//   unit (u16, the department registry's number),
//   u8: domain (bits 0-3), status (bits 4-5), consent (bits 6-7),
//   u8: 1 coordinator exists, 2 plan exists, 4 protected identity,
//   opened, closed, birth, plan's last review (u16 each: year * 12 + month - 1,
//   0 for none),
//   case reference, contact, plan owner unit (texts),
//   number of criteria (u8), the codes in ascending order (texts)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_RECORD_CONTENT_H_
#define SAMKOER_STORAGE_RECORD_CONTENT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace samkoer::storage {

// How much of a canonical record (proto/canonical_record.h) is its own version
// and the pseudonym, which are not kept. What follows is its tail.
inline constexpr std::size_t kCanonicalHeadBytes = 65;
// Version and times at the start of the content.
inline constexpr std::size_t kContentHeadBytes = 9;

// A record without its pseudonym. Views live as long as the bytes that were
// parsed.
struct RecordContent {
  std::string_view case_ref;
  std::uint8_t domain = 0;         // samkoer.v1.Domain
  std::uint8_t status = 0;         // samkoer.v1.CaseStatus
  std::uint32_t opened_month = 0;  // YYYYMM, as all months here
  std::uint32_t closed_month = 0;
  std::uint32_t birth_month = 0;
  std::uint8_t consent = 0;  // samkoer.v1.Consent
  bool coordinator_exists = false;
  bool plan_exists = false;
  bool protected_identity = false;
  std::string_view plan_owner_unit;
  std::uint32_t plan_last_review_month = 0;
  std::string_view contact;
  // Ascending; empty for most.
  std::vector<std::string_view> criteria;

  friend bool operator==(const RecordContent&, const RecordContent&) = default;
};

// As a department sends it.
struct CanonicalTail : RecordContent {
  std::string_view unit;
};
// When a record came, in seconds since 1970.
struct IntakeTimes {
  // Since when a record of this person in this case is held.
  std::uint32_t received = 0;
  // When it last took on another content; 0 if it never did.
  std::uint32_t changed = 0;
  // When the present content came.
  std::uint32_t latest() const { return changed != 0 ? changed : received; }
};
// As it is stored.
struct StoredContent : RecordContent {
  std::uint16_t unit = 0;
  // Whether the plan's owner stands as a number.
  bool owner_by_number = false;
  IntakeTimes times;
};

// Takes a tail apart. DATA_LOSS if malformed.
absl::StatusOr<CanonicalTail> ParseCanonicalTail(std::string_view tail);

// Replaces `out` with the stored form. Texts have at most 255 bytes, months are
// 0 or valid. `owner` is the registry's number of the plan's owner, if it has
// one: a version, a content and times are to have one stored form
// (segment_table.h, nonce).
void EncodeRecordContent(const RecordContent& content, std::uint16_t unit,
                         std::optional<std::uint16_t> owner,
                         const IntakeTimes& times, std::string& out);

// Takes a stored form apart; `texts` are the registry's, of the record's
// department, and must live as long as the views. DATA_LOSS if malformed,
// FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredContent> ParseRecordContent(
    std::string_view bytes, std::span<const std::string> texts);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_RECORD_CONTENT_H_
