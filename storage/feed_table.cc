#include "storage/feed_table.h"

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint8_t kTombstoneVersion = 2;
constexpr std::uint8_t kPackedVersion = 3;
constexpr std::uint32_t kTombstoneBytes = 9;

std::string Place(std::uint64_t sequence) {
  std::string place("feed\0", 5);
  PutU64(place, sequence);
  return place;
}

}  // namespace

std::string EncodeFeedPage(const StoredFeedPage& page) {
  std::size_t bytes = 10;
  bool tombstones = false;
  for (const StoredFeedEntry& entry : page.entries) {
    bytes += 12 + kTombstoneBytes + entry.sealed_alert.size();
    tombstones |= entry.tombstone_cause != 0;
  }
  std::string out;
  out.reserve(bytes);
  PutU8(out, page.packed  ? kPackedVersion
             : tombstones ? kTombstoneVersion
                          : kVersion);
  PutU64(out, static_cast<std::uint64_t>(page.time_micros));
  PutU8(out, static_cast<std::uint8_t>(page.entries.size()));
  for (const StoredFeedEntry& entry : page.entries) {
    if (entry.tombstone_cause != 0) {
      PutU64(out, 0);
      PutU32(out, kTombstoneBytes);
      PutU8(out, entry.tombstone_cause);
      PutU64(out, entry.tombstone_alert);
      continue;
    }
    PutU64(out, entry.alert_number);
    PutU32(out, static_cast<std::uint32_t>(entry.sealed_alert.size()));
    out.append(entry.sealed_alert);
  }
  return out;
}

absl::StatusOr<StoredFeedPage> DecodeFeedPage(std::string_view plaintext) {
  ByteReader in(plaintext);
  const std::uint8_t version = in.U8();
  if (in.ok() && version != kVersion && version != kTombstoneVersion &&
      version != kPackedVersion) {
    return absl::FailedPreconditionError(
        "a page of the feed has an unknown version; use a newer program");
  }
  StoredFeedPage page;
  page.packed = version == kPackedVersion;
  page.time_micros = static_cast<std::int64_t>(in.U64());
  const unsigned count = in.U8();
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    StoredFeedEntry& entry = page.entries.emplace_back();
    entry.alert_number = in.U64();
    const std::uint32_t size = in.U32();
    if (version != kVersion && entry.alert_number == 0 &&
        size == kTombstoneBytes) {
      entry.tombstone_cause = in.U8();
      entry.tombstone_alert = in.U64();
      if (entry.tombstone_cause != 0) continue;
      return absl::DataLossError("a page of the feed is malformed");
    }
    entry.sealed_alert = in.Text(size);
    if ((entry.alert_number == 0) != entry.sealed_alert.empty()) {
      return absl::DataLossError("a page of the feed is malformed");
    }
  }
  if (!in.Done() || count == 0 || count > kFeedPageEntries) {
    return absl::DataLossError("a page of the feed is malformed");
  }
  return page;
}

std::string PackAlert(std::string_view alert, const Dictionary* dictionary) {
  std::string out;
  PutU16(out, dictionary == nullptr ? 0 : dictionary->number());
  if (dictionary == nullptr) {
    out.append(alert);
  } else {
    dictionary->Pack(alert, out);
  }
  return out;
}

std::uint16_t DictionaryOfAlert(std::string_view packed) {
  return ByteReader(packed).U16();
}

absl::StatusOr<std::string> UnpackAlert(std::string_view packed,
                                        const Dictionary* dictionary) {
  ByteReader in(packed);
  const std::uint16_t number = in.U16();
  if (!in.ok() ||
      number != (dictionary == nullptr ? 0 : dictionary->number())) {
    return absl::DataLossError(
        "the dictionary of a stored alert is missing, or the alert malformed");
  }
  const std::string_view rest = in.Text(in.remaining());
  if (dictionary == nullptr) return std::string(rest);
  return dictionary->Unpack(rest);
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
