// Segments: up to 32 live records in one value, because one value a record
// costs more in the engine than everything else together.
//
// A record number is segment * 32 + slot. A changed record rewrites its segment
// in place, so a segment never holds anything that is no longer in force.
//
// Plaintext, version 1 (integers little-endian):
//   version (u8 = 1), count (u8, 1 to 32), then for each record, ascending by
//   slot:
//     slot (u8), fingerprint (16), person number (u32),
//     department number (u16), length (u16), sealed content
// Sealed content: u8: the content's version (bits 0-6), has it changed (bit 7);
//   received (u32), changed (u32, only with bit 7), then the rest of the
//   content (record_content.h), sealed with the person's data key without a
//   stored nonce, then the tag (16).
// Nonce (24): the content's version (u8), the first 15 bytes of the
// fingerprint, received (u32), changed (u32, 0 if never). Associated data:
// "record" 0x00.
// The nonce names the plaintext: a fingerprint is a keyed hash of what the
// department sent, the version says whether the plan's owner stands as a
// number, and numbers are never given again, so one nonce never serves two
// plaintexts; the same content at the same times in the same version is the
// same ciphertext.
// The case id is not kept: it is a keyed hash of the case reference inside the
// content.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_SEGMENT_TABLE_H_
#define SAMKOER_STORAGE_SEGMENT_TABLE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/envelope.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

inline constexpr std::uint32_t kSegmentSlots = 32;

// One record as it stands in a segment.
struct SegmentEntry {
  std::uint8_t slot = 0;
  crypto::Hash16 fingerprint{};
  std::uint32_t person = 0;
  std::uint16_t department = 0;
  // Points into the decoded plaintext, or to what is to be encoded.
  std::string_view sealed_content;
};

// Appends the start of a segment of `count` records to `out`, then each record,
// ascending by slot. `sealed_content` has at most 65,535 bytes.
void PutSegmentHead(std::string& out, std::uint8_t count);
void PutSegmentEntry(std::string& out, const SegmentEntry& entry);

// Replaces `entries` with the records; views point into `plaintext`. DATA_LOSS
// if malformed, FAILED_PRECONDITION for an unknown version.
absl::Status DecodeSegment(std::string_view plaintext,
                           std::vector<SegmentEntry>& entries);

// Appends the sealed content to `out`. `content` is EncodeRecordContent's, of
// the record with this fingerprint.
void SealRecordContent(const crypto::SealKey& data_key,
                       const crypto::Hash16& fingerprint,
                       std::string_view content, std::string& out);
// The content as it was encoded. DATA_LOSS if it was not sealed with this key
// for this record.
absl::StatusOr<std::string> OpenRecordContent(const crypto::SealKey& data_key,
                                              const crypto::Hash16& fingerprint,
                                              std::string_view sealed);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_SEGMENT_TABLE_H_
