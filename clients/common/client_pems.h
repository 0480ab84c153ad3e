// The files with which a client shows who it is and decides whom it trusts.
#ifndef SAMKOER_CLIENTS_COMMON_CLIENT_PEMS_H_
#define SAMKOER_CLIENTS_COMMON_CLIENT_PEMS_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/agent_config.pb.h"

namespace grpc {
class Channel;
}

namespace samkoer::clients {

// What the files of a ClientTls hold.
struct ClientPems {
  std::string ca, chain, key;
  // From when to when the own certificate is valid.
  absl::Time not_before, not_after;
};

// Reads the files and checks that they belong together; not the dates. Relative
// paths are relative to `config_file`. Errors: as OpenChannel
// (clients/common/channel.h).
absl::StatusOr<ClientPems> ReadClientPems(const v1::ClientTls& tls,
                                          std::string_view config_file);

// A channel with what was read. Otherwise as the other OpenChannel.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(
    const v1::ClientEndpoint& endpoint, ClientPems pems);

// When the own certificate expires. Errors of its file alone.
absl::StatusOr<absl::Time> CertificateExpiry(const v1::ClientTls& tls,
                                             std::string_view config_file);

// OK from the first to the last moment of a certificate; else
// FAILED_PRECONDITION, which names `file`.
absl::Status CheckDates(absl::Time not_before, absl::Time not_after,
                        const std::string& file, absl::Time now);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CLIENT_PEMS_H_
