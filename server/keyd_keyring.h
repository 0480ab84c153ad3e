// The key service's keyring file: its own secrets and the OPRF seeds.
#ifndef SAMKOER_SERVER_KEYD_KEYRING_H_
#define SAMKOER_SERVER_KEYD_KEYRING_H_

#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/sealed_file.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/live_keys.h"
#include "storage/keyring.h"

namespace samkoer::server {

// The opened keyring, its keys derived and tested.
struct OpenKeyring {
  storage::Keyring keyring;
  LiveKeys keys;
};

// Makes `config.keyring_file` with fresh secrets and epoch 1 of `purpose`.
// ALREADY_EXISTS if the file is there; errors of crypto/sealed_file.h.
absl::StatusOr<OpenKeyring> MakeKeyring(const v1::KeydConfig& config,
                                        std::string_view purpose,
                                        crypto::SealStrength strength);

// Opens it with the passphrase that `config.passphrase` names.
absl::StatusOr<OpenKeyring> LoadKeyring(const v1::KeydConfig& config);
// The same with the passphrase itself.
absl::StatusOr<OpenKeyring> LoadKeyring(const v1::KeydConfig& config,
                                        const crypto::SecretBuffer& passphrase);

// Adds an epoch of `purpose` to the keyring file; the one before closes on
// `closes_on`. May be called while the service runs, which takes it up when it
// is told to (SIGHUP) or starts. Errors of OprfKeyring::Rotate, of
// storage::KeyringLock and of crypto/sealed_file.h; the file is then as it was.
absl::StatusOr<OpenKeyring> RotateKeyring(const v1::KeydConfig& config,
                                          std::string_view purpose,
                                          const std::string& closes_on);

// Overwrites the seeds whose day has come on `today` ("YYYY-MM-DD") in the
// keyring file. Returns how many; 0 leaves the file alone. Errors as above.
absl::StatusOr<std::size_t> DestroyDueSeeds(
    const v1::KeydConfig& config, const crypto::SecretBuffer& passphrase,
    std::string_view today);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_KEYRING_H_
