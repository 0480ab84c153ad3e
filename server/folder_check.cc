#include "server/folder_check.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "crypto/file_io.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/exit_codes.h"
#include "server/write_failure.h"

namespace samkoer::server {
namespace {

std::string ParentOf(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path();
  return parent.empty() ? "." : parent;
}

}  // namespace

absl::Status CheckFolder(std::string_view field, const std::string& folder) {
  // What is no folder has nothing below it.
  if (::access((folder + "/.").c_str(), R_OK | W_OK | X_OK) == 0) {
    return absl::OkStatus();
  }
  const int error = errno;
  const std::string message =
      absl::StrCat(crypto::AbslView(field), ": the folder ", folder,
                   " cannot be written to: ", std::strerror(error));
  return WithHint(error == ENOENT ? absl::NotFoundError(message)
                                  : absl::PermissionDeniedError(message),
                  kMendFolder);
}

absl::Status CheckFolderOf(std::string_view field, const std::string& path) {
  return CheckFolder(field, ParentOf(path));
}

absl::Status CheckNotAnothers(const std::string& folder,
                              std::string_view program) {
  const auto owner = crypto::ForeignOwner(folder);
  if (!owner) return absl::OkStatus();
  return WithHint(
      absl::PermissionDeniedError(
          absl::StrCat(folder, " belongs to ", *owner,
                       ", who could not use what root leaves there")),
      absl::StrCat("call it as that user: runuser -u ", *owner, " -- ",
                   crypto::AbslView(program),
                   " ...; what opens the keyring needs the unit's credential, "
                   "too (docs/installation.md, the functions keyd and "
                   "matcherd)"));
}

absl::Status CheckBackupFolders(const v1::BackupConfig& backup) {
  if (backup.folder().empty()) return absl::OkStatus();
  absl::Status status = CheckFolder("backup.folder", backup.folder());
  if (absl::IsNotFound(status)) {
    status = CheckFolderOf("backup.folder", backup.folder());
  }
  if (!status.ok() || backup.keyring_copy().empty()) return status;
  std::error_code error;
  if (std::filesystem::is_directory(backup.keyring_copy(), error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("backup.keyring_copy: ", backup.keyring_copy(),
                     " is a folder; name the file in it"));
  }
  return CheckFolderOf("backup.keyring_copy", backup.keyring_copy());
}

}  // namespace samkoer::server
