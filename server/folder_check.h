// Whether a folder that the configuration names can be written to, before
// anything depends on it.
#ifndef SAMKOER_SERVER_FOLDER_CHECK_H_
#define SAMKOER_SERVER_FOLDER_CHECK_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace samkoer::v1 {
class BackupConfig;
}

namespace samkoer::server {

// That this user can make and replace files in `folder`, which `field` of the
// configuration names. NOT_FOUND or PERMISSION_DENIED, with a hint.
absl::Status CheckFolder(std::string_view field, const std::string& folder);

// The same of the folder in which `path` lies.
absl::Status CheckFolderOf(std::string_view field, const std::string& path);

// PERMISSION_DENIED, with how to call `program`, if root would leave files in a
// folder of the service's user, which the service could not use.
absl::Status CheckNotAnothers(const std::string& folder,
                              std::string_view program);

// What init and run need before the keyring is opened, which takes its time:
// both of the above for a server's data_dir and checkpoint_file.
template <typename ServerConfig>
absl::Status CheckStoreFolders(const ServerConfig& config,
                               std::string_view program) {
  absl::Status status = CheckNotAnothers(config.data_dir(), program);
  status.Update(CheckFolderOf("checkpoint_file", config.checkpoint_file()));
  return status;
}

// The folders of backups; OK if there are none to be made. `folder` is made by
// the first backup, so that it or what is above it must be there.
absl::Status CheckBackupFolders(const v1::BackupConfig& backup);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_FOLDER_CHECK_H_
