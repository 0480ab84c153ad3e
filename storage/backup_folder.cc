#include "storage/backup_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/atomic_file.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

// For manifests and the folders themselves.
constexpr std::uint64_t kRoomBeside = std::uint64_t{4} << 20;

}  // namespace

absl::Status FolderError(const std::string& path, std::error_code error) {
  const std::string message =
      absl::StrCat("cannot use the folder ", path, ": ", error.message());
  if (error == std::errc::no_such_file_or_directory) {
    return absl::FailedPreconditionError(message);
  }
  // A share says that its quota is used up.
  if (error == std::errc::no_space_on_device || error.value() == EDQUOT) {
    return absl::ResourceExhaustedError(message);
  }
  return absl::PermissionDeniedError(message);
}

absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(path, error), end; !error && it != end;
       it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  if (error) return FolderError(path, error);
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status MakeFolder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno == EEXIST) return absl::OkStatus();
    return FolderError(path, {errno, std::generic_category()});
  }
  std::error_code error;
  return SyncDirectory(fs::absolute(path, error).parent_path());
}

absl::Status RemoveUnfinished(const std::string& path,
                              std::string_view prefix) {
  const auto names = NamesIn(path);
  if (!names.ok()) return names.status();
  for (const std::string& name : *names) {
    std::error_code error;
    if (name.starts_with(prefix)) fs::remove(path + "/" + name, error);
    if (error) return FolderError(path, error);
  }
  return absl::OkStatus();
}

absl::Status CheckBackupRoom(const std::string& folder, std::uint64_t needed) {
  std::error_code error;
  const fs::space_info space = fs::space(folder, error);
  if (error || space.available >= needed + kRoomBeside) {
    return absl::OkStatus();
  }
  return absl::ResourceExhaustedError(absl::StrCat(
      "the disk of ", folder, " has ", space.available >> 20,
      " MiB free, the backup needs ", (needed + kRoomBeside) >> 20, " MiB"));
}

absl::StatusOr<FolderLock> FolderLock::Take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const int fd =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return FolderError(path, {errno, std::generic_category()});
  FolderLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno == EWOULDBLOCK) {
    return absl::FailedPreconditionError(absl::StrCat(
        "another program writes to the backups in ", folder, "; wait for it"));
  }
  return absl::FailedPreconditionError(absl::StrCat(
      "cannot lock ", path, ": ", std::strerror(errno),
      "; backups need a file system with locks (flock): mount the share so "
      "that it has them"));
}

FolderLock::FolderLock(FolderLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

FolderLock::~FolderLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace samkoer::storage
