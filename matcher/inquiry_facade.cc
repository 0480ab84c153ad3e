#include "matcher/inquiry_facade.h"

#include "matcher/core.h"
#include "matcher/inquiries.h"
#include "matcher/matcher.h"

namespace samkoer::matcher {

InquiryFacade::InquiryFacade(const Matcher& matcher) : core_(matcher.core()) {}

absl::StatusOr<samkoer::v1::AskResponse> InquiryFacade::Ask(
    const Caller& caller, const samkoer::v1::AskRequest& request) {
  return core_.Call<samkoer::v1::AskResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunAsk(state, tx, caller, request);
      });
}

absl::StatusOr<samkoer::v1::ListInquiriesResponse> InquiryFacade::ListInquiries(
    const Caller& caller, bool own_only,
    const samkoer::v1::ListInquiriesRequest& request) {
  return core_.Call<samkoer::v1::ListInquiriesResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunListInquiries(state, tx, caller, own_only, request);
      });
}

absl::StatusOr<samkoer::v1::AnswerResponse> InquiryFacade::Answer(
    const Caller& caller, const samkoer::v1::AnswerRequest& request) {
  return core_.Call<samkoer::v1::AnswerResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunAnswer(state, tx, caller, request);
      });
}

absl::StatusOr<samkoer::v1::DeleteInquiryResponse> InquiryFacade::DeleteInquiry(
    const Caller& caller, const samkoer::v1::DeleteInquiryRequest& request) {
  return core_.Call<samkoer::v1::DeleteInquiryResponse>(
      [&](LoopState& state, Transaction& tx) {
        return RunDeleteInquiry(state, tx, caller, request);
      });
}

}  // namespace samkoer::matcher
