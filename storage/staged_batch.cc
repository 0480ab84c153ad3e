#include "storage/staged_batch.h"

#include <algorithm>

#include "storage/coding.h"
#include "storage/staged_carries.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kWithCarries = 3;
constexpr std::uint8_t kWithoutPairs = 1;
constexpr std::size_t kLeastRecordBytes = 3 * 16 + 2;

absl::StatusOr<StagedBatchHead> ReadHead(ByteReader& in,
                                         std::uint8_t& version) {
  version = in.U8();
  if (in.ok() && version != kVersion && version != kWithoutPairs &&
      version != kWithCarries) {
    return absl::FailedPreconditionError(
        "a staged batch has an unknown version; use a newer program");
  }
  StagedBatchHead head;
  in.Fill(head.digest);
  head.record_count = in.U32();
  head.added = in.U32();
  head.changed = in.U32();
  head.withdrawn = in.U32();
  head.staged_count = in.U32();
  const std::uint32_t mentioned = in.U32();
  for (std::uint32_t i = 0; i < mentioned && in.ok(); ++i) {
    in.Fill(head.mentioned.emplace_back());
  }
  if (!in.ok() || head.staged_count > head.record_count) {
    return absl::DataLossError("a staged batch is malformed");
  }
  return head;
}

absl::StatusOr<StagedBatchHead> Read(std::string_view plaintext,
                                     std::vector<StagedRecord>& records,
                                     std::vector<StagedCarry>& carries) {
  ByteReader in(plaintext);
  std::uint8_t version = 0;
  auto head = ReadHead(in, version);
  if (!head.ok()) return head;
  // Not more than there is room for, whatever the count says.
  records.reserve(records.size() +
                  std::min<std::size_t>(head->staged_count,
                                        in.remaining() / kLeastRecordBytes));
  for (std::uint32_t i = 0; i < head->staged_count && in.ok(); ++i) {
    StagedRecord& record = records.emplace_back();
    in.Fill(record.case_id);
    in.Fill(record.fingerprint);
    in.Fill(record.person_key);
    const std::uint8_t has_previous = version == kWithoutPairs ? 0 : in.U8();
    if (has_previous == 1) in.Fill(record.previous_key.emplace());
    if (has_previous > 1) {
      return absl::DataLossError("a staged batch is malformed");
    }
    record.canonical_tail = in.String16();
  }
  const std::uint32_t count = version == kWithCarries ? in.U32() : 0;
  for (std::uint32_t i = 0; i < count && in.ok(); ++i) {
    StagedCarry& carry = carries.emplace_back();
    in.Fill(carry.person_key);
    in.Fill(carry.previous_key);
  }
  if (!in.Done()) return absl::DataLossError("a staged batch is malformed");
  return head;
}

}  // namespace

void PutStagedBatchHead(std::string& out, const StagedBatchHead& head) {
  PutU8(out, kVersion);
  PutBytes(out, head.digest);
  PutU32(out, head.record_count);
  PutU32(out, head.added);
  PutU32(out, head.changed);
  PutU32(out, head.withdrawn);
  PutU32(out, head.staged_count);
  PutU32(out, static_cast<std::uint32_t>(head.mentioned.size()));
  for (const crypto::Hash16& case_id : head.mentioned) PutBytes(out, case_id);
}

void PutStagedRecord(std::string& out, const StagedRecord& record) {
  PutBytes(out, record.case_id);
  PutBytes(out, record.fingerprint);
  PutBytes(out, record.person_key);
  PutU8(out, record.previous_key ? 1 : 0);
  if (record.previous_key) PutBytes(out, *record.previous_key);
  PutString16(out, record.canonical_tail);
}

absl::StatusOr<StagedBatchHead> DecodeStagedBatchHead(
    std::string_view plaintext) {
  ByteReader in(plaintext);
  std::uint8_t version = 0;
  return ReadHead(in, version);
}

absl::StatusOr<StagedBatchHead> DecodeStagedBatch(
    std::string_view plaintext, std::vector<StagedRecord>& records) {
  std::vector<StagedCarry> carries;
  return Read(plaintext, records, carries);
}

void PutStagedCarries(std::string& batch,
                      const std::vector<StagedCarry>& carries) {
  if (carries.empty()) return;
  batch[0] = static_cast<char>(kWithCarries);
  PutU32(batch, static_cast<std::uint32_t>(carries.size()));
  for (const StagedCarry& carry : carries) {
    PutBytes(batch, carry.person_key);
    PutBytes(batch, carry.previous_key);
  }
}

absl::StatusOr<std::vector<StagedCarry>> DecodeStagedCarries(
    std::string_view plaintext) {
  std::vector<StagedRecord> records;
  std::vector<StagedCarry> carries;
  auto head = Read(plaintext, records, carries);
  if (!head.ok()) return head.status();
  return carries;
}

}  // namespace samkoer::storage
