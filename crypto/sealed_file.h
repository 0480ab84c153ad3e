// Secrets on disk, under a passphrase: Argon2id (RFC 9106) and
// XChaCha20-Poly1305.
//
// Format, version 1 (integers little-endian), 87 bytes longer than the
// plaintext:
//   offset  bytes
//        0     14  "samkoer-sealed"
//       14      1  version, 0x01
//       15      8  Argon2id passes (libsodium's opslimit)
//       23      8  Argon2id memory in bytes (libsodium's memlimit)
//       31     16  salt, random
//       47     24  nonce, random
//       71      n  ciphertext
//     71+n     16  tag
// The key is Argon2id (version 1.3, one lane, 32 bytes) of passphrase and salt.
// The associated data is the first 47 bytes followed by the label, which is not
// stored. So neither the cost nor the meaning of a file can be changed.
//
// Whoever has the file can try passphrases, at the cost of one Argon2id each.
// An older file under the same label and passphrase opens too.
//
// Thread safety: all functions may be called from many threads at once; of two
// that write one path, the last rename stands.
#ifndef SAMKOER_CRYPTO_SEALED_FILE_H_
#define SAMKOER_CRYPTO_SEALED_FILE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// Larger ones are refused on both ways.
inline constexpr std::size_t kMaxSealedPlaintextBytes = 1 << 20;
// Shorter passphrases are refused where they are read.
inline constexpr std::size_t kMinPassphraseBytes = 12;
inline constexpr std::size_t kMaxPassphraseBytes = 4096;

// How hard a guess is, which is also what opening costs: kSensitive takes 1 GiB
// of memory and some seconds, kInteractive 64 MiB and about a tenth of a
// second. kInteractive is for tests and demos only. A file of more than 4 GiB
// or 16 passes is refused, so that a changed one cannot exhaust the machine.
enum class SealStrength { kSensitive, kInteractive };

// Writes `plaintext` to `path` with mode 0600, through a temporary file in the
// same folder and rename; file and folder are synced before it returns OK.
// After an error `path` is as it was, or holds the new contents where only the
// folder's sync failed. `label` says what it is ("keyd-keyring"); a file opened
// under another label is refused.
//
// Errors: ALREADY_EXISTS if the file is there and `replace` is false;
// INVALID_ARGUMENT for an empty passphrase or label, or too long a plaintext;
// RESOURCE_EXHAUSTED without the memory for Argon2id; else what errno says.
absl::Status WriteSealedFile(const std::string& path, std::string_view label,
                             const SecretBuffer& passphrase, Bytes plaintext,
                             SealStrength strength, bool replace);

// The plaintext of a file that WriteSealedFile wrote.
//
// Errors: NOT_FOUND if there is no such file; INVALID_ARGUMENT if it is not a
// sealed file or too long; FAILED_PRECONDITION for an unknown version;
// UNAUTHENTICATED for a wrong passphrase or label, or a changed file;
// RESOURCE_EXHAUSTED without the memory for Argon2id; else what errno says.
absl::StatusOr<SecretBuffer> ReadSealedFile(const std::string& path,
                                            std::string_view label,
                                            const SecretBuffer& passphrase);

// Which of the two strengths a sealed file was written with; kSensitive for any
// other cost. Errors of ReadSealedFile, without a passphrase.
absl::StatusOr<SealStrength> StrengthOfSealedFile(const std::string& path);

// Reads a passphrase: "fd:N" from a file descriptor to its end (it is left
// open), "file:PATH" from a file, "credential:NAME" from
// $CREDENTIALS_DIRECTORY/NAME (systemd). One trailing newline is dropped.
//
// Errors: INVALID_ARGUMENT for an unknown source, a passphrase shorter than 12
// bytes or longer than 4,096; FAILED_PRECONDITION if a file is readable or
// writable by others, or writable by its group, or if there is no credentials
// directory, or if the file does not exist; what errno says if it cannot be
// read. No message holds any of the passphrase.
absl::StatusOr<SecretBuffer> ReadPassphrase(std::string_view source);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_SEALED_FILE_H_
