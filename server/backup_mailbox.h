// How `backup` on the command line asks the running server for a backup: two
// small files in the store's folder, which nobody but the server's user can
// reach. No port, no certificate: who may write there could take the store.
//
//   backup-request   32 hex digits: a token, random
//   backup-answer    the token and how it stands, one line (BackupAnswer)
#ifndef SAMKOER_SERVER_BACKUP_MAILBOX_H_
#define SAMKOER_SERVER_BACKUP_MAILBOX_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/backup_set.h"

namespace samkoer::server {

// How a requested backup stands. One line:
//   TOKEN running DONE TOTAL
//   TOKEN done ID FILES BYTES NEW_FILES NEW_BYTES REMOVED
//   TOKEN failed CODE MESSAGE
struct BackupAnswer {
  std::string token;
  enum class State { kRunning, kDone, kFailed } state = State::kRunning;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
  storage::BackupResult result;
  absl::Status error;

  std::string Text() const;
  // None if it is not one.
  static std::optional<BackupAnswer> Parse(std::string_view text);
};

// The server's side. The token of a request, which is taken away; none if there
// is no request, or it is none.
std::optional<std::string> TakeBackupRequest(const std::string& data_dir);
absl::Status AnswerBackupRequest(const std::string& data_dir,
                                 const BackupAnswer& answer);

// The command's side: asks and waits for the end, however long that takes.
// `running` is told now and then; false gives up waiting (CANCELLED).
// UNAVAILABLE if nobody takes the request within `patience`, which is then
// withdrawn, or the server ends meanwhile; the server's error;
// PERMISSION_DENIED and the like if the folder cannot be written.
absl::StatusOr<storage::BackupResult> AskForBackup(
    const std::string& data_dir, absl::Duration patience,
    const storage::BackupProgress& running);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_BACKUP_MAILBOX_H_
