#include "server/file_text.h"

#include <sys/stat.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace samkoer::server {
namespace {

absl::Status SystemError(const std::string& path, int error) {
  const std::string text =
      absl::StrCat(path, ": ", std::generic_category().message(error));
  if (error == ENOENT || error == ENOTDIR) return absl::NotFoundError(text);
  if (error == EACCES || error == EPERM) {
    return absl::PermissionDeniedError(text);
  }
  return absl::UnavailableError(text);
}

}  // namespace

absl::StatusOr<std::string> ReadFileText(const std::string& path,
                                         std::size_t max_bytes) {
  struct stat status {};
  if (stat(path.c_str(), &status) != 0) return SystemError(path, errno);
  if (!S_ISREG(status.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": not a plain file"));
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return SystemError(path, errno == 0 ? EIO : errno);
  std::string text(max_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (file.bad()) return SystemError(path, EIO);
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": larger than ", max_bytes, " bytes"));
  }
  return text;
}

}  // namespace samkoer::server
