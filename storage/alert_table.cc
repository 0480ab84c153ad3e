#include "storage/alert_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 3;

}  // namespace

std::string EncodeAlertBlock(std::span<const StoredAlert> alerts) {
  std::string out;
  out.reserve(3 + alerts.size() * 80);
  PutU8(out, kVersion);
  PutU8(out, kAlertFlagsKnown);
  PutU8(out, static_cast<std::uint8_t>(alerts.size()));
  for (const StoredAlert& alert : alerts) {
    PutU8(out, static_cast<std::uint8_t>(alert.number % kAlertBlockSlots));
    PutU64(out, alert.alert_id);
    PutU32(out, alert.person);
    PutBytes(out, alert.subject_id);
    PutU8(out, alert.state);
    PutU64(out, static_cast<std::uint64_t>(alert.updated_micros));
    PutBytes(out, alert.match_digest);
    PutU64(out, alert.place.page);
    PutU8(out, alert.place.index);
    PutU16(out, alert.flags);
    PutU8(out, static_cast<std::uint8_t>(alert.departments.size()));
    for (const std::uint16_t department : alert.departments) {
      PutU16(out, department);
    }
  }
  return out;
}

absl::StatusOr<std::vector<StoredAlert>> DecodeAlertBlock(
    std::uint64_t block, std::string_view plaintext) {
  ByteReader in(plaintext);
  const std::uint8_t version = in.U8();
  const std::uint8_t known = version == kVersion ? in.U8() : 0;
  if (in.ok() &&
      (version == 0 || version > kVersion || known > kAlertFlagsKnown)) {
    return absl::FailedPreconditionError(
        "an alert block has an unknown version; use a newer program");
  }
  const unsigned count = in.U8();
  std::vector<StoredAlert> alerts;
  int last_slot = -1;
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    StoredAlert& alert = alerts.emplace_back();
    const std::uint8_t slot = in.U8();
    alert.number = block * kAlertBlockSlots + slot;
    alert.alert_id = in.U64();
    alert.person = in.U32();
    in.Fill(alert.subject_id);
    alert.state = in.U8();
    alert.updated_micros = static_cast<std::int64_t>(in.U64());
    in.Fill(alert.match_digest);
    alert.place.page = in.U64();
    alert.place.index = in.U8();
    alert.flags = kAlertMatched;
    if (version != 1) alert.flags = in.U16();
    alert.flags_known = known;
    const unsigned departments = in.U8();
    for (unsigned d = 0; d < departments && in.ok(); ++d) {
      alert.departments.push_back(in.U16());
    }
    if (slot >= kAlertBlockSlots || slot <= last_slot) {
      return absl::DataLossError("an alert block is malformed");
    }
    last_slot = slot;
  }
  if (!in.Done() || count == 0) {
    return absl::DataLossError("an alert block is malformed");
  }
  return alerts;
}

}  // namespace samkoer::storage
