#include "storage/inquiry_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeInquiry(const StoredInquiry& inquiry) {
  std::string out;
  PutU8(out, kVersion);
  out.append(inquiry.request_id);
  PutString16(out, inquiry.inquiry.SerializeAsString());
  return out;
}

absl::StatusOr<StoredInquiry> DecodeInquiry(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "an inquiry has an unknown version; use a newer program");
  }
  StoredInquiry inquiry;
  inquiry.request_id = std::string(in.Text(kRequestIdBytes));
  const std::string bytes(in.String16());
  if (!in.Done() || !inquiry.inquiry.ParseFromString(bytes)) {
    return absl::DataLossError("an inquiry is malformed");
  }
  return inquiry;
}

}  // namespace samkoer::storage
