// Who calls: read from the verified client certificate, never from a message.
//
// The identity is the certificate's URI subject alternative name
//   samkoer://<municipality>/<role>/<name>
// with municipality and name of 1 to 64 bytes of [a-z0-9-] and role one of
// department, coordinator, privacy-officer, operator, witness, matcher. Nothing
// else is accepted: no capitals, port, user, query, fragment, percent escape,
// empty or further segment.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_SERVER_IDENTITY_H_
#define SAMKOER_SERVER_IDENTITY_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/keyed_hash.h"

namespace grpc {
class AuthContext;
}

namespace samkoer::server {

enum class Role : std::uint8_t {
  kDepartment,
  kCoordinator,
  kPrivacyOfficer,
  kOperator,
  kWitness,
  kMatcher,
};

// "department", "privacy-officer", ...
std::string_view RoleName(Role role);

struct Identity {
  std::string municipality;
  Role role = Role::kWitness;
  std::string name;
  // The whole URI, as it stands in the audit log.
  std::string uri;
  // SHA-256 of the certificate in DER.
  crypto::Hash32 certificate_sha256{};
  // After this the certificate no longer counts, even on an open connection.
  absl::Time not_after = absl::InfinitePast();
};

// The parts of the URI; certificate fields are left as above.
// INVALID_ARGUMENT if the text breaks the grammar; the message does not repeat
// the text.
absl::StatusOr<Identity> ParseIdentityUri(std::string_view uri);

// From a certificate in PEM (the first in the text). INVALID_ARGUMENT if it, or
// one behind it, cannot be read, or if it does not hold exactly one URI of the
// scheme samkoer.
// URIs of other schemes are ignored. Does not check who signed it, nor time.
absl::StatusOr<Identity> IdentityFromPem(std::string_view pem);

// From a connection. UNAUTHENTICATED if the connection has no verified TLS
// client certificate; otherwise as IdentityFromPem.
absl::StatusOr<Identity> IdentityFromContext(const grpc::AuthContext& context);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_IDENTITY_H_
