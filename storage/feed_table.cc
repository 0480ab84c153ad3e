#include "storage/feed_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

std::string Place(std::uint64_t sequence) {
  std::string place("feed\0", 5);
  PutU64(place, sequence);
  return place;
}

}  // namespace

std::string EncodeFeedEntry(const StoredFeedEntry& entry) {
  std::string out;
  out.reserve(40 + entry.sealed_alert.size());
  PutU8(out, kVersion);
  PutU64(out, static_cast<std::uint64_t>(entry.time_micros));
  PutU64(out, entry.alert_number);
  PutU32(out, entry.person);
  PutBytes(out, entry.subject_id);
  out.append(entry.sealed_alert);
  return out;
}

absl::StatusOr<StoredFeedEntry> DecodeFeedEntry(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a feed entry has an unknown version; use a newer program");
  }
  StoredFeedEntry entry;
  entry.time_micros = static_cast<std::int64_t>(in.U64());
  entry.alert_number = in.U64();
  entry.person = in.U32();
  in.Fill(entry.subject_id);
  entry.sealed_alert = in.Text(in.remaining());
  if (!in.Done() || (!entry.sealed_alert.empty() &&
                     entry.sealed_alert.size() < crypto::kSealOverheadBytes)) {
    return absl::DataLossError("a feed entry is malformed");
  }
  return entry;
}

std::string SealFeedAlert(const crypto::SealKey& data_key,
                          std::uint64_t sequence, std::string_view alert,
                          crypto::NonceSource& nonces) {
  std::string out;
  crypto::SealTo(data_key, crypto::AsBytes(Place(sequence)),
                 crypto::AsBytes(alert), nonces, out);
  return out;
}

absl::StatusOr<std::string> OpenFeedAlert(const crypto::SealKey& data_key,
                                          std::uint64_t sequence,
                                          std::string_view sealed) {
  return crypto::Open(data_key, crypto::AsBytes(Place(sequence)),
                      crypto::AsBytes(sealed));
}

}  // namespace samkoer::storage
