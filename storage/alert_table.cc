#include "storage/alert_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string Place(std::uint64_t alert_number) {
  std::string place("alert\0", 6);
  PutU64(place, alert_number);
  return place;
}

}  // namespace

std::string EncodeAlert(const StoredAlert& alert) {
  std::string out;
  out.reserve(64 + 2 * alert.departments.size() + alert.sealed_alert.size());
  PutU8(out, kVersion);
  PutU64(out, alert.alert_id);
  PutU32(out, alert.person);
  PutBytes(out, alert.subject_id);
  PutU8(out, alert.state);
  PutU64(out, static_cast<std::uint64_t>(alert.updated_micros));
  PutBytes(out, alert.match_digest);
  PutU16(out, static_cast<std::uint16_t>(alert.departments.size()));
  for (const std::uint16_t department : alert.departments) {
    PutU16(out, department);
  }
  out.append(alert.sealed_alert);
  return out;
}

absl::StatusOr<StoredAlert> DecodeAlert(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a stored alert has an unknown version; use a newer program");
  }
  StoredAlert alert;
  alert.alert_id = in.U64();
  alert.person = in.U32();
  in.Fill(alert.subject_id);
  alert.state = in.U8();
  alert.updated_micros = static_cast<std::int64_t>(in.U64());
  in.Fill(alert.match_digest);
  const unsigned departments = in.U16();
  for (unsigned i = 0; i < departments && in.ok(); ++i) {
    alert.departments.push_back(in.U16());
  }
  alert.sealed_alert = in.Text(in.remaining());
  if (!in.Done() || alert.sealed_alert.size() < crypto::kSealOverheadBytes) {
    return absl::DataLossError("a stored alert is malformed");
  }
  return alert;
}

std::string SealAlert(const crypto::SealKey& data_key,
                      std::uint64_t alert_number, std::string_view alert,
                      crypto::NonceSource& nonces) {
  std::string out;
  crypto::SealTo(data_key, crypto::AsBytes(Place(alert_number)),
                 crypto::AsBytes(alert), nonces, out);
  return out;
}

absl::StatusOr<std::string> OpenAlert(const crypto::SealKey& data_key,
                                      std::uint64_t alert_number,
                                      std::string_view sealed) {
  return crypto::Open(data_key, crypto::AsBytes(Place(alert_number)),
                      crypto::AsBytes(sealed));
}

}  // namespace samkoer::storage
