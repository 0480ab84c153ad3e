// Whether a certificate can be a server's of ours: what would else show only
// when the first client fails to connect.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_SERVER_CERTIFICATE_CHECK_H_
#define SAMKOER_SERVER_CERTIFICATE_CHECK_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace samkoer::server {

// A file's name, for errors, and its text.
struct PemFile {
  std::string path;
  std::string_view pem;
};

// Checks that the certificate (the first in `chain`; intermediate ones may
// follow it)
//  * lies in its dates at `now`, as do those above it;
//  * chains to a certificate of `ca`, and is meant for a server;
//  * names a host or address, which clients compare with what they called;
//  * holds no samkoer URI, or one of the role matcher: any other is a client's.
// Returns when it expires. Errors name the file and carry a hint
// (server/exit_codes.h): FAILED_PRECONDITION for dates, else INVALID_ARGUMENT.
absl::StatusOr<absl::Time> CheckServerCertificate(const PemFile& chain,
                                                  const PemFile& ca,
                                                  absl::Time now);

// INVALID_ARGUMENT with a hint if `key` is not the unencrypted private key of
// the first certificate in `chain`.
absl::Status CheckKeyFits(const PemFile& key, const PemFile& chain);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CERTIFICATE_CHECK_H_
