// What is kept of one case record, as bytes: everything that the department
// sent except the pseudonym, and when it was taken in.
//
// Format, version 1 (integers little-endian):
//   version (u8 = 1),
//   the canonical record of proto/canonical_record.h without its first 65 bytes
//   (its own version and the pseudonym),
//   received (i64, microseconds since 1970)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_RECORD_CONTENT_H_
#define SAMKOER_STORAGE_RECORD_CONTENT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace samkoer::storage {

// How much of a canonical record is not kept.
inline constexpr std::size_t kCanonicalHeadBytes = 65;

// A content taken apart. Views live as long as the bytes that were parsed.
struct RecordContent {
  std::string_view case_ref;
  std::string_view unit;
  std::uint8_t domain = 0;         // samkoer.v1.Domain
  std::uint8_t status = 0;         // samkoer.v1.CaseStatus
  std::uint32_t opened_month = 0;  // YYYYMM, as all months here
  std::uint32_t closed_month = 0;
  std::uint32_t birth_month = 0;
  // The encoded criteria: a count (u8), then each with its length (u16), in
  // ascending order; so equal sets are equal bytes.
  std::string_view criteria;
  std::uint8_t consent = 0;  // samkoer.v1.Consent
  bool coordinator_exists = false;
  bool plan_exists = false;
  bool protected_identity = false;
  std::string_view plan_owner_unit;
  std::uint32_t plan_last_review_month = 0;
  std::string_view contact;
  std::int64_t received_micros = 0;  // 0 in a tail
};

// Takes a canonical record without its head apart. DATA_LOSS if malformed.
absl::StatusOr<RecordContent> ParseCanonicalTail(std::string_view tail);
// Takes a stored content apart. DATA_LOSS if malformed, FAILED_PRECONDITION for
// an unknown version.
absl::StatusOr<RecordContent> ParseRecordContent(std::string_view content);

// Replaces `out` with the stored form.
void EncodeRecordContent(std::string_view canonical_tail,
                         std::int64_t received_micros, std::string& out);

// The codes of RecordContent::criteria; empty if it is malformed.
std::vector<std::string_view> CriteriaCodes(std::string_view criteria);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_RECORD_CONTENT_H_
