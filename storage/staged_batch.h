// Batches of an unfinished push: of a snapshot with its records, which are
// invisible until the commit; of a delta, whose records are in force already,
// only what repeated and later batches are compared with.
//
// Plaintext, version 2 (integers little-endian):
//   version (u8 = 2), batch digest (32), records of the batch (u32),
//   added, changed, withdrawn (u32 each: what a delta did; 0 for a snapshot),
//   staged records (u32; at most as many, 0 for a delta),
//   mentioned cases (u32; 0 for a snapshot), then for each: case id (16),
//   then for each staged record:
//     case id (16), fingerprint (16), person key (16), 1 or 0 (u8): does the
//     person key under the epoch before follow, that key (16), length (u16),
//     canonical record without its first 65 bytes (record_content.h)
// Version 3 ends with the objections that it carries (staged_carries.h).
// Version 1, which is read and never written, has no previous keys, nor the
// byte before them.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_STAGED_BATCH_H_
#define SAMKOER_STORAGE_STAGED_BATCH_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

struct StagedRecord {
  crypto::Hash16 case_id{};
  crypto::Hash16 fingerprint{};
  crypto::Hash16 person_key{};
  // The same person's key under the epoch before, if the department says so.
  std::optional<crypto::Hash16> previous_key;
  // Points into the decoded plaintext, or to what is to be encoded.
  std::string_view canonical_tail;
};

struct StagedBatchHead {
  crypto::Hash32 digest{};
  std::uint32_t record_count = 0;
  std::uint32_t added = 0;
  std::uint32_t changed = 0;
  std::uint32_t withdrawn = 0;
  std::uint32_t staged_count = 0;
  // Of a delta's batch: the cases it states or withdraws, in any order. No
  // later batch of the push may mention them.
  std::vector<crypto::Hash16> mentioned;
};

void PutStagedBatchHead(std::string& out, const StagedBatchHead& head);
void PutStagedRecord(std::string& out, const StagedRecord& record);

// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version. The
// second form also appends the records, as views into `plaintext`.
absl::StatusOr<StagedBatchHead> DecodeStagedBatchHead(
    std::string_view plaintext);
absl::StatusOr<StagedBatchHead> DecodeStagedBatch(
    std::string_view plaintext, std::vector<StagedRecord>& records);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_STAGED_BATCH_H_
