#include "clients/common/channel.h"

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/common/cli.h"
#include "clients/common/client_pems.h"
#include "crypto/tls13.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

constexpr std::size_t kMaxMessageShown = 1000;
// Over the servers' least interval between pings (5 minutes).
constexpr int kKeepaliveMs = 6 * 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 20 * 1000;
// As long as the servers give a handshake (server/limits.h): a server whose
// processors are all busy is not one that is away, which is known at once.
constexpr int kConnectTimeoutMs = 20 * 1000;
constexpr int kReconnectMs = 5 * 1000;
constexpr int kFirstReconnectMs = 200;

absl::StatusOr<std::string> HostOf(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size()) {
    return absl::InvalidArgumentError(
        absl::StrCat("the address '", address, "' is not \"host:port\""));
  }
  return address.substr(0, colon);
}

// How the servers begin that refusal (server/witness_watch.cc).
constexpr char kNoWitness[] = "no witness has cosigned";

// How the matcher begins the refusal of a department that is switched off
// (matcher/suspensions.cc).
constexpr char kSwitchedOff[] = "the department is switched off";

bool IsSwitchedOff(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::PERMISSION_DENIED &&
         status.error_message().rfind(kSwitchedOff, 0) == 0;
}

std::string_view HintFor(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnavailable:
      return "is it running at this address, do the firewall and its unit's "
             "IPAddressAllow= let this machine in, and do both certificates "
             "chain to the CA and lie within their dates? Try again later: "
             "nothing is lost";
    case absl::StatusCode::kDeadlineExceeded:
      return "it did not answer in time; try again later";
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return "the certificate's role, name or municipality does not allow "
             "this, "
             "or it is revoked; ask the operator";
    case absl::StatusCode::kResourceExhausted:
      return "a quota or limit is used up; go on later, or ask the operator "
             "for "
             "more";
    case absl::StatusCode::kUnimplemented:
      return "the server does not know this call: do the versions fit?";
    default:
      return "";
  }
}

}  // namespace

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(
    const v1::ClientEndpoint& endpoint, const v1::ClientTls& tls,
    std::string_view config_file) {
  if (auto host = HostOf(endpoint.address()); !host.ok()) return host.status();
  auto pems = ReadClientPems(tls, config_file);
  if (!pems.ok()) return pems.status();
  return OpenChannel(endpoint, *std::move(pems));
}

absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(
    const v1::ClientEndpoint& endpoint, ClientPems pems) {
  if (absl::Status status = crypto::RequireTls13(); !status.ok()) return status;
  if (auto host = HostOf(endpoint.address()); !host.ok()) return host.status();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = std::move(pems.ca);
  options.pem_cert_chain = std::move(pems.chain);
  options.pem_private_key = std::move(pems.key);

  constexpr int kMaxMessage = static_cast<int>(proto::kMaxMessageBytes);
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kMaxMessage);
  arguments.SetMaxSendMessageSize(kMaxMessage);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectTimeoutMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMs);
  // A repeated call may cost quota: only our own code repeats.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // The environment does not decide whom we talk to.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  if (!endpoint.server_name().empty()) {
    arguments.SetSslTargetNameOverride(endpoint.server_name());
  }
  return grpc::CreateCustomChannel(endpoint.address(),
                                   grpc::SslCredentials(options), arguments);
}

void SetDeadline(grpc::ClientContext& context, absl::Duration timeout) {
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
}

absl::StatusCode CodeOf(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::CANCELLED
             ? absl::StatusCode::kUnavailable
             : static_cast<absl::StatusCode>(status.error_code());
}

bool WaitsForWitness(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
         status.error_message().rfind(kNoWitness, 0) == 0;
}

bool WaitsForWitness(const absl::Status& status) {
  return absl::IsUnavailable(status) &&
         absl::StrContains(status.message(), kNoWitness);
}

absl::Status FromGrpc(const grpc::Status& status, std::string_view who) {
  if (status.ok()) return absl::OkStatus();
  const absl::StatusCode code = CodeOf(status);
  std::string message = status.error_message().substr(0, kMaxMessageShown);
  if (WaitsForWitness(status)) {
    return WithHint(absl::Status(code, std::string(who) + ": " + message),
                    "the server works, but its log's witness is away; ask the "
                    "operator, and try again later");
  }
  if (IsSwitchedOff(status)) {
    return WithHint(absl::Status(code, std::string(who) + ": " + message),
                    "the certificate is in order; ask the operator or the "
                    "privacy officer why, and run it again when it is on");
  }
  return WithHint(absl::Status(code, std::string(who) + ": " + message),
                  HintFor(code));
}

}  // namespace samkoer::clients
