#include "storage/month_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kRuns = 1, kEnded = 2;

}  // namespace

std::string EncodeMonth(const StoredMonth& month) {
  std::string out;
  PutU8(out, kVersion);
  PutU8(out, month.ended ? kEnded : kRuns);
  PutU64(out, month.first_alert);
  PutU64(out, month.end_alert);
  PutU64(out, month.assigned);
  PutU64(out, month.backlog);
  PutString32(out, month.statistics);
  return out;
}

absl::StatusOr<StoredMonth> DecodeMonth(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a month has an unknown version; use a newer program");
  }
  StoredMonth month;
  const std::uint8_t state = in.U8();
  month.ended = state == kEnded;
  month.first_alert = in.U64();
  month.end_alert = in.U64();
  month.assigned = in.U64();
  month.backlog = in.U64();
  month.statistics = std::string(in.String32());
  const bool sound = month.ended
                         ? month.end_alert >= month.first_alert
                         : state == kRuns && month.end_alert == 0 &&
                               month.assigned == 0 && month.backlog == 0;
  if (!in.Done() || !sound || month.first_alert == 0) {
    return absl::DataLossError("a month is malformed");
  }
  return month;
}

}  // namespace samkoer::storage
