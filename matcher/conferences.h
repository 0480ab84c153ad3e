// Conferences on the loop's thread: planning, changing, and what time ends.
// Each is one write with its leaf and, where alerts change, their feed entries.
#ifndef SAMKOER_MATCHER_CONFERENCES_H_
#define SAMKOER_MATCHER_CONFERENCES_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/conferences.pb.h"

namespace samkoer::matcher {

// Conferences that are held at once; a bound of every list.
inline constexpr std::size_t kMaxConferences = 1000;
// How long a conference is kept after its day.
inline constexpr absl::Duration kConferenceKept = absl::Hours(24 * 365 * 2);

// Errors: as the service Conferences says.
absl::StatusOr<samkoer::v1::ListConferencesResponse> RunListConferences(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::ListConferencesRequest& request);
absl::StatusOr<samkoer::v1::GetConferenceResponse> RunGetConference(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::GetConferenceRequest& request);
absl::StatusOr<samkoer::v1::PlanConferencesResponse> RunPlanConferences(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::PlanConferencesRequest& request);
absl::StatusOr<samkoer::v1::ChangeConferenceResponse> RunChangeConference(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::ChangeConferenceRequest& request);

// Alerts that are deleted leave every agenda. Everything before must be
// durable: the table is read from the store.
absl::Status DropFromConferences(LoopState& state, Transaction& tx,
                                 std::span<const std::uint64_t> alert_ids);
// Deletes conferences whose time is over; as above.
absl::Status DeleteOldConferences(LoopState& state, Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CONFERENCES_H_
