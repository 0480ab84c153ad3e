// A folder of backups. Each backup is a signed manifest (backup_manifest.h);
// the files that it names lie encrypted (crypto/encrypted_file.h) beside it,
// each once, however many backups name it:
//
//   FOLDER/20260131T020000Z.backup    the manifests, by time (UTC)
//   FOLDER/files/<plain>.<stored>     the files, by the hashes of both forms
//   FOLDER/lock                       empty; held by who writes
//   FOLDER/new-*, FOLDER/files/new-*  what a crash left; removed by the next
//
// A manifest is written last and in one step, so that each one that is there is
// whole; files go when no manifest names them. A file is taken over from an
// earlier backup only if that one's manifest, signed by the same key, names it
// and the same public key, and if it has the length that it should have.
//
// Thread safety: the functions may be called from many threads and processes;
// of two that write, one is refused.
#ifndef SAMKOER_STORAGE_BACKUP_SET_H_
#define SAMKOER_STORAGE_BACKUP_SET_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/encrypted_file.h"
#include "crypto/signed_note.h"
#include "storage/backup_manifest.h"

namespace samkoer::storage {

// Told of bytes done, of how many; false ends the work with CANCELLED.
using BackupProgress =
    std::function<bool(std::uint64_t done, std::uint64_t total)>;

struct BackupRequest {
  std::string folder;  // made if missing; its parent must be there
  std::string copy;    // a store at rest: all its files are taken
  crypto::EncryptionKey key;
  // Without its key and files, which are filled in.
  BackupManifest head;
  // How many backups stay, the new one included; at least 1.
  std::uint32_t keep = 1;
  // Called when everything but the manifest is durable; an error ends the
  // backup, which then is not there. May be empty.
  std::function<absl::Status()> before_manifest;
  BackupProgress progress;  // may be empty
};

struct BackupResult {
  std::string id;  // "20260131T020000Z"
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;  // of the store
  std::uint64_t new_files = 0;
  std::uint64_t new_bytes = 0;  // of them: written by this backup
  std::uint64_t removed = 0;    // older backups
};

// Removes what can be opened no more, which are backups that need a
// key-encryption key older than the oldest of `head.keks`, what is more than
// `keep`, and files that no manifest names, because the new backup may need the
// room. Then writes one backup: the files that no earlier one has, then the
// manifest. Then removes what is over `keep` with the new one. Backups that
// `signer` did not sign are neither counted nor removed, and while there is
// one, no file is removed. Of backups that are too many those that are
// IsOfTheFuture at `head.made_seconds` go first.
//  * FAILED_PRECONDITION: another process writes to the folder, or its parent
//    is missing.
//  * RESOURCE_EXHAUSTED: the disk has no room.
//  * else errors of crypto/encrypted_file.h and of `before_manifest`.
// After an error nothing of the new backup is left, unless the last step
// failed, that gives the manifest its name.
absl::StatusOr<BackupResult> WriteBackup(const BackupRequest& request,
                                         const crypto::NoteSigner& signer);

struct ListedBackup {
  std::string id;
  // Its contents, or why it cannot be read: DATA_LOSS, or UNAUTHENTICATED if
  // another store's key signed it, or it was changed.
  absl::StatusOr<BackupManifest> manifest;
};
// All backups of a folder, the oldest first. NOT_FOUND if there is no folder.
absl::StatusOr<std::vector<ListedBackup>> ListBackups(
    const std::string& folder, const crypto::NoteVerifier& verifier);

// Clocks of two machines differ by no more; a backup that is dated further
// ahead is of a clock that was wrong.
inline constexpr absl::Duration kBackupClockSlack = absl::Minutes(5);
bool IsOfTheFuture(const BackupManifest& backup, absl::Time now);

// The backup of that id; if it is empty the newest that is not of the future.
// NOT_FOUND if there is none; errors of ListedBackup.
absl::StatusOr<ListedBackup> FindBackup(const std::string& folder,
                                        const std::string& id,
                                        const crypto::NoteVerifier& verifier,
                                        absl::Time now);

// Compares every encrypted file of a backup with its hash, which needs no
// private key. DATA_LOSS, naming the file, if one is missing or changed.
absl::Status CheckBackup(const std::string& folder,
                         const BackupManifest& backup,
                         const BackupProgress& progress);

// Decrypts every file of a backup into the folder `to`, which is made, mode
// 0700, and syncs all; both hashes of each are compared. DATA_LOSS as
// CheckBackup; UNAUTHENTICATED for a wrong key; ALREADY_EXISTS if there is
// something at `to`. After an error `to` is removed.
absl::Status RestoreFiles(const std::string& folder,
                          const BackupManifest& backup,
                          const crypto::DecryptionKey& key,
                          const std::string& to,
                          const BackupProgress& progress);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_BACKUP_SET_H_
