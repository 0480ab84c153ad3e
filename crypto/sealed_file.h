// Secrets on disk, under a passphrase: Argon2id (RFC 9106) and
// XChaCha20-Poly1305.
//
// Format, version 1:
//   "samkoer-sealed" 0x01 (15 bytes)
//   opslimit (u64 LE), memlimit in bytes (u64 LE), salt (16 bytes)
//   nonce (24), ciphertext, tag (16); the first 47 bytes and the label are the
//   associated data.
#ifndef SAMKOER_CRYPTO_SEALED_FILE_H_
#define SAMKOER_CRYPTO_SEALED_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// How hard a guess is. kInteractive is for tests and demos only.
enum class SealStrength { kSensitive, kInteractive };

// Writes `plaintext` to `path` with mode 0600, through a temporary file and
// rename, synced. `label` says what it is ("keyd-keyring"); a file opened under
// another label is refused. ALREADY_EXISTS if the file is there and `replace`
// is false.
absl::Status WriteSealedFile(const std::string& path, std::string_view label,
                             const SecretBuffer& passphrase, Bytes plaintext,
                             SealStrength strength, bool replace);

// NOT_FOUND if there is no such file; FAILED_PRECONDITION for an unknown
// version; UNAUTHENTICATED for a wrong passphrase or a changed file.
absl::StatusOr<SecretBuffer> ReadSealedFile(const std::string& path,
                                            std::string_view label,
                                            const SecretBuffer& passphrase);

// Reads a passphrase: "fd:N" from a file descriptor, "file:PATH" from a file,
// "credential:NAME" from $CREDENTIALS_DIRECTORY/NAME (systemd). One trailing
// newline is dropped. INVALID_ARGUMENT for an empty or shorter than 12 bytes
// passphrase or an unknown source. A file readable by others is refused.
absl::StatusOr<SecretBuffer> ReadPassphrase(std::string_view source);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_SEALED_FILE_H_
