// One backup of a store that this process has open.
#ifndef SAMKOER_SERVER_BACKUP_JOB_H_
#define SAMKOER_SERVER_BACKUP_JOB_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/signed_note.h"
#include "storage/audit_log.h"
#include "storage/backup_set.h"
#include "storage/store_copier.h"

namespace samkoer::v1 {
class BackupConfig;
}

namespace samkoer::server {

// What is backed up; everything that is pointed to must outlive its use.
struct BackupSource {
  storage::StoreCopier* copier = nullptr;
  const storage::AuditLog* log = nullptr;
  crypto::NoteSigner signer;  // the log's
  std::string data_dir;       // where the copy stands while it is read
  std::string keyring_file;
  // The generations of the key-encryption key that are live now, ascending.
  std::function<std::vector<std::uint32_t>()> generations;
  std::string program;  // its version
  // No server runs, and who makes the backup writes nothing to the store.
  bool server_stopped = false;
};

// Removes what a crash during a backup left in the store's folder.
void RemoveBackupCopy(const std::string& data_dir);

// Copies the store on its own disk, writes the backup from the copy, replaces
// the copy of the keyring, if the configuration asks for one, and removes
// backups that are too many. `config` has been checked.
//  * ABORTED: a rotation of the key-encryption key ended meanwhile, or may have,
//    so that nobody could open the backup: again.
//  * else errors of WriteBackup and CopyTo; the backup is then not there.
absl::StatusOr<storage::BackupResult> MakeBackup(
    const BackupSource& source, const v1::BackupConfig& config, absl::Time now,
    const storage::BackupProgress& progress);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_BACKUP_JOB_H_
