// Erasing a person (GDPR art. 17), and objections (art. 21).
#ifndef SAMKOER_MATCHER_ERASE_H_
#define SAMKOER_MATCHER_ERASE_H_

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/intake.pb.h"
#include "samkoer/v1/rights.pb.h"
#include "storage/audit_log.h"

namespace samkoer::matcher {

// What was held of somebody.
struct Erased {
  std::uint64_t records = 0;
  std::uint64_t alerts = 0;
  std::uint32_t departments = 0;  // with notices
};

// Everything that is held of the person with this key goes, as RunErase says,
// but for objections, open pushes and the leaf. Nothing is held: zeros. The
// store must be as the state is (Transaction::WriteNow).
//
// DATA_LOSS, with nothing changed, if a record of the person is damaged; other
// errors are fatal.
absl::StatusOr<Erased> EraseHolder(LoopState& state, Transaction& tx,
                                   const storage::AuditLog& audit,
                                   const crypto::Hash16& person_key,
                                   samkoer::v1::NoticeKind kind);

// In one write, with its leaf:
//  * every open push is given up, because what it has staged may hold records
//    of the person, whom nobody else would know then: its agent begins it
//    again;
//  * the records leave their segments, with a notice for each case to its
//    department;
//  * the alert goes as when retention takes it, with a tombstone in the feed;
//  * the person goes with its data key, and with every key of the log's index
//    that leads from the person to a leaf. The leaf names no subject;
//  * the objection is registered, if there is one.
// Of a person who is not known only the first and the last are done. The
// request is checked already but for the person's key. Belongs to the commit
// loop's thread; `audit` is the log that its leaves go to.
//
// DATA_LOSS, with nothing changed, if a record of the person is damaged; other
// errors are fatal.
absl::StatusOr<samkoer::v1::ErasePersonResponse> RunErase(
    LoopState& state, Transaction& tx, const storage::AuditLog& audit,
    const Caller& caller, const samkoer::v1::ErasePersonRequest& request,
    const crypto::Hash16& person_key);

// Lifts the objection, if there is one, with its leaf.
absl::StatusOr<samkoer::v1::LiftObjectionResponse> RunLiftObjection(
    LoopState& state, Transaction& tx, const storage::AuditLog& audit,
    const Caller& caller, const samkoer::v1::LiftObjectionRequest& request,
    const crypto::Hash16& person_key);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_ERASE_H_
