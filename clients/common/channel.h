// Connections to our servers: mutual TLS 1.3, the CA pinned, deadlines, and
// errors that say what to do.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_COMMON_CHANNEL_H_
#define SAMKOER_CLIENTS_COMMON_CHANNEL_H_

#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/agent_config.pb.h"

namespace grpc {
class Channel;
class ClientContext;
class Status;
}  // namespace grpc

namespace samkoer::clients {

// A channel to `endpoint` with the certificate of `tls`. Connects on first use;
// messages are limited to proto::kMaxMessageBytes. Relative paths in `tls` are
// relative to the file `config_file` (empty: to the working directory). Only
// CAs in `tls.ca_file` are trusted, never those of the system, and TLS below
// 1.3 is not spoken.
//
// Errors name the file: NOT_FOUND, PERMISSION_DENIED (others can read the
// private key), INVALID_ARGUMENT (an address without port, not PEM, or a key
// that does not belong to the certificate). Switches TLS below
// 1.3 off in the whole process.
absl::StatusOr<std::shared_ptr<grpc::Channel>> OpenChannel(
    const v1::ClientEndpoint& endpoint, const v1::ClientTls& tls,
    std::string_view config_file = "");

// A unary call's deadline, and the longest wait for a connection.
inline constexpr absl::Duration kCallDeadline = absl::Seconds(30);

// Sets the deadline of one call, from now.
void SetDeadline(grpc::ClientContext& context,
                 absl::Duration timeout = kCallDeadline);

// The code of what a call ended with. CANCELLED is UNAVAILABLE here: our
// programs do not report calls that they cancelled, and a server that is ending
// cancels what still reaches it.
absl::StatusCode CodeOf(const grpc::Status& status);

// Whether the server refuses a change because no witness cosigns its log; the
// second form takes what FromGrpc made of it. To try again soon is no use.
bool WaitsForWitness(const grpc::Status& status);
bool WaitsForWitness(const absl::Status& status);

// That code and the message, with a hint (clients/common/cli.h) where there is
// one: server away, certificate refused, quota used up, deadline passed. `who`
// stands in front of the message: "key service", "matcher".
absl::Status FromGrpc(const grpc::Status& status, std::string_view who);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CHANNEL_H_
