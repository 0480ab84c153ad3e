// Evaluates persons and writes the difference to their alerts.
#ifndef SAMKOER_MATCHER_MATCH_STEP_H_
#define SAMKOER_MATCHER_MATCH_STEP_H_

#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/record_changes.h"
#include "matcher/transaction.h"

namespace samkoer::matcher {

struct MatchCounts {
  std::uint64_t evaluated = 0;
  std::uint64_t opened = 0;     // new alerts
  std::uint64_t changed = 0;    // other contents or states, reopened ones too
  std::uint64_t withdrawn = 0;  // the rule has ceased to hold
  std::uint64_t persons_gone = 0;  // nothing is held of them any more
};

// Adds them to a leaf, by name.
void AddMatchCounts(samkoer::v1::AuditLeaf& leaf, const MatchCounts& counts);

// Ends a command that changed records: evaluates the touched persons for the
// present policy and day, writes every alert that changes with its feed entry
// and ALERTS_MATCHED leaves (with `push_id` if it is not empty), lets persons
// of whom nothing is held go, and writes segments and person blocks. Uses all
// threads for many persons. An error is fatal.
absl::StatusOr<MatchCounts> FinishChanges(LoopState& state, Transaction& tx,
                                          RecordChanges& changes,
                                          std::string_view push_id);

// The part of FinishChanges that evaluates `persons` (each once).
absl::StatusOr<MatchCounts> MatchPersons(LoopState& state, Transaction& tx,
                                         const RecordChanges& changes,
                                         std::span<const PersonNo> persons,
                                         std::string_view push_id);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_MATCH_STEP_H_
