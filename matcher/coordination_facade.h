// The part of the matcher's facade for coordination: what the rpc shells of
// Alerts, CaseIntake, Directory, Conferences and Inquiries call. As Matcher's
// methods (matcher.h): a positive answer is durable, reads are logged before
// they are answered, all may be called from many threads, and each may give
// UNAVAILABLE.
#ifndef SAMKOER_MATCHER_COORDINATION_FACADE_H_
#define SAMKOER_MATCHER_COORDINATION_FACADE_H_

#include <span>

#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "matcher/overview.h"
#include "matcher/shared_count.h"
#include "samkoer/v1/alerts.pb.h"
#include "samkoer/v1/directory.pb.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::matcher {

class Matcher;
class MatcherCore;

class CoordinationFacade {
 public:
  // The matcher must outlive this, and have a policy in force
  // (Matcher::RequirePolicy) when a method is called.
  explicit CoordinationFacade(const Matcher& matcher);

  // Errors: as the rpcs of these names say.
  absl::StatusOr<samkoer::v1::CoordinateResponse> Coordinate(
      const Caller& caller, const samkoer::v1::CoordinateRequest& request);
  // The numbers are counted (overview.h) once for all who ask while nothing
  // changes; each who asks is logged.
  absl::StatusOr<samkoer::v1::GetOverviewResponse> GetOverview(
      std::span<const Caller> callers);
  absl::StatusOr<samkoer::v1::GetOverviewResponse> GetOverview(
      const Caller& caller) {
    return GetOverview({&caller, 1});
  }

  // The units of the policy in force. Not logged.
  samkoer::v1::ListUnitsResponse ListUnits() const;

  // Role department; PERMISSION_DENIED if the policy does not know it.
  absl::StatusOr<samkoer::v1::NominateResponse> Nominate(
      const Caller& caller, const samkoer::v1::NominateRequest& request);
  absl::StatusOr<samkoer::v1::AnswerHandoverResponse> AnswerHandover(
      const Caller& caller, const samkoer::v1::AnswerHandoverRequest& request);

 private:
  MatcherCore& core_;
  // overview_ lets one count at a time.
  OverviewCounter counter_;
  SharedCount<OverviewBasis, samkoer::v1::GetOverviewResponse> overview_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_COORDINATION_FACADE_H_
