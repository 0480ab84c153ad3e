// The part of the matcher's facade for inquiries: what the rpc shells of the
// service Inquiries call. As CoordinationFacade.
#ifndef SAMKOER_MATCHER_INQUIRY_FACADE_H_
#define SAMKOER_MATCHER_INQUIRY_FACADE_H_

#include "absl/status/statusor.h"
#include "matcher/caller.h"
#include "samkoer/v1/inquiries.pb.h"

namespace samkoer::matcher {

class Matcher;
class MatcherCore;

class InquiryFacade {
 public:
  // The matcher must outlive this, and have a policy in force when a method is
  // called.
  explicit InquiryFacade(const Matcher& matcher);

  // Role department. Errors: as the rpcs of these names say.
  absl::StatusOr<samkoer::v1::AskResponse> Ask(
      const Caller& caller, const samkoer::v1::AskRequest& request);
  // Role department (`own_only`) or coordinator.
  absl::StatusOr<samkoer::v1::ListInquiriesResponse> ListInquiries(
      const Caller& caller, bool own_only,
      const samkoer::v1::ListInquiriesRequest& request);
  // Role coordinator.
  absl::StatusOr<samkoer::v1::AnswerResponse> Answer(
      const Caller& caller, const samkoer::v1::AnswerRequest& request);
  absl::StatusOr<samkoer::v1::DeleteInquiryResponse> DeleteInquiry(
      const Caller& caller, const samkoer::v1::DeleteInquiryRequest& request);

 private:
  MatcherCore& core_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_INQUIRY_FACADE_H_
