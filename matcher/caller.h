#ifndef SAMKOER_MATCHER_CALLER_H_
#define SAMKOER_MATCHER_CALLER_H_

#include <string>

namespace samkoer::matcher {

// Who calls, as the server read it from the client certificate. The server has
// already checked the role; the matcher writes these into the audit log and
// trusts them.
struct Caller {
  // The URI SAN: "samkoer://<municipality>/<role>/<name>".
  std::string uri;
  // The URI's last part; for a department agent the department's id.
  std::string name;
  // SHA-256 of the certificate in DER: 32 bytes.
  std::string certificate_sha256;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_CALLER_H_
