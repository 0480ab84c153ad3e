// The agent's calls of the service Inquiries.
#ifndef SAMKOER_CLIENTS_AGENT_INQUIRY_LINK_H_
#define SAMKOER_CLIENTS_AGENT_INQUIRY_LINK_H_

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/agent/config.h"
#include "samkoer/v1/inquiries.grpc.pb.h"

namespace samkoer::agent {

// Opens the matcher's channel; connects on first use.
absl::StatusOr<std::unique_ptr<v1::Inquiries::StubInterface>> OpenInquiries(
    const Config& config);

// Asks; where the matcher's answer is lost, again with the same request, three
// times at most: it is the same question.
absl::StatusOr<v1::AskResponse> SendQuestion(
    v1::Inquiries::StubInterface& matcher, const v1::AskRequest& request);

// The department's own questions, oldest first; with `answered` also those.
absl::StatusOr<std::vector<v1::Inquiry>> FetchInquiries(
    v1::Inquiries::StubInterface& matcher, bool answered);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_INQUIRY_LINK_H_
