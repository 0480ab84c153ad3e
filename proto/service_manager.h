// What a service tells the manager that has started it (sd_notify(3)): with
// Type=notify, `systemctl start` returns when the service serves, and not when
// its program has begun. The protocol is one datagram and stable; written here,
// so that no program that holds keys links libsystemd and its decompressors.
//
// Thread safety: may be called from many threads at once.
#ifndef SAMKOER_PROTO_SERVICE_MANAGER_H_
#define SAMKOER_PROTO_SERVICE_MANAGER_H_

#include <string_view>

#include "absl/status/status.h"

namespace samkoer::proto {

inline constexpr std::string_view kServiceReady = "READY=1\nSTATUS=Serving";

// Sends `state`, assignments as sd_notify(3) lists them, to the socket that
// NOTIFY_SOCKET names. OK without doing anything where there is none: nobody
// waits. INVALID_ARGUMENT for a name that is no Unix socket's, UNAVAILABLE if
// the manager cannot be reached; it then goes on waiting.
absl::Status TellServiceManager(std::string_view state);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_SERVICE_MANAGER_H_
