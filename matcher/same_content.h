// Which records say again what they said, under another fingerprint: a
// fingerprint covers the pseudonym, which a new key of pseudonyms changes.
#ifndef SAMKOER_MATCHER_SAME_CONTENT_H_
#define SAMKOER_MATCHER_SAME_CONTENT_H_

#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/index.h"
#include "matcher/loop_state.h"
#include "matcher/record_changes.h"
#include "storage/staged_batch.h"

namespace samkoer::matcher {

// For each of `records` 1 if `existing` (the record that it replaces, or kNone)
// has its content, else 0; 0 too where the fingerprints are equal. Opens what
// is stored, on all threads, only if there has been more than one key of
// pseudonyms: under one key another fingerprint is another content. Call before
// any Upsert. DATA_LOSS if a record cannot be read.
absl::StatusOr<std::vector<std::uint8_t>> FindSameContents(
    const LoopState& state, RecordChanges& changes,
    std::span<const storage::StagedRecord> records,
    std::span<const RecordNo> existing);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_SAME_CONTENT_H_
