// Files encrypted to a public key (X25519): who encrypts cannot decrypt. For
// backups, whose private key is kept off the machine that makes them.
//
// Format, version 1:
//   offset  bytes
//        0     17  "samkoer-encrypted"
//       17      1  version, 0x01
//       18     80  the file's key, random: libsodium's sealed box
//                  (crypto_box_seal: X25519, XSalsa20-Poly1305)
//       98     24  header of libsodium's secretstream
//      122      n  chunks of XChaCha20-Poly1305 secretstream: 65,536 bytes of
//                  plaintext each but the last, which has 0 to 65,536 and the
//                  tag FINAL; each is 17 bytes longer than its plaintext. The
//                  associated data of every chunk is the first 98 bytes.
// A chunk that is changed, moved, missing or added does not open. Whoever has
// the public key can make such a file: who made it must be shown otherwise.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_ENCRYPTED_FILE_H_
#define SAMKOER_CRYPTO_ENCRYPTED_FILE_H_

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"
#include "crypto/secret.h"

namespace samkoer::crypto {

// The public half, which the machine that makes backups has.
class EncryptionKey {
 public:
  // "samkoer-backup+<8 hex digits>+<base64 of 32 bytes>"; the digits are the
  // first 4 bytes of the key's SHA-256, against slips of the hand.
  // INVALID_ARGUMENT if malformed, or a key that keeps nothing secret.
  static absl::StatusOr<EncryptionKey> Parse(std::string_view text);
  std::string Text() const;

 private:
  friend class DecryptionKey;
  friend class FileEncrypter;
  friend class FileDecrypter;
  EncryptionKey() = default;
  std::array<std::uint8_t, 32> key_{};
};

// The private half.
class DecryptionKey {
 public:
  static DecryptionKey Random();
  // A text file, lines with '#' are comments: one line
  // "samkoer-backup-private+<base64 of 32 bytes>".
  static absl::StatusOr<DecryptionKey> Parse(const SecretBuffer& text);
  SecretBuffer Text() const;
  EncryptionKey Public() const;

 private:
  friend class FileDecrypter;
  DecryptionKey() = default;
  SecretArray<32> key_;
};

// What went in and out.
struct FileSums {
  std::uint64_t plain_bytes = 0;
  Hash32 plain{};  // BLAKE2b-256 of the plaintext
  std::uint64_t stored_bytes = 0;
  Hash32 stored{};  // BLAKE2b-256 of the encrypted file
};

// Told how many bytes more are done; false ends the work with CANCELLED.
using FileProgress = std::function<bool(std::uint64_t bytes)>;

// Encrypts `from` into the new file `to`, mode 0600, and syncs it (not its
// folder). After an error `to` is not there. ALREADY_EXISTS if it was;
// RESOURCE_EXHAUSTED if the disk is full; else what errno says.
absl::StatusOr<FileSums> EncryptFile(const std::string& from,
                                     const std::string& to,
                                     const EncryptionKey& key,
                                     const FileProgress& progress);

// How long the encrypted form of so many bytes is.
std::uint64_t EncryptedBytes(std::uint64_t plain_bytes);

// The way back. UNAUTHENTICATED if it was encrypted to another key; DATA_LOSS
// if it is changed, cut short or no such file; FAILED_PRECONDITION for an
// unknown version; else as EncryptFile. After an error `to` is not there.
absl::StatusOr<FileSums> DecryptFile(const std::string& from,
                                     const std::string& to,
                                     const DecryptionKey& key,
                                     const FileProgress& progress);

// BLAKE2b-256 of a file as it stands, and its length.
struct FileHash {
  std::uint64_t bytes = 0;
  Hash32 hash{};
};
absl::StatusOr<FileHash> HashFile(const std::string& path,
                                  const FileProgress& progress);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_ENCRYPTED_FILE_H_
