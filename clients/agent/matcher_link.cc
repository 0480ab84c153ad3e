#include "clients/agent/matcher_link.h"

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

constexpr std::string_view kWho = "matcher";

}  // namespace

absl::StatusOr<std::unique_ptr<v1::CaseIntake::StubInterface>> OpenMatcher(
    const Config& config) {
  auto channel =
      clients::OpenChannel(config.proto.matcher(), config.proto.tls());
  if (!channel.ok()) return channel.status();
  return v1::CaseIntake::NewStub(*std::move(channel));
}

absl::StatusOr<v1::GetIntakeInfoResponse> AskIntakeInfo(
    v1::CaseIntake::StubInterface& matcher) {
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::GetIntakeInfoResponse info;
  const grpc::Status status =
      matcher.GetIntakeInfo(&context, v1::GetIntakeInfoRequest(), &info);
  if (!status.ok()) return clients::FromGrpc(status, kWho);
  return info;
}

absl::StatusOr<v1::GetIntakeInfoResponse> FetchIntakeInfo(
    v1::CaseIntake::StubInterface& matcher, const Config& config) {
  auto answer = AskIntakeInfo(matcher);
  if (!answer.ok()) return answer;
  const v1::GetIntakeInfoResponse& info = *answer;
  if (info.department() != config.proto.department()) {
    return clients::WithHint(
        absl::FailedPreconditionError(clients::Cat(
            "the certificate is of department '",
            clients::TerminalSafe(info.department()),
            "', the configuration of '", config.proto.department(), "'")),
        "nothing was sent; see tls.certificate_file");
  }
  if (info.purpose() != config.proto.purpose()) {
    return clients::WithHint(
        absl::FailedPreconditionError(clients::Cat(
            "the matcher's purpose is '", clients::TerminalSafe(info.purpose()),
            "', the configuration's '", config.proto.purpose(), "'")),
        "nothing was sent; data is locked to its purpose");
  }
  return answer;
}

namespace {

absl::StatusOr<clients::PinnedOprfKey> KeyOf(const v1::PinnedEpoch& epoch) {
  auto key = clients::MakePinnedKey(epoch.epoch(), epoch.public_key(),
                                    epoch.self_test());
  if (key.ok()) return key;
  return absl::FailedPreconditionError(clients::Cat(
      "the matcher's key cannot be used: ", key.status().message()));
}

}  // namespace

absl::StatusOr<clients::PinnedOprfKey> NewestKey(
    const v1::GetIntakeInfoResponse& info) {
  const v1::PinnedEpoch* newest = nullptr;
  for (const v1::PinnedEpoch& epoch : info.epochs()) {
    if (newest == nullptr || epoch.epoch() > newest->epoch()) newest = &epoch;
  }
  if (newest == nullptr) {
    return clients::WithHint(
        absl::FailedPreconditionError("the matcher has no live key"),
        "nothing was sent; the operator must set oprf_keys");
  }
  return KeyOf(*newest);
}

absl::StatusOr<std::optional<PreviousKey>> FindPreviousKey(
    const v1::GetIntakeInfoResponse& info) {
  const v1::PinnedEpoch* previous =
      info.has_closed_epoch() ? &info.closed_epoch() : nullptr;
  const bool live = info.epochs_size() > 1;
  if (live) {
    const bool ascending = info.epochs(info.epochs_size() - 1).epoch() >
                           info.epochs(info.epochs_size() - 2).epoch();
    if (!ascending) {
      return absl::FailedPreconditionError(
          "the matcher's epochs do not ascend");
    }
    previous = &info.epochs(info.epochs_size() - 2);
  }
  if (previous == nullptr) return std::nullopt;
  auto key = KeyOf(*previous);
  if (!key.ok()) return key.status();
  return PreviousKey{*key, live};
}

absl::StatusOr<std::vector<v1::InboxEntry>> FetchInbox(
    v1::CaseIntake::StubInterface& matcher, std::size_t max_entries) {
  std::vector<v1::InboxEntry> entries;
  v1::ListInboxRequest request;
  request.set_page_size(1000);
  while (entries.size() < max_entries) {
    grpc::ClientContext context;
    clients::SetDeadline(context);
    v1::ListInboxResponse page;
    const grpc::Status status = matcher.ListInbox(&context, request, &page);
    if (!status.ok()) return clients::FromGrpc(status, kWho);
    for (v1::InboxEntry& entry : *page.mutable_entries()) {
      entries.push_back(std::move(entry));
    }
    if (page.next_page_token().empty() || page.entries().empty()) break;
    request.set_page_token(page.next_page_token());
  }
  return entries;
}

absl::StatusOr<std::vector<v1::Notice>> FetchNotices(
    v1::CaseIntake::StubInterface& matcher) {
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::ListNoticesResponse response;
  const grpc::Status status =
      matcher.ListNotices(&context, v1::ListNoticesRequest(), &response);
  if (!status.ok()) return clients::FromGrpc(status, kWho);
  return std::vector<v1::Notice>(response.notices().begin(),
                                 response.notices().end());
}

absl::Status AcknowledgeNotices(v1::CaseIntake::StubInterface& matcher,
                                const std::vector<v1::Notice>& notices) {
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::AcknowledgeNoticesRequest request;
  for (const v1::Notice& notice : notices) {
    request.add_notice_ids(notice.notice_id());
  }
  v1::AcknowledgeNoticesResponse response;
  const grpc::Status status =
      matcher.AcknowledgeNotices(&context, request, &response);
  return status.ok() ? absl::OkStatus() : clients::FromGrpc(status, kWho);
}

absl::StatusOr<v1::NominateResponse> SendNomination(
    v1::CaseIntake::StubInterface& matcher,
    const v1::NominateRequest& request) {
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::NominateResponse response;
  const grpc::Status status = matcher.Nominate(&context, request, &response);
  if (!status.ok()) return clients::FromGrpc(status, kWho);
  return response;
}

absl::StatusOr<v1::AnswerHandoverResponse> SendHandoverAnswer(
    v1::CaseIntake::StubInterface& matcher,
    const v1::AnswerHandoverRequest& request) {
  grpc::ClientContext context;
  clients::SetDeadline(context);
  v1::AnswerHandoverResponse response;
  const grpc::Status status =
      matcher.AnswerHandover(&context, request, &response);
  if (!status.ok()) return clients::FromGrpc(status, kWho);
  return response;
}

}  // namespace samkoer::agent
