#include "storage/keyring_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/sealed_file.h"

namespace samkoer::storage {
namespace {

namespace fs = std::filesystem;

std::string FolderOf(const std::string& path) {
  const std::string folder = fs::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

absl::Status Unusable(const std::string& path, const absl::Status& status) {
  return absl::FailedPreconditionError(absl::StrCat(
      "the keyring file cannot be changed: ", status.message(), "; ", path,
      ", its folder and its passphrase must be there "
      "while the server runs, and the folder writable"));
}

}  // namespace

void RemoveKeyringLeftovers(const std::string& path) {
  const std::string start = fs::path(path).filename().string() + ".tmp.";
  std::error_code error;
  for (fs::directory_iterator it(FolderOf(path), error), end;
       !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (it->path().filename().string().starts_with(start)) {
      fs::remove(it->path(), ignored);
    }
  }
}

absl::StatusOr<KeyringLock> KeyringLock::Take(const std::string& keyring_path) {
  const std::string folder = FolderOf(keyring_path);
  const int fd = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    return absl::FailedPreconditionError(
        absl::StrCat("cannot open ", folder, ": ", std::strerror(errno)));
  }
  KeyringLock lock(fd);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "another program is changing ", keyring_path, "; try again later"));
  }
  return lock;
}

KeyringLock::KeyringLock(KeyringLock&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {}

KeyringLock::~KeyringLock() {
  if (fd_ >= 0) ::close(fd_);
}

absl::StatusOr<Keyring> KeyringFile::Change(
    const ValueSealer& in_use,
    const std::function<void(Keyring&)>& change) const {
  const auto lock = KeyringLock::Take(path_);
  if (!lock.ok()) return Unusable(path_, lock.status());
  RemoveKeyringLeftovers(path_);  // nobody else writes: the lock is held
  const auto passphrase = passphrase_();
  if (!passphrase.ok()) return Unusable(path_, passphrase.status());
  const auto strength = crypto::StrengthOfSealedFile(path_);
  if (!strength.ok()) return Unusable(path_, strength.status());
  auto keyring = Keyring::Load(path_, kind_, *passphrase);
  if (!keyring.ok()) return Unusable(path_, keyring.status());
  const std::uint32_t current = in_use.current_generation();
  const auto found = keyring->keks.find(current);
  if (found == keyring->keks.end() || !in_use.Holds(current, found->second)) {
    return absl::FailedPreconditionError(absl::StrCat(
        path_, " is not the keyring that this server started with"));
  }
  change(*keyring);
  const absl::Status saved =
      keyring->Save(path_, *passphrase, *strength, /*replace=*/true);
  if (!saved.ok()) return Unusable(path_, saved);
  return keyring;
}

absl::StatusOr<Keyring> KeyringFile::BeginGeneration(const ValueSealer& in_use,
                                                     absl::Time now) const {
  return Change(in_use, [&](Keyring& keyring) {
    if (keyring.current_generation == in_use.current_generation()) {
      keyring.AddKek(now);
    }
  });
}

absl::StatusOr<Keyring> KeyringFile::DropOlder(
    const ValueSealer& in_use) const {
  return Change(in_use, [](Keyring& keyring) { keyring.DropOlderKeks(); });
}

}  // namespace samkoer::storage
