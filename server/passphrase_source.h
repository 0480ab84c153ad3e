// The passphrase of a running server, which is needed again when the keyring
// file is rewritten.
#ifndef SAMKOER_SERVER_PASSPHRASE_SOURCE_H_
#define SAMKOER_SERVER_PASSPHRASE_SOURCE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::server {

// Thread safety: all methods may be called from many threads at once.
class PassphraseSource {
 public:
  // `source` as crypto::ReadPassphrase wants it, whose errors this gives. A
  // file and a credential are read again each time, so that the process does
  // not hold what it does not need; a descriptor can be read only once, so what
  // came from it is kept, in memory that is wiped, until the process ends.
  static absl::StatusOr<std::unique_ptr<PassphraseSource>> Open(
      std::string source);

  absl::StatusOr<crypto::SecretBuffer> Read() const;

 private:
  explicit PassphraseSource(std::string source) : source_(std::move(source)) {}

  const std::string source_;
  crypto::SecretBuffer kept_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PASSPHRASE_SOURCE_H_
