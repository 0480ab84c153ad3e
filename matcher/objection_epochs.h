// Objections and the rotation of the key of pseudonyms. An objection is kept
// under the key under which it was made; when that key is destroyed, nobody but
// an agent with a cache can recognise a person by it. It lives on under the
// newest key if a pair of pseudonyms has carried it over, or if the officer has
// registered it again since the newest key came into use. Those that neither
// holds for wait.
//
// Thread safety: belongs to the commit loop's thread.
#ifndef SAMKOER_MATCHER_OBJECTION_EPOCHS_H_
#define SAMKOER_MATCHER_OBJECTION_EPOCHS_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/pairs.h"
#include "matcher/transaction.h"
#include "storage/staged_carries.h"

namespace samkoer::matcher {

// RegisterObjection (objections.h) of a person key of `epoch`. One that is
// there already is registered again: its time is now.
void RegisterObjectionUnder(
    LoopState& state, Transaction& tx, const crypto::Hash16& person_key,
    std::uint32_t epoch,
    const std::optional<crypto::Hash16>& previous_key = std::nullopt);

struct ObjectionCounts {
  // Persons who have objected, each once.
  std::uint64_t standing = 0;
  // Of these, those of whom only an older key tells.
  std::uint64_t waiting = 0;
};

// The store must be as the state is but for what the command itself did
// (Transaction::WriteNow), here and below. DATA_LOSS if damaged.
absl::StatusOr<ObjectionCounts> CountObjections(const LoopState& state);

// What becomes of objections when a key is destroyed.
struct ClosedObjections {
  // Kept, because pairs of a department that comes late, out of its agent's
  // cache, may still carry them over.
  std::uint64_t waiting = 0;
  // Of the key before, of which no pair can come any more: forgotten.
  std::uint64_t lapsed = 0;
};

// The key of `epoch` is destroyed: of what was kept under it and under older
// ones only what waits under it stays. DATA_LOSS if damaged.
absl::StatusOr<ClosedObjections> CloseObjectionsOf(LoopState& state,
                                                   Transaction& tx,
                                                   std::uint32_t epoch);

// Carries objections over to new keys as a committed push of department
// `department` under `epoch` says; counts them in `counts`:
//  * carried: nothing is held under the new key any more, with notices and a
//    tombstone, as after an erasure with objection; other departments' open
//    pushes are given up, because they may have staged the person;
//  * refused: a pair has named the holder of the new key otherwise before;
//  * contradicted: the objection under the new key came from somebody else, or
//    the old one went to somebody else before. An objection is never lost by
//    it: in the second case both stand.
// Appends the person keys that were carried to. Errors are fatal.
absl::Status CarryObjections(LoopState& state, Transaction& tx,
                             std::uint16_t department, std::uint32_t epoch,
                             const std::vector<storage::StagedCarry>& carries,
                             PairCounts& counts,
                             std::vector<crypto::Hash16>& carried);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_OBJECTION_EPOCHS_H_
