#include "clients/agent/state_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"

namespace samkoer::agent {

absl::StatusOr<StateLock> StateLock::Take(const std::string& dir,
                                          const std::string& name) {
  absl::Status owned = clients::CheckNotAnothers(dir, "samkoer-agent");
  if (!owned.ok()) return owned;
  absl::Status made = clients::MakePrivateDirectory(dir);
  if (!made.ok()) return made;
  const std::string path = clients::Cat(dir, "/", name);
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0) {
    return clients::WithHint(
        absl::PermissionDeniedError(
            clients::Cat("cannot open ", path, ": ", std::strerror(errno))),
        clients::Cat("it must belong to who runs this, as all in that folder: "
                     "chown -R samkoer-agent: ",
                     dir, " for the packages' units"));
  }
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(fd);
    if (error == EWOULDBLOCK) {
      return clients::WithHint(
          absl::UnavailableError(
              clients::Cat("another samkoer-agent is working in ", dir)),
          "wait until it has ended");
    }
    return absl::InternalError(
        clients::Cat("cannot lock ", path, ": ", std::strerror(error)));
  }
  return StateLock(fd);
}

StateLock::StateLock(StateLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

StateLock& StateLock::operator=(StateLock&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

StateLock::~StateLock() {
  if (fd_ >= 0) ::close(fd_);
}

}  // namespace samkoer::agent
