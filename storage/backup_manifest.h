// What one backup is: a text, signed by the log's key as a C2SP note, that
// names the files of the store by their hashes (FORMAT.md).
//
//   samkoer-backup/1
//   origin samkoer/testby/matcher
//   made 1700000000
//   server running
//   program 1.2.0
//   log 2 <base64 of the root>
//   key samkoer-backup+<8 hex digits>+<base64>
//   kek 1
//   file 000012.sst 4096 <64 hex digits: plain> <64 hex digits: stored>
//
// One space between words, a newline after each line, in this order. `server`
// is `running` or `stopped`; `key` the public key that the files are encrypted
// to; `kek` stands once for each generation that the store's values may be
// sealed under, ascending; `file` once for each file, ascending by name. A
// value has one spelling only.
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_BACKUP_MANIFEST_H_
#define SAMKOER_STORAGE_BACKUP_MANIFEST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::storage {

struct BackupFile {
  // 1 to 64 of A-Z a-z 0-9 '.' '_' '-', not beginning with '.'.
  std::string name;
  std::uint64_t bytes = 0;
  crypto::Hash32 plain{};   // BLAKE2b-256 of the file
  crypto::Hash32 stored{};  // of the file as it is encrypted

  // How the encrypted file is called in the set: both hashes in hex.
  std::string StoredName() const;
  friend bool operator==(const BackupFile&, const BackupFile&) = default;
};

struct BackupManifest {
  std::string origin;  // LogOrigin: kind and municipality
  std::int64_t made_seconds = 0;
  // The server was stopped: it had written its last then, unless somebody has
  // started it again.
  bool server_stopped = false;
  std::string program;  // its version
  // A checkpoint that the store's log is equal to or extends.
  std::uint64_t log_size = 0;
  crypto::Hash32 log_root{};
  std::string key;  // crypto::EncryptionKey::Text
  std::vector<std::uint32_t> keks;
  std::vector<BackupFile> files;

  std::uint64_t TotalBytes() const;
  friend bool operator==(const BackupManifest&,
                         const BackupManifest&) = default;
};

// The text above. INVALID_ARGUMENT if a value cannot stand there, or the text
// is longer than a note may be (some 5,000 files).
absl::StatusOr<std::string> FormatBackupManifest(const BackupManifest& backup);
// DATA_LOSS if malformed, FAILED_PRECONDITION for an unknown version.
absl::StatusOr<BackupManifest> ParseBackupManifest(std::string_view text);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_BACKUP_MANIFEST_H_
