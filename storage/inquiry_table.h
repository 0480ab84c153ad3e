// Inquiries: one value each, under its id (key_layout.h, kInquiry). A question
// of a department and its answer; nothing in it names a young person.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), request id (16), samkoer.v1.Inquiry without the
//   department's name (u16 length, bytes)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_INQUIRY_TABLE_H_
#define SAMKOER_STORAGE_INQUIRY_TABLE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "samkoer/v1/inquiries.pb.h"

namespace samkoer::storage {

inline constexpr std::size_t kRequestIdBytes = 16;

struct StoredInquiry {
  std::string request_id;  // kRequestIdBytes
  samkoer::v1::Inquiry inquiry;
};

// The message must have less than 64 KiB.
std::string EncodeInquiry(const StoredInquiry& inquiry);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<StoredInquiry> DecodeInquiry(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_INQUIRY_TABLE_H_
