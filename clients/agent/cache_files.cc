#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "clients/agent/little_endian.h"
#include "clients/agent/pseudonym_cache.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

// Walks the frames by their lengths, which stand in the clear.
std::uint64_t CountEntries(const std::string& path, std::uint64_t size) {
  constexpr std::uint64_t kPurposeLengthAt = 18 + 1 + 4 + 32;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  std::uint64_t entries = 0;
  std::uint8_t purpose = 0;
  if (::pread(fd, &purpose, 1, kPurposeLengthAt) == 1) {
    std::uint64_t at =
        kPurposeLengthAt + 1 + purpose + crypto::kSealOverheadBytes;
    for (char length[4];
         at + sizeof(length) <= size &&
         ::pread(fd, length, sizeof(length), static_cast<off_t>(at)) == 4;) {
      const std::uint64_t frame = GetU32({length, sizeof(length)});
      at += sizeof(length) + frame;
      if (frame < crypto::kSealOverheadBytes || at > size) break;
      entries +=
          (frame - crypto::kSealOverheadBytes) / PseudonymCache::kEntryBytes;
    }
  }
  ::close(fd);
  return entries;
}

absl::Status Remove(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
      return absl::PermissionDeniedError(
          clients::Cat("cannot remove ", path, ": ", std::strerror(errno)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

std::string CacheKeyPath(const std::string& dir) {
  return clients::Cat(dir, "/cache.key");
}

std::vector<CacheFileInfo> ListCaches(const std::string& dir) {
  std::vector<CacheFileInfo> files;
  DIR* const handle = ::opendir(dir.c_str());
  if (handle == nullptr) return files;
  while (const dirent* entry = ::readdir(handle)) {
    const std::string_view name = entry->d_name;
    if (!name.starts_with("pseudonyms-") || !name.ends_with(".cache")) continue;
    CacheFileInfo file{.path = clients::Cat(dir, "/", name)};
    struct stat info {};
    if (::stat(file.path.c_str(), &info) != 0) continue;
    file.bytes = static_cast<std::uint64_t>(info.st_size);
    file.entries = CountEntries(file.path, file.bytes);
    files.push_back(std::move(file));
  }
  ::closedir(handle);
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

absl::Status RemoveCachesBefore(const std::string& dir,
                                std::string_view purpose, std::uint32_t epoch) {
  const std::string start = clients::Cat(dir, "/pseudonyms-", purpose, "-");
  std::vector<std::string> paths;
  for (const CacheFileInfo& file : ListCaches(dir)) {
    if (!file.path.starts_with(start)) continue;
    const std::string rest = file.path.substr(start.size());
    std::uint32_t of = 0;
    const auto [end, error] =
        std::from_chars(rest.data(), rest.data() + rest.size(), of);
    if (error == std::errc() && std::string_view(end) == ".cache" &&
        of < epoch) {
      paths.push_back(file.path);
    }
  }
  return Remove(paths);
}

absl::Status ClearCaches(const std::string& dir) {
  std::vector<std::string> paths = {CacheKeyPath(dir)};
  for (const CacheFileInfo& file : ListCaches(dir)) paths.push_back(file.path);
  return Remove(paths);
}

}  // namespace samkoer::agent
