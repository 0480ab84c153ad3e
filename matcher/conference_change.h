// One change of one conference and of the alerts that it concerns. Belongs to
// the commit loop's thread.
#ifndef SAMKOER_MATCHER_CONFERENCE_CHANGE_H_
#define SAMKOER_MATCHER_CONFERENCE_CHANGE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/conferences.pb.h"
#include "storage/conference_table.h"

namespace samkoer::matcher {

// INVALID_ARGUMENT unless the details are as conferences.proto says.
absl::Status CheckConferenceDetails(
    const samkoer::v1::ConferenceDetails& details);

// Changes `held` as the request says and stages its alerts; staging `held` is
// the caller's. What is refused changes and stages nothing. Returns whose
// alerts were changed. Errors: as Conferences.ChangeConference, but for the
// revision.
absl::StatusOr<std::vector<crypto::Hash16>> ApplyConferenceChange(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::ChangeConferenceRequest& request, std::uint64_t id,
    storage::StoredConference& held);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CONFERENCE_CHANGE_H_
