#include "storage/segment_table.h"

#include <array>
#include <cstring>

#include "storage/coding.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kLabel{"record\0", 7};

using AssociatedData = std::array<std::uint8_t, kLabel.size() + 16>;

AssociatedData ContentPlace(const crypto::Hash16& fingerprint) {
  AssociatedData place;
  std::memcpy(place.data(), kLabel.data(), kLabel.size());
  std::memcpy(place.data() + kLabel.size(), fingerprint.data(),
              fingerprint.size());
  return place;
}

}  // namespace

void PutSegmentHead(std::string& out, std::uint8_t count) {
  PutU8(out, kVersion);
  PutU8(out, count);
}

void PutSegmentEntry(std::string& out, const SegmentEntry& entry) {
  PutU8(out, entry.slot);
  PutBytes(out, entry.fingerprint);
  PutU32(out, entry.person);
  PutU16(out, entry.department);
  PutString16(out, entry.sealed_content);
}

absl::Status DecodeSegment(std::string_view plaintext,
                           std::vector<SegmentEntry>& entries) {
  entries.clear();
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a segment has an unknown version; use a newer program");
  }
  const unsigned count = in.U8();
  int last_slot = -1;
  for (unsigned i = 0; i < count && in.ok(); ++i) {
    SegmentEntry entry;
    entry.slot = in.U8();
    in.Fill(entry.fingerprint);
    entry.person = in.U32();
    entry.department = in.U16();
    entry.sealed_content = in.String16();
    if (entry.slot >= kSegmentSlots || entry.slot <= last_slot) {
      return absl::DataLossError("a segment is malformed");
    }
    last_slot = entry.slot;
    entries.push_back(entry);
  }
  if (!in.Done() || count == 0) {
    return absl::DataLossError("a segment is malformed");
  }
  return absl::OkStatus();
}

void SealRecordContent(const crypto::SealKey& data_key,
                       const crypto::Hash16& fingerprint,
                       std::string_view content, crypto::NonceSource& nonces,
                       std::string& out) {
  crypto::SealTo(data_key, ContentPlace(fingerprint), crypto::AsBytes(content),
                 nonces, out);
}

absl::StatusOr<std::string> OpenRecordContent(const crypto::SealKey& data_key,
                                              const crypto::Hash16& fingerprint,
                                              std::string_view sealed) {
  return crypto::Open(data_key, ContentPlace(fingerprint),
                      crypto::AsBytes(sealed));
}

}  // namespace samkoer::storage
