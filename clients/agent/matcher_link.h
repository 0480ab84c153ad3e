// The agent's unary calls to the matcher.
#ifndef SAMKOER_CLIENTS_AGENT_MATCHER_LINK_H_
#define SAMKOER_CLIENTS_AGENT_MATCHER_LINK_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/config.h"
#include "clients/common/oprf_client.h"
#include "samkoer/v1/intake.grpc.pb.h"

namespace samkoer::agent {

// Opens the matcher's channel; connects on first use.
absl::StatusOr<std::unique_ptr<v1::CaseIntake::StubInterface>> OpenMatcher(
    const Config& config);

// What the matcher tells the department of the certificate, unchecked.
absl::StatusOr<v1::GetIntakeInfoResponse> AskIntakeInfo(
    v1::CaseIntake::StubInterface& matcher);

// What this department may send. FAILED_PRECONDITION if the certificate is
// another department's, or the purpose or the keys are not as configured.
absl::StatusOr<v1::GetIntakeInfoResponse> FetchIntakeInfo(
    v1::CaseIntake::StubInterface& matcher, const Config& config);

// The key to push under: the highest live epoch. FAILED_PRECONDITION if there
// is none or it is malformed.
absl::StatusOr<clients::PinnedOprfKey> NewestKey(
    const v1::GetIntakeInfoResponse& info);

// The key before the newest, while persons can still be moved from it.
struct PreviousKey {
  clients::PinnedOprfKey key;
  // Pushes under it are still taken, and the key service still has it.
  bool live = false;
};
// Nothing if there is none. FAILED_PRECONDITION if it is malformed.
absl::StatusOr<std::optional<PreviousKey>> FindPreviousKey(
    const v1::GetIntakeInfoResponse& info);

// Entries of an inbox: more than any coordinator convenes.
inline constexpr std::size_t kMaxInboxEntries = 100'000;
// The whole inbox, page by page, at most `max_entries`.
absl::StatusOr<std::vector<v1::InboxEntry>> FetchInbox(
    v1::CaseIntake::StubInterface& matcher, std::size_t max_entries);

// What the department is to look into: at most 1,000 notices, oldest first.
absl::StatusOr<std::vector<v1::Notice>> FetchNotices(
    v1::CaseIntake::StubInterface& matcher);
// Says that the department has seen them (at least one): they are deleted.
absl::Status AcknowledgeNotices(v1::CaseIntake::StubInterface& matcher,
                                const std::vector<v1::Notice>& notices);

// Nominates, and answers a handover; errors are the rpcs'.
absl::StatusOr<v1::NominateResponse> SendNomination(
    v1::CaseIntake::StubInterface& matcher, const v1::NominateRequest& request);
absl::StatusOr<v1::AnswerHandoverResponse> SendHandoverAnswer(
    v1::CaseIntake::StubInterface& matcher,
    const v1::AnswerHandoverRequest& request);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_MATCHER_LINK_H_
