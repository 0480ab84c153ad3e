#include "proto/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace samkoer::proto {
namespace {

absl::Status NotTold(const char* what) {
  return absl::UnavailableError(absl::StrCat(
      "cannot tell the service manager: ", what, ": ", std::strerror(errno)));
}

}  // namespace

absl::Status TellServiceManager(std::string_view state) {
  const char* const variable = std::getenv("NOTIFY_SOCKET");
  const std::string_view path = variable == nullptr ? "" : variable;
  if (path.empty()) return absl::OkStatus();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if ((path.front() != '/' && path.front() != '@') ||
      path.size() >= sizeof address.sun_path) {
    return absl::InvalidArgumentError(
        "NOTIFY_SOCKET names no socket that can be written to");
  }
  path.copy(address.sun_path, path.size());
  if (path.front() == '@') address.sun_path[0] = '\0';  // an abstract one
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return NotTold("socket");
  const ssize_t sent = ::sendto(
      fd, state.data(), state.size(), MSG_NOSIGNAL,
      reinterpret_cast<const sockaddr*>(&address),
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size()));
  const absl::Status status = sent < 0 ? NotTold("sendto") : absl::OkStatus();
  ::close(fd);
  return status;
}

}  // namespace samkoer::proto
