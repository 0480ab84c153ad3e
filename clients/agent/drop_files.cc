#include "clients/agent/drop_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "clients/common/private_file.h"
#include "crypto/secret.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;
constexpr std::size_t kMostSeen = 5000;
constexpr int kMostNames = 10'000;

// Its folder and its name, if that may be shown.
std::string ShownPath(const std::string& path) {
  const std::size_t slash = path.rfind('/') + 1;
  return clients::Cat(path.substr(0, slash), ShownName(path.substr(slash)));
}

absl::Status Failed(std::string_view what, const std::string& path) {
  const int error = errno;
  const std::string message = clients::Cat(
      "cannot ", what, " ", ShownPath(path), ": ", std::strerror(error));
  if (error == ENOENT) return absl::NotFoundError(message);
  if (error == EACCES || error == EPERM || error == EROFS) {
    return clients::WithHint(
        absl::PermissionDeniedError(message),
        "the agent's user must be able to read the files of the drop folder "
        "and to move them away; a unit writes only where ReadWritePaths= says "
        "so (systemctl edit)");
  }
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
    return clients::WithHint(absl::ResourceExhaustedError(message),
                             "make room there; the file is kept, and the next "
                             "try goes on with it");
  }
  return absl::InternalError(message);
}

struct Fd {
  int fd;
  ~Fd() {
    if (fd >= 0) ::close(fd);
  }
};

// Hands the whole of `fd` to `take`, in pieces.
template <typename Take>
absl::Status ReadAll(int fd, const std::string& path, const Take& take) {
  crypto::SecretBuffer piece(kPieceBytes);
  for (;;) {
    const auto room = piece.ExposeMutable();
    const ssize_t got = ::read(fd, room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("read", path);
    if (got == 0) return absl::OkStatus();
    const absl::Status status = take(room.first(static_cast<std::size_t>(got)));
    if (!status.ok()) return status;
  }
}

// Over the border of file systems.
absl::Status CopyAndRemove(const std::string& from, const std::string& to) {
  const std::string part = clients::Cat(to, ".part");
  // Non-blocking: others write to that folder, and it might be a pipe by now.
  const Fd in{
      ::open(from.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (in.fd < 0) return Failed("open", from);
  const Fd out{::open(part.c_str(),
                      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW,
                      0600)};
  if (out.fd < 0) return Failed("write", part);
  absl::Status status = ReadAll(in.fd, from, [&](auto bytes) -> absl::Status {
    while (!bytes.empty()) {
      const ssize_t put = ::write(out.fd, bytes.data(), bytes.size());
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return Failed("write", part);
      bytes = bytes.subspan(static_cast<std::size_t>(put));
    }
    return absl::OkStatus();
  });
  if (status.ok() && ::fsync(out.fd) != 0) status = Failed("sync", part);
  if (status.ok() && ::rename(part.c_str(), to.c_str()) != 0) {
    status = Failed("rename", part);
  }
  if (!status.ok()) {
    ::unlink(part.c_str());
    return status;
  }
  if (::unlink(from.c_str()) == 0) return absl::OkStatus();
  // What cannot be taken away would be copied, and read, again and again.
  status = Failed("remove", from);
  ::unlink(to.c_str());
  return status;
}

}  // namespace

std::string ShownName(const std::string& name) {
  if (clients::ContainsCpr(name)) return "a file whose name is not shown";
  return clients::TerminalSafe(name);
}

std::vector<std::string> QuietFiles::Observe(
    const std::map<std::string, FileMark>& present, absl::Time now) {
  std::map<std::string, Seen> seen;
  std::vector<std::pair<std::int64_t, std::string>> complete;
  for (const auto& [name, mark] : present) {
    const auto before = seen_.find(name);
    const bool same = before != seen_.end() && before->second.mark == mark;
    const absl::Time since = same ? before->second.since : now;
    seen[name] = {mark, since};
    if (mark.size > 0 && now - since >= quiet_) {
      complete.emplace_back(mark.changed_ns, name);
    }
  }
  seen_ = std::move(seen);
  std::sort(complete.begin(), complete.end());
  std::vector<std::string> names;
  for (auto& [changed, name] : complete) names.push_back(std::move(name));
  return names;
}

bool IsDropName(std::string_view name, const std::string& pattern) {
  if (name.empty() || name.front() == '.') return false;
  for (const std::string_view end :
       {".part", ".filepart", ".tmp", ".reason.txt"}) {
    if (name.ends_with(end)) return false;
  }
  return ::fnmatch(pattern.c_str(), std::string(name).c_str(), 0) == 0;
}

absl::StatusOr<std::map<std::string, FileMark>> ListDropFolder(
    const std::string& folder, const std::string& pattern) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()),
                                                &::closedir);
  if (dir == nullptr) {
    return clients::WithHint(Failed("open", folder), "see drop.folder");
  }
  std::map<std::string, FileMark> files;
  for (int i = 0; i < kMostNames; ++i) {
    const dirent* const entry = ::readdir(dir.get());
    if (entry == nullptr) break;
    const std::string name = entry->d_name;
    if (!IsDropName(name, pattern)) continue;
    struct stat info {};
    // Gone again, or no file.
    if (::fstatat(::dirfd(dir.get()), name.c_str(), &info,
                  AT_SYMLINK_NOFOLLOW) != 0 ||
        !S_ISREG(info.st_mode)) {
      continue;
    }
    files[name] = {static_cast<std::uint64_t>(info.st_size), info.st_ino,
                   info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
  }
  return files;
}

