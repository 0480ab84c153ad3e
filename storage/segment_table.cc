#include "storage/segment_table.h"

#include <cstring>

#include "storage/coding.h"
#include "storage/record_content.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::string_view kLabel{"record\0", 7};

constexpr std::uint8_t kHasChanged = 0x80;
constexpr std::size_t kTimeBytes = 4;

// `head`: version, received, changed (record_content.h).
crypto::Nonce NonceOf(std::string_view head,
                      const crypto::Hash16& fingerprint) {
  crypto::Nonce nonce;
  static_assert(1 + 15 + 2 * kTimeBytes == crypto::kNonceBytes);
  nonce[0] = static_cast<std::uint8_t>(head[0]);
  std::memcpy(nonce.data() + 1, fingerprint.data(), 15);
  std::memcpy(nonce.data() + 16, head.data() + 1, 2 * kTimeBytes);
  return nonce;
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
                       std::string_view content, std::string& out) {
  const std::string_view head = content.substr(0, kContentHeadBytes);
  const std::string_view changed = head.substr(1 + kTimeBytes);
  const bool has_changed = changed != std::string_view("\0\0\0\0", 4);
  PutU8(out, static_cast<std::uint8_t>(static_cast<std::uint8_t>(head[0]) |
                                       (has_changed ? kHasChanged : 0)));
  out.append(head.substr(1, kTimeBytes));
  if (has_changed) out.append(changed);
  crypto::SealAt(data_key, NonceOf(head, fingerprint), crypto::AsBytes(kLabel),
                 crypto::AsBytes(content.substr(kContentHeadBytes)), out);
}

absl::StatusOr<std::string> OpenRecordContent(const crypto::SealKey& data_key,
                                              const crypto::Hash16& fingerprint,
                                              std::string_view sealed) {
  ByteReader in(sealed);
  const std::uint8_t first = in.U8();
  std::string content;
  content.reserve(sealed.size() + kTimeBytes);
  PutU8(content, first & static_cast<std::uint8_t>(~kHasChanged));
  PutU32(content, in.U32());
  PutU32(content, (first & kHasChanged) != 0 ? in.U32() : 0);
  const crypto::Nonce nonce = NonceOf(content, fingerprint);
  absl::Status opened =
      crypto::OpenAt(data_key, nonce, crypto::AsBytes(kLabel),
                     crypto::AsBytes(in.Text(in.remaining())), content);
  if (!opened.ok()) return opened;
  return content;
}

}  // namespace samkoer::storage
