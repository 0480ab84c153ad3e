// What a snapshot changes, worked out before anything is changed.
#ifndef SAMKOER_MATCHER_SNAPSHOT_DIFF_H_
#define SAMKOER_MATCHER_SNAPSHOT_DIFF_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/push_book.h"
#include "matcher/staged_snapshot.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

// Whether the records' pairs (pairs.h) have been applied to the index.
enum class PairsState : std::uint8_t { kToCome, kApplied };

struct SnapshotDiff {
  // For each staged record what it replaces, or kNone, and its person, or kNone
  // if the person is new.
  std::vector<RecordNo> existing;
  std::vector<PersonNo> persons;
  // The department's records that the snapshot does not mention.
  std::vector<RecordNo> withdrawn;
  std::size_t new_persons_at_most = 0;
  std::size_t new_records = 0;
};

// Reads the staged batches of a push as the transaction sees them. DATA_LOSS if
// one is missing, damaged or not what was receipted.
absl::StatusOr<StagedSnapshot> LoadStagedSnapshot(const LoopState& state,
                                                  const Transaction& tx,
                                                  const OpenPush& push);

// Compares the snapshot with the index, as it is or as the pairs will make it:
// who will be moved by a pair keeps their records. Where the push sent bucket
// digests, only records of differing buckets can be withdrawn. INVALID_ARGUMENT
// if a case reference stands in two batches.
absl::StatusOr<SnapshotDiff> DiffSnapshot(const LoopState& state,
                                          const OpenPush& push,
                                          const StagedSnapshot& snapshot,
                                          PairsState pairs);

// The differing buckets (DigestDifference::differing) between a department's
// records and `digests` (BucketDigests::digests, checked).
std::string DifferingBuckets(const LoopState& state, std::uint16_t department,
                             std::string_view digests,
                             std::uint32_t bucket_count);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SNAPSHOT_DIFF_H_
