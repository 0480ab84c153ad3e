// Notices: what a department is to look into since a person was erased. One for
// each case of a department (key_layout.h, NoticeKey).
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), notice id (16, random), kind (u8), time (i64,
//   microseconds since 1970), case reference (u16 length, text)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_NOTICE_TABLE_H_
#define SAMKOER_STORAGE_NOTICE_TABLE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

// The label of IndexHash under which a case reference stands in the key.
inline constexpr std::string_view kNoticeLabel = "notice";

struct StoredNotice {
  crypto::Hash16 notice_id{};
  std::uint8_t kind = 0;  // samkoer.v1.NoticeKind
  std::int64_t time_micros = 0;
  std::string case_ref;
};

std::string EncodeNotice(const StoredNotice& notice);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredNotice> DecodeNotice(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_NOTICE_TABLE_H_
