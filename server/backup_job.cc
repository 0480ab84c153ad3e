#include "server/backup_job.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/keyring_copy.h"

namespace samkoer::server {
namespace {

std::string CopyOf(const std::string& data_dir) {
  return data_dir + "/backup-copy";
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
  request.head.server_stopped = source.server_stopped;
  request.head.program = source.program;
  request.head.made_seconds = absl::ToUnixSeconds(now);
  const auto keyring_before = LookAtFile(source.keyring_file);
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
    KeyringCopy copy(source.keyring_file, config.keyring_copy());
    if (absl::Status s = copy.Copy(); !s.ok()) return s;
    // Behind the copy of the keyring, so that it opens what the manifest says.
    const std::vector<std::uint32_t> live = source.generations();
    // The end of a rotation takes a key from the file before it is told of.
    const auto keyring_now = LookAtFile(source.keyring_file);
    const bool ending =
        live.size() > 1 && !(keyring_before && keyring_now &&
                             SameFile(*keyring_before, *keyring_now));
    if (ending ||
        !std::includes(live.begin(), live.end(), request.head.keks.begin(),
                       request.head.keks.end())) {
      return absl::AbortedError(
          "the keyring changed during the backup, as at the end of a rotation, "
          "and perhaps nobody could open it; it begins again");
    }
    return absl::OkStatus();
  };
  return storage::WriteBackup(request, source.signer);
}

}  // namespace samkoer::server
