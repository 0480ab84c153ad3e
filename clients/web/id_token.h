// ID tokens of OpenID Connect, which a reverse proxy passes on: signed JWTs,
// verified with configured keys, never trusted otherwise.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_WEB_ID_TOKEN_H_
#define SAMKOER_CLIENTS_WEB_ID_TOKEN_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "clients/web/person.h"
#include "samkoer/v1/web_config.pb.h"

namespace samkoer::clients {

class IdTokenVerifier {
 public:
  // `config.keys_file` is a whole path. Nothing is read before Read().
  explicit IdTokenVerifier(v1::OpenIdLogin config);

  // Reads the keys. NOT_FOUND or PERMISSION_DENIED, or INVALID_ARGUMENT if the
  // file holds no public key, over 16, or anything but RSA keys of 2,048 bits
  // and more and P-256 keys; the keys read before then stay.
  absl::Status Read();

  // The coordinator whom the token names. UNAUTHENTICATED unless it is signed
  // (RS256 or ES256) by one of the keys, by `issuer`, for `audience`, valid at
  // `now` (a minute of clock difference is forgiven), with a name that can be
  // one; PERMISSION_DENIED if the claim of the role does not hold. The message
  // says which, never what the token holds. Reads the keys again if they were
  // last read a minute before `now`.
  absl::StatusOr<Person> Verify(std::string_view token, absl::Time now);

 private:
  const v1::OpenIdLogin config_;
  absl::Mutex mutex_;
  absl::Time read_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::vector<std::string> keys_ ABSL_GUARDED_BY(mutex_);  // PEM
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_ID_TOKEN_H_
