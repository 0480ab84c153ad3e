#include "matcher/conference_facade.h"

#include "matcher/conferences.h"
#include "matcher/core.h"
#include "matcher/matcher.h"

namespace samkoer::matcher {

ConferenceFacade::ConferenceFacade(const Matcher& matcher)
    : core_(matcher.core()) {}

absl::StatusOr<samkoer::v1::ListConferencesResponse>
ConferenceFacade::ListConferences(
    const Caller& caller, const samkoer::v1::ListConferencesRequest& request) {
  return core_.Call<samkoer::v1::ListConferencesResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunListConferences(state, tx, caller, request);
      });
}

absl::StatusOr<samkoer::v1::GetConferenceResponse>
ConferenceFacade::GetConference(
    const Caller& caller, const samkoer::v1::GetConferenceRequest& request) {
  return core_.Call<samkoer::v1::GetConferenceResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunGetConference(state, tx, caller, request);
      });
}

absl::StatusOr<samkoer::v1::PlanConferencesResponse>
ConferenceFacade::PlanConferences(
    const Caller& caller, const samkoer::v1::PlanConferencesRequest& request) {
  return core_.Call<samkoer::v1::PlanConferencesResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunPlanConferences(state, tx, caller, request);
      });
}

absl::StatusOr<samkoer::v1::ChangeConferenceResponse>
ConferenceFacade::ChangeConference(
    const Caller& caller, const samkoer::v1::ChangeConferenceRequest& request) {
  return core_.Call<samkoer::v1::ChangeConferenceResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunChangeConference(state, tx, caller, request);
      });
}

}  // namespace samkoer::matcher
