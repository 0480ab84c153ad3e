#include "clients/common/private_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "crypto/file_io.h"

namespace samkoer::clients {
namespace {

absl::Status ErrnoStatus(int error, std::string_view what,
                         const std::string& path) {
  const std::string message =
      Cat("cannot ", what, " ", path, ": ", std::strerror(error));
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EEXIST:
      return absl::AlreadyExistsError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::InternalError(message);
  }
}

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// 0 or an errno.
int WriteAll(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t n = ::write(fd, content.data(), content.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno;
    content.remove_prefix(static_cast<std::size_t>(n));
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

absl::Status SyncDirectory(const std::string& dir) {
  const int fd = ::open(dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open", dir);
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  // Some file systems cannot sync a directory and say so.
  if (error != 0 && error != EINVAL) return ErrnoStatus(error, "sync", dir);
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckNotAnothers(const std::string& dir,
                              std::string_view program) {
  const auto owner = crypto::ForeignOwner(dir);
  if (!owner) return absl::OkStatus();
  return WithHint(absl::PermissionDeniedError(
                      Cat(dir, " belongs to ", *owner,
                          ", who could not use what root leaves there")),
                  Cat("call it as that user: runuser -u ", *owner, " -- ",
                      program, " ..."));
}

absl::Status MakePrivateDirectory(const std::string& dir) {
  if (dir.empty()) return absl::InvalidArgumentError("no directory is named");
  for (std::size_t end = dir.find('/', 1);; end = dir.find('/', end + 1)) {
    const std::string part = dir.substr(0, end);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return ErrnoStatus(errno, "make the directory", part);
    }
    if (end == std::string::npos) break;
  }
  struct stat info;
  if (::stat(dir.c_str(), &info) != 0) {
    return ErrnoStatus(errno, "read the directory", dir);
  }
  if (!S_ISDIR(info.st_mode)) {
    return ErrnoStatus(ENOTDIR, "use as a directory", dir);
  }
  return absl::OkStatus();
}

absl::Status WriteNewPrivateFile(const std::string& path,
                                 std::string_view content) {
  const int fd = ::open(
      path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoStatus(errno, "write", path);
  int error = WriteAll(fd, content);
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error != 0) {
    ::unlink(path.c_str());
    return ErrnoStatus(error, "write", path);
  }
  return SyncDirectory(ParentOf(path));
}

absl::Status WritePrivateFile(const std::string& path,
                              std::string_view content) {
  const std::string fresh = path + ".new";
  // What a crash left, or somebody else put there: neither its mode nor what it
  // links to may decide where the content goes.
  ::unlink(fresh.c_str());
  const int fd =
      ::open(fresh.c_str(),
             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (fd < 0) return ErrnoStatus(errno, "write", fresh);
  int error = WriteAll(fd, content);
  if (::close(fd) != 0 && error == 0) error = errno;
  if (error != 0) {
    ::unlink(fresh.c_str());
    return ErrnoStatus(error, "write", fresh);
  }
  if (::rename(fresh.c_str(), path.c_str()) != 0) {
    error = errno;
    ::unlink(fresh.c_str());
    return ErrnoStatus(error, "replace", path);
  }
  return SyncDirectory(ParentOf(path));
}

}  // namespace samkoer::clients
