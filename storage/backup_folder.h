// The folder of a backup set as the file system has it: names, the lock of who
// writes, room on its disk.
//
// Thread safety: the functions may be called from many threads and processes.
#ifndef SAMKOER_STORAGE_BACKUP_FOLDER_H_
#define SAMKOER_STORAGE_BACKUP_FOLDER_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace samkoer::storage {

// FAILED_PRECONDITION if something is not there, RESOURCE_EXHAUSTED if the disk
// is full, else PERMISSION_DENIED; the message names the path.
absl::Status FolderError(const std::string& path, std::error_code error);

// The names in a folder, ascending. Errors as FolderError.
absl::StatusOr<std::vector<std::string>> NamesIn(const std::string& path);

// Makes a folder, mode 0700, if it is not there, and syncs its parent.
absl::Status MakeFolder(const std::string& path);

// Removes what a crash left: the names that begin with `prefix`.
absl::Status RemoveUnfinished(const std::string& path, std::string_view prefix);

// RESOURCE_EXHAUSTED, with the numbers, if the disk of `folder` has no room for
// so many bytes and a little more.
absl::Status CheckBackupRoom(const std::string& folder, std::uint64_t needed);

// One writer at a time; ends with the process however that ends.
class FolderLock {
 public:
  // FAILED_PRECONDITION: another program holds it, or the file system has no
  // locks (flock), as some shares. PERMISSION_DENIED as FolderError, also for a
  // symbolic link in the lock's place.
  static absl::StatusOr<FolderLock> Take(const std::string& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&&) = delete;
  ~FolderLock();

 private:
  explicit FolderLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_BACKUP_FOLDER_H_
