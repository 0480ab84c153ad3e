// The keys of pseudonyms and their lives: which are pinned, which are taken,
// and what happens on the day on which one's window ends.
//
// Thread safety: what takes a LoopState belongs to the commit loop's thread;
// the rest is pure.
#ifndef SAMKOER_MATCHER_EPOCHS_H_
#define SAMKOER_MATCHER_EPOCHS_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "matcher/calendar.h"
#include "matcher/loop_state.h"
#include "matcher/matcher_options.h"
#include "matcher/transaction.h"
#include "samkoer/v1/operations.pb.h"

namespace samkoer::matcher {

// Null if the epoch is not known, or (FindLive) not taken any more.
const storage::StoredEpoch* FindEpoch(const Epochs& epochs,
                                      std::uint32_t epoch);
const storage::StoredEpoch* FindLive(const Epochs& epochs, std::uint32_t epoch);
// The known one before `epoch`; null if there is none.
const storage::StoredEpoch* EpochBefore(const Epochs& epochs,
                                        std::uint32_t epoch);
// Person::epoch of a person whose key is of `epoch`.
std::uint16_t PersonEpoch(const Epochs& epochs, std::uint32_t epoch);
// FAILED_PRECONDITION, with what to do, unless the epoch is taken and its
// self-test is `self_test`. `who` begins the message.
absl::Status CheckLiveEpoch(const Epochs& epochs, std::uint32_t epoch,
                            std::string_view self_test, std::string_view who);

// Reads them into the state. DATA_LOSS if damaged.
absl::Status LoadEpochs(LoopState& state);

// Whether the store can be gone on with under the configured keys on `today`:
// FAILED_PRECONDITION, saying what to change, if a key in use is missing or
// another one, if one has no closing day though there is a newer, or if more
// than two would be taken at once.
absl::Status CheckPinnedKeys(const LoopState& state,
                             const std::vector<PinnedOprfKey>& keys, Day today);

// Takes new keys into use, each with its leaf, and new closing days, with a
// leaf that says the old and the new one if the window had one. The keys have
// been checked. DATA_LOSS if the log cannot be read.
absl::Status AdoptKeys(LoopState& state, Transaction& tx,
                       const std::vector<PinnedOprfKey>& keys);

// Ends the keys whose closing day has come, each with its leaf: pushes under
// them are given up, nobody is found by the pseudonym of before any more, and
// CloseObjectionsOf (objection_epochs.h), which the leaf counts. Its errors,
// fatal.
absl::Status CloseDueEpochs(LoopState& state, Transaction& tx);

// Every key with its life.
samkoer::v1::ListEpochsResponse DescribeEpochs(const LoopState& state);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_EPOCHS_H_
