// The keyring file of a running server, rewritten when a key-encryption key
// (KEK) comes into use or is destroyed: whole, synced, the folder too, and
// without a copy of the older file.
//
// The file is read again before each change, so that what another program
// changed in it meanwhile (the key service's OPRF seeds) is kept; a lock on its
// folder (flock) keeps two programs from changing it at once.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_STORAGE_KEYRING_FILE_H_
#define SAMKOER_STORAGE_KEYRING_FILE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/secret.h"
#include "storage/keyring.h"
#include "storage/sealed_value.h"
#include "storage/store_kind.h"

namespace samkoer::storage {

// Removes temporary files beside `path` that a process which ended while it
// wrote them left, and that may hold keys which have to go. For who alone
// writes `path`.
void RemoveKeyringLeftovers(const std::string& path);

// Holds the lock on the folder of a keyring file while it lives.
class KeyringLock {
 public:
  // FAILED_PRECONDITION if another program holds it.
  static absl::StatusOr<KeyringLock> Take(const std::string& keyring_path);
  KeyringLock(KeyringLock&& other) noexcept;
  KeyringLock& operator=(KeyringLock&&) = delete;
  ~KeyringLock();

 private:
  explicit KeyringLock(int fd) : fd_(fd) {}
  int fd_;
};

class KeyringFile {
 public:
  // The passphrase, asked for at every change.
  using Passphrase = std::function<absl::StatusOr<crypto::SecretBuffer>()>;

  KeyringFile(std::string path, StoreKind kind, Passphrase passphrase)
      : path_(std::move(path)),
        kind_(kind),
        passphrase_(std::move(passphrase)) {}

  // Adds a KEK, in use from `now`, beside that which `in_use` seals with, and
  // returns the keyring as it stands in the file. If the file has a newer one
  // already, because an earlier call could not say whether it came through,
  // that one is taken. FAILED_PRECONDITION if the file cannot be read, opened
  // or written, or does not hold the KEK in use; it is then as it was, unless
  // only the folder's sync failed.
  absl::StatusOr<Keyring> BeginGeneration(const ValueSealer& in_use,
                                          absl::Time now) const;

  // Takes all KEKs but `in_use`'s current one out of the file, and returns what
  // stands in it then. Errors as above.
  absl::StatusOr<Keyring> DropOlder(const ValueSealer& in_use) const;

 private:
  absl::StatusOr<Keyring> Change(
      const ValueSealer& in_use,
      const std::function<void(Keyring&)>& change) const;

  const std::string path_;
  const StoreKind kind_;
  const Passphrase passphrase_;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_KEYRING_FILE_H_
