#include "server/keyring_copy.h"

#include "crypto/file_io.h"
#include "crypto/sealed_file.h"
#include "server/exit_codes.h"
#include "storage/keyring_file.h"

namespace samkoer::server {

bool SameFile(const struct stat& a, const struct stat& b) {
  return a.st_dev == b.st_dev && a.st_ino == b.st_ino &&
         a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec &&
         a.st_ctim.tv_sec == b.st_ctim.tv_sec &&
         a.st_ctim.tv_nsec == b.st_ctim.tv_nsec;
}

std::optional<struct stat> LookAtFile(const std::string& path) {
  struct stat found {};
  if (::stat(path.c_str(), &found) != 0) return std::nullopt;
  return found;
}

absl::Status KeyringCopy::Copy() {
  if (to_.empty()) return absl::OkStatus();
  // Before the file is read: what changes meanwhile is copied the next time.
  const std::optional<struct stat> found = LookAtFile(from_);
  storage::RemoveKeyringLeftovers(to_);
  const auto sealed =
      crypto::ReadFile(from_, crypto::kMaxSealedPlaintextBytes + 4096,
                       crypto::FileAccess::kNotOthers);
  if (!sealed.ok()) return sealed.status();
  const absl::Status written =
      crypto::WriteFileAtomically(to_, sealed->Expose(), /*replace=*/true);
  if (!written.ok()) {
    return WithHint(written,
                    "backup.keyring_copy must lie where this user may write");
  }
  copied_ = found;
  return absl::OkStatus();
}

absl::Status KeyringCopy::Update() {
  if (to_.empty()) return absl::OkStatus();
  const std::optional<struct stat> now = LookAtFile(from_);
  if (now && copied_ && SameFile(*now, *copied_)) return absl::OkStatus();
  return Copy();
}

}  // namespace samkoer::server
