#include "crypto/file_io.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"

namespace samkoer::crypto {
namespace {

class ScopedFd {
 public:
  explicit ScopedFd(int fd) : fd_(fd) {}
  ~ScopedFd() {
    if (fd_ >= 0) close(fd_);
  }
  ScopedFd(const ScopedFd&) = delete;
  ScopedFd& operator=(const ScopedFd&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

absl::Status Failed(absl::string_view action, absl::string_view what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", what));
}

absl::Status CheckFile(int fd, const std::string& path, FileAccess access) {
  struct stat info;
  if (fstat(fd, &info) != 0) return Failed("look at", path);
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is not a regular file"));
  }
  if (access == FileAccess::kNotOthers &&
      (info.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        path, " holds a secret but others may use it; chmod 600 it"));
  }
  return absl::OkStatus();
}

absl::Status WriteAll(int fd, Bytes contents, const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = write(fd, contents.data(), contents.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return Failed("write", path);
    }
    contents = contents.subspan(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

// Errors name `shown`: the temporary name is another one each time, and whoever
// tries again would tell of it each time.
absl::Status WriteNew(const std::string& path, const std::string& shown,
                      Bytes contents) {
  const ScopedFd fd(
      open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (fd.get() < 0 && errno == ENOENT) {
    return absl::FailedPreconditionError(absl::StrCat(
        "cannot create ", shown, ": its folder does not exist; make it first"));
  }
  if (fd.get() < 0) return Failed("create", shown);
  absl::Status status = WriteAll(fd.get(), contents, shown);
  if (!status.ok()) return status;
  if (fsync(fd.get()) != 0) return Failed("sync", shown);
  return absl::OkStatus();
}

absl::Status SyncFolderOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "."
                             : slash == 0               ? "/"
                                                        : path.substr(0, slash);
  const ScopedFd fd(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || fsync(fd.get()) != 0) return Failed("sync", folder);
  return absl::OkStatus();
}

// Gives the temporary file its name.
absl::Status Publish(const std::string& temporary, const std::string& path,
                     bool replace) {
  if (replace) {
    if (rename(temporary.c_str(), path.c_str()) != 0) {
      return Failed("replace", path);
    }
    return absl::OkStatus();
  }
  // Unlike rename, link fails where the name is taken.
  if (link(temporary.c_str(), path.c_str()) != 0) {
    if (errno == EEXIST) {
      return absl::AlreadyExistsError(
          absl::StrCat(path, " exists; it was left as it is"));
    }
    return Failed("create", path);
  }
  unlink(temporary.c_str());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SecretBuffer> ReadDescriptor(int fd, std::string_view what,
                                            std::size_t max_bytes) {
  SecretBuffer buffer(max_bytes + 1);  // one more, to see what is too long
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got =
        read(fd, buffer.ExposeMutable().data() + size, buffer.size() - size);
    if (got < 0) {
      if (errno == EINTR) continue;
      return Failed("read", AbslView(what));
    }
    if (got == 0) return SecretBuffer(buffer.Expose().first(size));
    size += static_cast<std::size_t>(got);
  }
  return absl::InvalidArgumentError(
      absl::StrCat(AbslView(what), " has more than ", max_bytes, " bytes"));
}

absl::StatusOr<SecretBuffer> ReadFile(const std::string& path,
                                      std::size_t max_bytes,
                                      FileAccess access) {
  // Not blocking, so that a pipe in the file's place is refused, not waited
  // for.
  const ScopedFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (fd.get() < 0) return Failed("open", path);
  absl::Status status = CheckFile(fd.get(), path, access);
  if (!status.ok()) return status;
  return ReadDescriptor(fd.get(), path, max_bytes);
}

absl::Status WriteFileAtomically(const std::string& path, Bytes contents,
                                 bool replace) {
  std::array<std::uint8_t, 8> random;
  randombytes_buf(random.data(), random.size());
  const std::string temporary = absl::StrCat(
      path, ".tmp.", absl::BytesToHexString(AbslView(AsText(random))));
  absl::Status status = WriteNew(temporary, path, contents);
  if (status.ok()) status = Publish(temporary, path, replace);
  if (!status.ok()) {
    unlink(temporary.c_str());
    return status;
  }
  return SyncFolderOf(path);
}

std::optional<std::string> ForeignOwner(const std::string& folder) {
  if (geteuid() != 0) return std::nullopt;
  std::error_code error;
  std::filesystem::path at = std::filesystem::absolute(folder, error);
  struct stat info;
  while (stat(at.c_str(), &info) != 0) {
    if (!at.has_relative_path()) return std::nullopt;
    at = at.parent_path();
  }
  if (info.st_uid == 0) return std::nullopt;
  const passwd* const user = getpwuid(info.st_uid);
  return user != nullptr ? user->pw_name : absl::StrCat("#", info.st_uid);
}

}  // namespace samkoer::crypto
