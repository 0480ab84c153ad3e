// Who may call what: the one table, and the check against it.
//
// Whatever the reason for a refusal (wrong municipality, wrong role, revoked
// or expired certificate, no such rpc), the caller sees the same code and the
// same text, PERMISSION_DENIED "not permitted". The reason is for our log only.
//
// Thread safety: all may be called from many threads at once.
#ifndef SAMKOER_SERVER_ACCESS_H_
#define SAMKOER_SERVER_ACCESS_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/identity.h"

namespace grpc {
class AuthContext;
}

namespace samkoer::server {

class RevocationList;

// One rpc and the roles that may call it.
struct AccessRule {
  // As on the wire: "/samkoer.v1.KeyService/GetKeyInfo".
  std::string_view method;
  std::span<const Role> roles;
  // Each call writes a leaf of the audit log, so that there must be a bound on
  // how many a caller makes (server/call_allowance.h). Not set for
  // BlindEvaluate, whose quota is one.
  bool logged = false;
  // Changes what the store holds, or (BlindEvaluate) lets somebody: refused
  // while no witness cosigns the log (server/witness_watch.h).
  bool change = false;
  // Tells whoever may call it the same: a portal may name several people, for
  // each of whom it is logged.
  bool shared = false;
};

// Every rpc of the protos, once, the health check included.
std::span<const AccessRule> AccessTable();

// PERMISSION_DENIED "not permitted".
absl::Status NotPermitted();

// The header of a call that names the person a portal acts for.
inline constexpr char kOnBehalfOfHeader[] = "samkoer-on-behalf-of";

// Why a call was refused; for logs and metrics, never for the caller.
enum class DenialReason : std::uint8_t {
  kNone,
  kNoIdentity,
  kMunicipality,
  kRole,
  kRevoked,
  kExpired,
  kUnknownMethod,
  kOnBehalfOf,
};
// "role", "revoked", ...
std::string_view DenialReasonName(DenialReason reason);

class AccessControl {
 public:
  // `revoked` must outlive this; null means that no list is kept. An empty
  // municipality permits nobody. `portals` are URIs of certificates of web
  // pages, which act for people (MatcherdConfig.portals).
  AccessControl(std::string municipality, const RevocationList* revoked,
                std::vector<std::string> portals = {});

  struct Decision {
    DenialReason reason = DenialReason::kNone;
    // Filled as far as the certificate could be read, also when refused.
    Identity identity;
    bool logged = false;  // as the rule says
    bool change = false;  // as the rule says
    bool permitted() const { return reason == DenialReason::kNone; }
  };

  Decision Decide(const grpc::AuthContext& context,
                  std::string_view method) const;
  // The same for an identity that has been read.
  DenialReason Check(const Identity& identity, std::string_view method) const;
  // For a caller that may call `method`: turns the identity of a portal into
  // the one of the person it acts for (name and URI; the certificate stays the
  // portal's). `named` are the values of the header kOnBehalfOfHeader.
  // `others` are those that are named after the first, where the rule lets
  // several ask together. kOnBehalfOf, `who` left as it was, if anybody but a
  // portal named somebody, or a portal named nobody (its own Follow and health
  // check aside), more than may ask together, or anyone but a coordinator of
  // this municipality that is no portal.
  DenialReason ActFor(std::span<const std::string> named,
                      std::string_view method, Identity& who,
                      std::vector<Identity>& others) const;
  // Decide as a status: NotPermitted() if refused.
  absl::StatusOr<Identity> Authorize(const grpc::AuthContext& context,
                                     std::string_view method) const;
  // For open streams: OK while the certificate is neither revoked nor expired.
  absl::Status StillPermitted(const Identity& identity) const;

  const std::string& municipality() const { return municipality_; }

 private:
  const std::string municipality_;
  const RevocationList* const revoked_;
  const std::vector<std::string> portals_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_ACCESS_H_
