// What is held about one person, and who has seen it.
#ifndef SAMKOER_MATCHER_LOOK_UP_H_
#define SAMKOER_MATCHER_LOOK_UP_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/audit_log.h"

namespace samkoer::matcher {

// What the loop knows of the person; accesses and padding are missing. Adds the
// PERSON_LOOKED_UP leaf to the transaction. On the loop's thread.
//
// The leaf of somebody who is not known names a fresh random id, and its
// counts, its size and its entry in the subject index are as those of somebody
// who is. Each look-up of an unknown person has another id: so they cannot be
// told to be about the same person. DATA_LOSS if the store is damaged.
//
// Of a person who was two (pairs.h) the ended alert is told, too: alone, or as
// further steps in the history of the one in force. `merged` gets the subjects
// that it was read under.
absl::StatusOr<samkoer::v1::LookUpPersonResponse> LookUpFacts(
    LoopState& state, Transaction& tx, const Caller& caller,
    const std::string& reason, const crypto::Hash16& person_key,
    std::vector<crypto::Hash16>& merged);

// Fills `accesses` from the leaves that name answer.subject_id() or one of
// `merged`, by the
// subject index alone; sets accesses_cut where it must leave out the oldest:
// 10,000 leaves are searched, and an answer has at most 3 MiB of accesses, so
// that it fits into a message. `reader` must be a snapshot taken after the
// look-up's leaf was published.
absl::Status FillAccesses(const storage::AuditLog& audit,
                          const storage::Reader& reader,
                          const std::vector<crypto::Hash16>& merged,
                          samkoer::v1::LookUpPersonResponse& answer);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_LOOK_UP_H_
