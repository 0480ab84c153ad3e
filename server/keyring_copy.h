// The one copy of the keyring file that `backup.keyring_copy` asks for: always
// that of now, because a key that was destroyed must not live on in it, and one
// that came into use would be missing.
//
// Thread safety: for one thread at a time; one object at a time may write a
// copy.
#ifndef SAMKOER_SERVER_KEYRING_COPY_H_
#define SAMKOER_SERVER_KEYRING_COPY_H_

#include <sys/stat.h>

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"

namespace samkoer::server {

// A file's identity; whoever changes a keyring replaces the file. None if it
// cannot be looked at.
std::optional<struct stat> LookAtFile(const std::string& path);
bool SameFile(const struct stat& a, const struct stat& b);

class KeyringCopy {
 public:
  // `to` empty: there is none, and nothing is done.
  KeyringCopy(std::string from, std::string to)
      : from_(std::move(from)), to_(std::move(to)) {}

  // Copies the file as it is, sealed, and removes what a crash in the middle of
  // that left. After an error the older copy stands.
  absl::Status Copy();
  // Copy, if the file is another one than at the last success, or there was
  // none. Costs one look at the file.
  absl::Status Update();

 private:
  const std::string from_;
  const std::string to_;
  std::optional<struct stat> copied_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYRING_COPY_H_
