// Inquiries on the loop's thread: questions of departments to the coordinator,
// beside everything that is matched. Each is one write with its leaf.
#ifndef SAMKOER_MATCHER_INQUIRIES_H_
#define SAMKOER_MATCHER_INQUIRIES_H_

#include <cstddef>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/caller.h"
#include "matcher/loop_state.h"
#include "matcher/transaction.h"
#include "samkoer/v1/inquiries.pb.h"

namespace samkoer::matcher {

// Bytes of a question and of an answer.
inline constexpr std::size_t kMaxInquiryBytes = 2000;
// Unanswered ones a department: more than a coordinator can answer.
inline constexpr std::size_t kMaxUnanswered = 200;
// Held in all; a bound of every list.
inline constexpr std::size_t kMaxInquiries = 10'000;
// Answered at once.
inline constexpr int kMaxJointAnswer = 50;
// How long one is kept after its answer or its words' deletion, and after it
// was asked where nobody answers.
inline constexpr absl::Duration kAnsweredKept = absl::Hours(24 * 365);
inline constexpr absl::Duration kUnansweredKept = absl::Hours(24 * 365 * 2);

// Errors: as the service Inquiries says.
absl::StatusOr<samkoer::v1::AskResponse> RunAsk(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::AskRequest& request);
// `own_only`: a department asks, and sees its own.
absl::StatusOr<samkoer::v1::ListInquiriesResponse> RunListInquiries(
    LoopState& state, Transaction& tx, const Caller& caller, bool own_only,
    const samkoer::v1::ListInquiriesRequest& request);
absl::StatusOr<samkoer::v1::AnswerResponse> RunAnswer(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::AnswerRequest& request);

absl::StatusOr<samkoer::v1::DeleteInquiryResponse> RunDeleteInquiry(
    LoopState& state, Transaction& tx, const Caller& caller,
    const samkoer::v1::DeleteInquiryRequest& request);

// Deletes those whose time is over. Everything before must be durable: the
// table is read from the store.
absl::Status DeleteOldInquiries(LoopState& state, Transaction& tx);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_INQUIRIES_H_
