// Who is at the browser: from a verified client certificate.
//
// Thread safety: all functions and methods may be called from many threads at
// once.
#ifndef SAMKOER_CLIENTS_WEB_PERSON_H_
#define SAMKOER_CLIENTS_WEB_PERSON_H_

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace samkoer::clients {

// A coordinator.
struct Person {
  // 1 to 64 bytes of [a-z0-9-].
  std::string name;
  // What was shown ends at this time.
  absl::Time not_after = absl::InfinitePast();
};

// Whether `name` can be the last part of a certificate's URI.
bool IsPersonName(std::string_view name);

// "samkoer://viborg/coordinator/anna".
std::string PersonUri(std::string_view municipality, std::string_view name);

// The coordinator whose certificate, in DER, TLS has verified.
// PERMISSION_DENIED if it is empty, has not exactly one samkoer URI, is another
// municipality's or role's, or has ended at `now`. The message says no more.
absl::StatusOr<Person> PersonOfCertificate(std::string_view der,
                                           std::string_view municipality,
                                           absl::Time now);

// The file of revoked certificates (ServerTls.revoked_file).
class RevokedFile {
 public:
  // An empty path: nothing is revoked.
  explicit RevokedFile(std::string path) : path_(std::move(path)) {}

  // Reads the file. NOT_FOUND, PERMISSION_DENIED, or INVALID_ARGUMENT naming
  // the line that is no fingerprint; what was read before then stays.
  absl::Status Read();
  // Whether the certificate, in DER, is on the list; true if its fingerprint
  // cannot be made. Reads the file again if `now` is ten seconds after the last
  // time; whoever is revoked in a file that cannot be read stays so.
  bool IsRevoked(std::string_view der, absl::Time now);

 private:
  absl::Mutex mutex_;
  const std::string path_;
  absl::Time read_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  std::set<std::string> fingerprints_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_PERSON_H_
