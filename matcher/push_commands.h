// What the commit loop does with the frames of a push. Refusals are returned;
// whatever leaves memory and store at odds is also told to Transaction::Fatal.
//
// Thread safety: belongs to the commit loop's thread.
#ifndef SAMKOER_MATCHER_PUSH_COMMANDS_H_
#define SAMKOER_MATCHER_PUSH_COMMANDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "matcher/loop_state.h"
#include "matcher/prepare_batch.h"
#include "matcher/staged_snapshot.h"
#include "matcher/transaction.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::matcher {

// Opens the push of `ticket` (caller, push id, kind, epoch and day are set) or
// goes on with it, gives older pushes of the department up, and sets the rest
// of the ticket but for its keys.
//  * PERMISSION_DENIED: the policy does not know the department, or it is
//    switched off.
//  * FAILED_PRECONDITION: the day is too far from the matcher's.
//  * ALREADY_EXISTS: the push id was used with another kind, epoch or day.
//  * ABORTED: a newer push has begun, or a policy has withdrawn records that
//  the
//    push brought.
absl::Status RunBegin(LoopState& state, Transaction& tx, bool allow_shrink,
                      PushTicket& ticket);

// Errors: INVALID_ARGUMENT (sizes, counts), FAILED_PRECONDITION (not a
// snapshot, or batches have come already), ALREADY_EXISTS (other digests were
// sent), ABORTED, UNAVAILABLE.
absl::StatusOr<samkoer::v1::DigestDifference> RunDigests(
    LoopState& state, Transaction& tx, const PushTicket& ticket,
    const samkoer::v1::BucketDigests& digests);

// Stages a snapshot's batch or brings a delta's in force.
absl::StatusOr<samkoer::v1::BatchReceipt> RunBatch(LoopState& state,
                                                   Transaction& tx,
                                                   const PushTicket& ticket,
                                                   PreparedBatch batch);

// What was read of a push before its turn, if it was.
using TakeAhead = absl::FunctionRef<std::optional<StagedSnapshot>()>;

// `take_ahead` is called at most once, for a snapshot whose commit has passed
// every check that needs no batch: it may wait. What it gives is used if it is
// what was receipted.
absl::StatusOr<samkoer::v1::CommitReceipt> RunCommit(
    LoopState& state, Transaction& tx, const PushTicket& ticket,
    const samkoer::v1::PushCommit& commit,
    TakeAhead take_ahead = [] { return std::optional<StagedSnapshot>(); });

// Carries a commit through whose intent is durable: at the start.
absl::Status RollForward(LoopState& state, Transaction& tx,
                         std::uint16_t department);

// The open push of the ticket, or why there is none: PERMISSION_DENIED if the
// department is switched off, ABORTED if a newer push has begun, UNAVAILABLE if
// the policy has changed or an erasure has ended it, FAILED_PRECONDITION if it
// is committed.
absl::StatusOr<OpenPush*> FindOpenPush(LoopState& state,
                                       const PushTicket& ticket);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PUSH_COMMANDS_H_
