#include "server/backup_job.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "crypto/file_io.h"
#include "crypto/sealed_file.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/exit_codes.h"

namespace samkoer::server {
namespace {

std::string CopyOf(const std::string& data_dir) {
  return data_dir + "/backup-copy";
}

// The file as it is, sealed under its passphrase.
absl::Status CopyKeyring(const std::string& from, const std::string& to) {
  const auto sealed =
      crypto::ReadFile(from, crypto::kMaxSealedPlaintextBytes + 4096,
                       crypto::FileAccess::kNotOthers);
  if (!sealed.ok()) return sealed.status();
  const absl::Status written =
      crypto::WriteFileAtomically(to, sealed->Expose(), /*replace=*/true);
  return WithHint(written,
                  "backup.keyring_copy must lie where this user may write");
}

}  // namespace

void RemoveBackupCopy(const std::string& data_dir) {
  std::error_code ignored;
  for (const char* ending : {"", ".tmp"}) {
    std::filesystem::remove_all(CopyOf(data_dir) + ending, ignored);
  }
}

absl::StatusOr<storage::BackupResult> MakeBackup(
    const BackupSource& source, const v1::BackupConfig& config, absl::Time now,
    const storage::BackupProgress& progress) {
  auto key = crypto::EncryptionKey::Parse(config.public_key());
  if (!key.ok()) return key.status();
  storage::BackupRequest request{
      .folder = config.folder(),
      .copy = CopyOf(source.data_dir),
      .key = *std::move(key),
      .head = {},
      .keep = config.keep(),
      .before_manifest = {},
      .progress = progress,
  };
  request.head.origin = source.signer.name();
  request.head.program = source.program;
  request.head.made_seconds = absl::ToUnixSeconds(now);
  // Before the copy: what the copy holds is live now, or newer.
  request.head.keks = source.generations();
  const crypto::Checkpoint checkpoint = source.log->checkpoint();
  request.head.log_size = checkpoint.size;
  request.head.log_root = checkpoint.root;

  RemoveBackupCopy(source.data_dir);
  const absl::Cleanup remove = [&] { RemoveBackupCopy(source.data_dir); };
  if (absl::Status s = source.copier->CopyTo(request.copy); !s.ok()) return s;
  const std::vector<std::uint32_t> at_copy = source.generations();
  for (const std::uint32_t generation : at_copy) {
    auto& keks = request.head.keks;
    if (!std::binary_search(keks.begin(), keks.end(), generation)) {
      keks.insert(std::upper_bound(keks.begin(), keks.end(), generation),
                  generation);
    }
  }
  request.before_manifest = [&]() -> absl::Status {
    if (!config.keyring_copy().empty()) {
      absl::Status s = CopyKeyring(source.keyring_file, config.keyring_copy());
      if (!s.ok()) return s;
    }
    // Behind the copy of the keyring, so that it opens what the manifest says.
    const std::vector<std::uint32_t> live = source.generations();
    if (!std::includes(live.begin(), live.end(), request.head.keks.begin(),
                       request.head.keks.end())) {
      return absl::AbortedError(
          "a rotation of the store's key ended during the backup, which nobody "
          "could open; it begins again");
    }
    return absl::OkStatus();
  };
  return storage::WriteBackup(request, source.signer);
}

}  // namespace samkoer::server
