// Conferences between their messages and the store. Belongs to the commit
// loop's thread.
#ifndef SAMKOER_MATCHER_CONFERENCE_STORE_H_
#define SAMKOER_MATCHER_CONFERENCE_STORE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "matcher/index.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/types.pb.h"
#include "storage/conference_table.h"

namespace samkoer::matcher {

// "K-7K3M-9QXD", as lettered_id.h says. Parsing
// answers NOT_FOUND for what is none.
std::string FormatConferenceId(std::uint64_t id);
absl::StatusOr<std::uint64_t> ParseConferenceId(std::string_view text);

// As the transaction sees it. NOT_FOUND if there is none.
absl::StatusOr<storage::StoredConference> LoadConference(const LoopState& state,
                                                         const Transaction& tx,
                                                         std::uint64_t id);
void PutConference(const LoopState& state, Transaction& tx, std::uint64_t id,
                   const storage::StoredConference& conference);
// The next revision, and whose it is.
void MarkChanged(samkoer::v1::Conference& conference, const Caller& caller,
                 absl::Time now);
// Every conference that is durable, by its id.
absl::StatusOr<std::map<std::uint64_t, storage::StoredConference>>
LoadConferences(const LoopState& state);

// The persons on its agenda, in order, with their alerts: those that have their
// seat still, or, of one that was held, those whose alert is still there.
struct AgendaCase {
  PersonNo person = kNone;
  samkoer::v1::Alert alert;
};
absl::StatusOr<std::vector<AgendaCase>> LoadAgenda(
    const LoopState& state, const Transaction& tx,
    const storage::StoredConference& conference);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CONFERENCE_STORE_H_
