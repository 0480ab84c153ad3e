#include "storage/notice_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string EncodeNotice(const StoredNotice& notice) {
  std::string out;
  PutU8(out, kVersion);
  PutBytes(out, notice.notice_id);
  PutU8(out, notice.kind);
  PutU64(out, static_cast<std::uint64_t>(notice.time_micros));
  PutString16(out, notice.case_ref);
  return out;
}

absl::StatusOr<StoredNotice> DecodeNotice(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a notice has an unknown version; use a newer program");
  }
  StoredNotice notice;
  in.Fill(notice.notice_id);
  notice.kind = in.U8();
  notice.time_micros = static_cast<std::int64_t>(in.U64());
  notice.case_ref = in.String16();
  if (!in.Done() || notice.kind == 0 || notice.case_ref.empty()) {
    return absl::DataLossError("a notice is malformed");
  }
  return notice;
}

}  // namespace samkoer::storage
