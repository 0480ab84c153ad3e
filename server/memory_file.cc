#include "server/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace samkoer::server {
namespace {

absl::Status Refused(std::string_view what) {
  return absl::ResourceExhaustedError(
      absl::StrCat("cannot ", absl::string_view(what.data(), what.size()),
                   " a file in memory: ", std::strerror(errno)));
}

absl::StatusOr<int> NewFile() {
  const int fd = memfd_create("samkoer", MFD_CLOEXEC);
  if (fd < 0) return Refused("make");
  return fd;
}

}  // namespace

absl::StatusOr<MemoryFile> MemoryFile::Create() {
  const absl::StatusOr<int> fd = NewFile();
  if (!fd.ok()) return fd.status();
  return MemoryFile(*fd);
}

MemoryFile::MemoryFile(MemoryFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

MemoryFile::~MemoryFile() {
  if (fd_ >= 0) close(fd_);
}

std::string MemoryFile::path() const {
  return absl::StrCat("/proc/self/fd/", fd_);
}

absl::Status MemoryFile::Replace(std::string_view text) {
  const absl::StatusOr<int> next = NewFile();
  if (!next.ok()) return next.status();
  absl::Status status;
  while (!text.empty() && status.ok()) {
    const ssize_t written = write(*next, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      status = Refused("write");
    }
  }
  // The number stays and names the new file from here on.
  if (status.ok() && dup3(*next, fd_, O_CLOEXEC) < 0) {
    status = Refused("replace");
  }
  close(*next);
  return status;
}

}  // namespace samkoer::server
