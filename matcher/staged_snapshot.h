// All staged records of a push, read together: by the commit loop, or ahead of
// its turn on a thread of its own (read_ahead.h).
#ifndef SAMKOER_MATCHER_STAGED_SNAPSHOT_H_
#define SAMKOER_MATCHER_STAGED_SNAPSHOT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/push_book.h"
#include "storage/sealed_value.h"
#include "storage/staged_batch.h"
#include "storage/staged_carries.h"

namespace samkoer::matcher {

// Movable; the records' views stay valid.
struct StagedSnapshot {
  std::vector<std::string> plaintexts;  // one a batch
  std::vector<storage::StagedRecord> records;
  // records.size() at the end of each batch.
  std::vector<std::size_t> batch_ends;
  bool has_pairs = false;
  // In the batches' order (storage/staged_carries.h).
  std::vector<storage::StagedCarry> carries;
  // What was read, to be compared with what was receipted.
  std::vector<OpenPush::Batch> batches;
  // INVALID_ARGUMENT if a case reference stands in two batches: the later would
  // silently replace the earlier.
  absl::Status cases_in_one_batch;
};

// Reads batches 0 to `batches` - 1 of a push, whose values `get` finds, from
// any thread. Errors of `get` and of the sealer; DATA_LOSS if one is damaged;
// RESOURCE_EXHAUSTED if they hold more than `most_records`.
absl::StatusOr<StagedSnapshot> ReadStagedSnapshot(
    const std::function<absl::StatusOr<std::string>(std::string_view key)>& get,
    const storage::ValueSealer& sealer, unsigned threads, std::uint64_t push,
    std::uint64_t batches, std::uint64_t most_records);

// Whether these are the batches that were receipted.
bool IsReceipted(const StagedSnapshot& snapshot, const OpenPush& push);

// Leaves the records of these persons out.
void LeaveOut(StagedSnapshot& snapshot,
              const std::vector<crypto::Hash16>& person_keys);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_STAGED_SNAPSHOT_H_
