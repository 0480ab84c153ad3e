// Keeps one person's cases from filling what everybody reads.
#ifndef SAMKOER_MATCHER_CASE_LIMIT_H_
#define SAMKOER_MATCHER_CASE_LIMIT_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "matcher/loop_state.h"
#include "matcher/prepare_batch.h"
#include "matcher/push_book.h"
#include "matcher/snapshot_diff.h"
#include "samkoer/v1/types.pb.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {

// Cases that an alert shows.
inline constexpr std::size_t kMaxShownCases = 500;

// INVALID_ARGUMENT, naming batch and record but nobody, if somebody would have
// more than proto::kMaxCasesOfPerson cases in the department once the batch of
// a delta is in force. `records` are the batch's staged ones, `mentioned` the
// cases that it states or withdraws, ascending.
absl::Status CheckDeltaCases(const LoopState& state, std::uint16_t department,
                             const PreparedBatch& batch,
                             const std::vector<storage::StagedRecord>& records,
                             const std::vector<crypto::Hash16>& mentioned);

// The same of a snapshot that has not come in force.
absl::Status CheckSnapshotCases(const LoopState& state, const OpenPush& push,
                                const StagedSnapshot& snapshot,
                                const SnapshotDiff& diff);

// Leaves at most kMaxShownCases of `cases` (places in `records`): the first of
// every department, then the second, and so on, by case id. Returns how many
// were left out.
std::size_t LimitShownCases(const LoopState& state,
                            std::span<const RecordNo> records,
                            std::vector<std::uint32_t>& cases);

// What an alert says of cases that it does not show.
samkoer::v1::Reason LeftOutReason(std::size_t shown, std::size_t left_out);

// Bytes of an alert as it is read, so that a page with one more than fits is
// still a message that everybody takes (proto::kMaxMessageBytes).
inline constexpr std::size_t kMaxAlertBytes = 512 * 1024;

// Shortens an alert that is larger, as older programs stored them, to
// kMaxShownCases participants, with a reason that says so. What else an alert
// has is limited where it is written.
void FitAlert(samkoer::v1::Alert& alert);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CASE_LIMIT_H_
