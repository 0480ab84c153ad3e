#include "clients/agent/inquiry_link.h"

#include <grpcpp/grpcpp.h>

#include <utility>

#include "clients/common/channel.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kWho = "matcher";
constexpr int kAttempts = 3;
// A server that never ends its pages must not hold us for ever.
constexpr int kMaxPages = 1000;

}  // namespace

absl::StatusOr<std::unique_ptr<v1::Inquiries::StubInterface>> OpenInquiries(
    const Config& config) {
  auto channel =
      clients::OpenChannel(config.proto.matcher(), config.proto.tls());
  if (!channel.ok()) return channel.status();
  return v1::Inquiries::NewStub(*std::move(channel));
}

absl::StatusOr<v1::AskResponse> SendQuestion(
    v1::Inquiries::StubInterface& matcher, const v1::AskRequest& request) {
  grpc::Status status;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    grpc::ClientContext context;
    clients::SetDeadline(context);
    v1::AskResponse response;
    status = matcher.Ask(&context, request, &response);
    if (status.ok()) return response;
    if (status.error_code() != grpc::StatusCode::UNAVAILABLE) break;
  }
  return clients::FromGrpc(status, kWho);
}

absl::StatusOr<std::vector<v1::Inquiry>> FetchInquiries(
    v1::Inquiries::StubInterface& matcher, bool answered) {
  std::vector<v1::Inquiry> inquiries;
  v1::ListInquiriesRequest request;
  request.set_include_answered(answered);
  for (int page = 0; page < kMaxPages; ++page) {
    grpc::ClientContext context;
    clients::SetDeadline(context);
    v1::ListInquiriesResponse response;
    const grpc::Status status =
        matcher.ListInquiries(&context, request, &response);
    if (!status.ok()) return clients::FromGrpc(status, kWho);
    for (v1::Inquiry& inquiry : *response.mutable_inquiries()) {
      inquiries.push_back(std::move(inquiry));
    }
    request.set_page_token(response.next_page_token());
    if (request.page_token().empty()) return inquiries;
  }
  return absl::InternalError("the matcher's pages do not end");
}

}  // namespace samkoer::agent
