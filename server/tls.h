// The server's side of TLS: version 1.3 only, a client certificate that chains
// to the configured CA required and verified. There is no other port.
#ifndef SAMKOER_SERVER_TLS_H_
#define SAMKOER_SERVER_TLS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace samkoer::v1 {
class ServerTls;
}

namespace samkoer::server {

// What a server shows and asks for. The key is wiped when this goes.
struct ServerPems {
  ServerPems() = default;
  ServerPems(ServerPems&&) = default;
  ServerPems& operator=(ServerPems&&) = delete;
  ~ServerPems();
  std::string ca, chain, key;
  // When the server's own certificate expires.
  absl::Time not_after;
};

// Reads the files that `tls` names (paths already resolved) and checks that
// they can be read, belong together and can be a server's at `now`
// (server/certificate_check.h). Errors name the file and carry a hint
// (server/exit_codes.h):
//  * NOT_FOUND: a file is missing; PERMISSION_DENIED: it cannot be read, or
//    the key may be read by others than its owner;
//  * INVALID_ARGUMENT: not PEM, the key is not the certificate's, or the
//    certificate is not the CA's or not a server's;
//  * FAILED_PRECONDITION: a certificate has expired or is not yet valid.
absl::StatusOr<ServerPems> LoadServerPems(const v1::ServerTls& tls,
                                          absl::Time now);

// What `check-config` says of the certificates, in one line: LoadServerPems
// and the list of revoked certificates. Errors as theirs.
absl::StatusOr<std::string> CheckTls(const v1::ServerTls& tls, absl::Time now);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_TLS_H_