absl::Status CheckReadable(const std::string& path) {
  const Fd file{
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (file.fd >= 0) return absl::OkStatus();
  const absl::Status failed = Failed("read", path);
  if (!absl::IsPermissionDenied(failed)) return failed;
  return clients::WithHint(
      absl::PermissionDeniedError(failed.message()),
      "let whoever delivered it make it readable for the agent's group (which "
      "it gets if the folder's mode is 2770), or take it away, and not keep "
      "the mode of their own file (sftp put -p, WinSCP's preserve); files "
      "after it wait, as an older one must not be read after a newer");
}

absl::StatusOr<std::string> MoveIntoFolder(const std::string& path,
                                           const std::string& folder,
                                           const std::string& name) {
  absl::Status made = clients::MakePrivateDirectory(folder);
  if (!made.ok()) return made;
  std::string to = clients::Cat(folder, "/", name);
  for (int i = 2; ::access(to.c_str(), F_OK) == 0; ++i) {
    if (i == kMostNames) {
      return absl::InternalError(clients::Cat(folder, " is full of one name"));
    }
    to = clients::Cat(folder, "/", name, ".", i);
  }
  if (::rename(path.c_str(), to.c_str()) != 0) {
    if (errno != EXDEV) return Failed("move", path);
    absl::Status copied = CopyAndRemove(path, to);
    if (!copied.ok()) return copied;
  }
  // What was put there counts from now.
  ::utimensat(AT_FDCWD, to.c_str(), nullptr, AT_SYMLINK_NOFOLLOW);
  return to;
}

absl::StatusOr<std::string> HashFile(const std::string& path) {
  const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (file.fd < 0) return Failed("open", path);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  absl::Status status = ReadAll(file.fd, path, [&](auto bytes) {
    crypto_hash_sha256_update(&state, bytes.data(), bytes.size());
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&state, hash);
  char hex[crypto_hash_sha256_BYTES * 2 + 1];
  return std::string(sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

void RemoveOlder(const std::string& folder, absl::Time now,
                 std::uint32_t days) {
  const std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()),
                                                &::closedir);
  if (dir == nullptr) return;
  const absl::Time oldest = now - absl::Hours(24) * days;
  for (int i = 0; i < kMostNames; ++i) {
    const dirent* const entry = ::readdir(dir.get());
    if (entry == nullptr) return;
    struct stat info {};
    if (::fstatat(::dirfd(dir.get()), entry->d_name, &info,
                  AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(info.st_mode) &&
        absl::FromUnixSeconds(info.st_mtim.tv_sec) < oldest) {
      ::unlinkat(::dirfd(dir.get()), entry->d_name, 0);
    }
  }
}

absl::StatusOr<SeenFiles> SeenFiles::Load(const std::string& dir) {
  SeenFiles seen;
  seen.path_ = clients::Cat(dir, "/drop.seen");
  const auto text = clients::ReadSmallFile(seen.path_);
  if (absl::IsNotFound(text.status())) return seen;
  if (!text.ok()) return text.status();
  constexpr std::size_t kHex = crypto_hash_sha256_BYTES * 2;
  constexpr std::size_t kLine = kHex + 1 + 10 + 1;
  std::string_view rest = *text;
  while (!rest.empty()) {
    if (rest.size() < kLine || rest[kHex] != ' ' || rest[kLine - 1] != '\n') {
      return clients::WithHint(
          absl::DataLossError(clients::Cat(seen.path_, " is damaged")),
          "remove it; a file that was read before may then be read again");
    }
    seen.entries_.emplace_back(rest.substr(0, kHex), rest.substr(kHex + 1, 10));
    rest.remove_prefix(kLine);
  }
  return seen;
}

std::string SeenFiles::DayOf(const std::string& hash) const {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->first == hash) return entry->second;
  }
  return "";
}

bool SeenFiles::IsLast(const std::string& hash) const {
  return !entries_.empty() && entries_.back().first == hash;
}

absl::Status SeenFiles::Add(const std::string& hash, const std::string& day) {
  entries_.emplace_back(hash, day);
  if (entries_.size() > kMostSeen) entries_.erase(entries_.begin());
  std::string text;
  for (const auto& [one, when] : entries_) {
    text += clients::Cat(one, " ", when, "\n");
  }
  return clients::WritePrivateFile(path_, text);
}

}  // namespace samkoer::agent
