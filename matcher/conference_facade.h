// The part of the matcher's facade for conferences: what the rpc shells of the
// service Conferences call. As CoordinationFacade.
#ifndef SAMKOER_MATCHER_CONFERENCE_FACADE_H_
#define SAMKOER_MATCHER_CONFERENCE_FACADE_H_

#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "samkoer/v1/conferences.pb.h"

namespace samkoer::matcher {

class Matcher;
class MatcherCore;

class ConferenceFacade {
 public:
  // The matcher must outlive this, and have a policy in force when a method is
  // called.
  explicit ConferenceFacade(const Matcher& matcher);

  // Role coordinator. Errors: as the rpcs of these names say.
  absl::StatusOr<samkoer::v1::ListConferencesResponse> ListConferences(
      const Caller& caller, const samkoer::v1::ListConferencesRequest& request);
  absl::StatusOr<samkoer::v1::GetConferenceResponse> GetConference(
      const Caller& caller, const samkoer::v1::GetConferenceRequest& request);
  absl::StatusOr<samkoer::v1::PlanConferencesResponse> PlanConferences(
      const Caller& caller, const samkoer::v1::PlanConferencesRequest& request);
  absl::StatusOr<samkoer::v1::ChangeConferenceResponse> ChangeConference(
      const Caller& caller,
      const samkoer::v1::ChangeConferenceRequest& request);

 private:
  MatcherCore& core_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CONFERENCE_FACADE_H_
