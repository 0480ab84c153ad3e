#include "server/backup_commands.h"

#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "crypto/encrypted_file.h"
#include "crypto/file_io.h"
#include "server/backup_job.h"
#include "server/backup_limits.h"
#include "server/backup_mailbox.h"
#include "server/checkup_text.h"
#include "server/exit_codes.h"
#include "server/folder_check.h"
#include "server/signals.h"
#include "server/terminal_progress.h"
#include "storage/atomic_file.h"
#include "storage/audit_log.h"
#include "storage/backup_set.h"
#include "storage/restored_mark.h"
#include "storage/rocksdb_engine.h"

namespace samkoer::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxKeyFileBytes = 4096;
constexpr std::string_view kNoRoom =
    "make room on that disk, or lower backup.keep and restart the server; "
    "older backups are as they were";
constexpr char kNoFolder[] =
    "say --from, or write `backup` into the configuration";

std::string Size(std::uint64_t bytes) {
  return absl::StrFormat("%.1f MiB", static_cast<double>(bytes) / (1 << 20));
}

absl::StatusOr<BackedUpStore> LoadWithKeyring(
    const LoadStore& load, const BackupArguments& arguments) {
  auto store = load();
  if (!store.ok()) return store.status();
  store->at_rest.seen_checkpoints = arguments.holds;
  auto keyring = store->open_keyring();
  if (!keyring.ok()) {
    return WithHint(keyring.status(),
                    "the keyring and its passphrase lie apart from the "
                    "backups; without them no backup can be read");
  }
  store->at_rest.keyring = *std::move(keyring);
  return store;
}

absl::StatusOr<crypto::NoteVerifier> VerifierOf(const StoreAtRest& store) {
  const auto signer = store.keyring.Signer();
  if (!signer.ok()) return signer.status();
  return crypto::NoteVerifier::Parse(signer->VerifierKey());
}

// With no server running, by this process.
absl::StatusOr<storage::BackupResult> BackUpHere(
    const BackedUpStore& store, storage::Engine& engine,
    const storage::BackupProgress& progress) {
  const storage::Keyring& keyring = store.at_rest.keyring;
  const auto sealer = keyring.Sealer();
  if (!sealer.ok()) return sealer.status();
  const auto meta = storage::LoadMeta(engine, *sealer, store.at_rest.identity);
  if (!meta.ok()) return meta.status();
  auto signer = keyring.Signer();
  if (!signer.ok()) return signer.status();
  const auto log =
      storage::AuditLog::Open(engine, *sealer, *signer, meta->index_key);
  if (!log.ok()) return log.status();
  std::vector<std::uint32_t> generations;
  for (const auto& [generation, key] : keyring.keks) {
    generations.push_back(generation);
  }
  return MakeBackup({storage::CopierOf(engine), log->get(), *std::move(signer),
                     store.at_rest.data_dir, store.at_rest.keyring_file,
                     [&] { return generations; }, store.version,
                     /*server_stopped=*/true},
                    store.backup, absl::Now(), progress);
}

absl::StatusOr<crypto::DecryptionKey> ReadKey(const std::string& path) {
  const auto text =
      crypto::ReadFile(path, kMaxKeyFileBytes, crypto::FileAccess::kNotOthers);
  if (!text.ok()) return text.status();
  const auto key = crypto::DecryptionKey::Parse(*text);
  if (key.ok()) return key;
  return absl::InvalidArgumentError(
      absl::StrCat(path, ": ", key.status().message()));
}

std::string FolderOf(const BackedUpStore& store,
                     const BackupArguments& arguments) {
  return arguments.from.empty() ? store.backup.folder() : arguments.from;
}

std::string TimeOf(const storage::BackupManifest& backup) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC",
                          absl::FromUnixSeconds(backup.made_seconds),
                          absl::UTCTimeZone());
}

// Nobody can open it any more, whoever has its private key.
absl::Status CheckKeks(const storage::BackupManifest& backup,
                       const storage::Keyring& keyring) {
  for (const std::uint32_t generation : backup.keks) {
    if (keyring.keks.contains(generation)) continue;
    return WithHint(
        absl::FailedPreconditionError(
            absl::StrCat("the backup is sealed under key-encryption key ",
                         generation, ", which the keyring does not have")),
        "a keyring of then opens it, if one was kept; a newer backup is sealed "
        "under a newer key");
  }
  return absl::OkStatus();
}

// So that what is half restored is removed before the process ends.
bool IsStopped() {
  return WaitForSignal(absl::ZeroDuration()) != SignalEvent::kNone;
}

// Restores into `to`, which is not there, and checks it; what was found. `to`
// is removed after an error and, unless `keep`, a finding.
absl::StatusOr<CheckupResult> RestoreAndCheck(
    const BackedUpStore& store, const std::string& folder,
    const storage::BackupManifest& backup, const crypto::DecryptionKey& key,
    const std::string& to, bool keep) {
  if (absl::Status s = CheckKeks(backup, store.at_rest.keyring); !s.ok()) {
    return s;
  }
  BlockSignals();
  std::error_code ignored;
  fs::remove_all(to, ignored);  // what an interrupted call left
  TerminalProgress progress;
  absl::Status restored = storage::RestoreFiles(
      folder, backup, key, to, [&](std::uint64_t done, std::uint64_t total) {
        return progress.Show("restoring", done, total) && !IsStopped();
      });
  if (!restored.ok()) return restored;
  absl::Cleanup undo = [&] { fs::remove_all(to, ignored); };
  const LogPromise promise{backup.log_size, backup.log_root};
  auto checked = CheckStore(
      store.at_rest, to, &promise,
      [&](const char* what, std::uint64_t done, std::uint64_t total) {
        return progress.Show(absl::StrCat("checking ", what), done, total) &&
               !IsStopped();
      });
  if (!checked.ok()) return checked.status();
  const std::uint64_t findings = checked->findings.count();
  if (findings != 0) std::cerr << CheckupText(*checked, to);
  if (findings != 0 && !keep) {
    return absl::DataLossError("the restored store is not in order");
  }
  std::move(undo).Cancel();
  return checked;
}

// The start asks for a declared loss while the mark stands.
absl::Status MarkRestored(const StoreAtRest& store,
                          const storage::BackupManifest& backup,
                          const std::string& data_dir) {
  const auto sealer = store.keyring.Sealer();
  if (!sealer.ok()) return sealer.status();
  const auto engine = storage::OpenRocksDb(data_dir, {});
  if (!engine.ok()) return engine.status();
  return storage::WriteRestoredMark(**engine, *sealer,
                                    backup.server_stopped
                                        ? storage::RestoredMark::kStopped
                                        : storage::RestoredMark::kRunning);
}

// Whether the server has removed it since it was listed.
bool IsGone(const std::string& folder, const storage::ListedBackup& backup,
            const crypto::NoteVerifier& verifier) {
  return absl::IsNotFound(
      storage::FindBackup(folder, backup.id, verifier, absl::Now()).status());
}

absl::Status VerifyOne(const BackedUpStore& store, const std::string& folder,
                       const storage::ListedBackup& backup,
                       const crypto::NoteVerifier& verifier,
                       const BackupArguments& arguments) {
  if (!backup.manifest.ok()) return backup.manifest.status();
  absl::Status status;
  std::string found = "its files are whole";
  {
    TerminalProgress progress;
    status = storage::CheckBackup(
        folder, *backup.manifest, [&](std::uint64_t done, std::uint64_t total) {
          return progress.Show(backup.id, done, total);
        });
  }
  if (status.ok() && !arguments.key.empty()) {
    const auto key = ReadKey(arguments.key);
    if (!key.ok()) return key.status();
    const std::string scratch =
        (arguments.to.empty() ? store.at_rest.data_dir : arguments.to) +
        ".verify";
    const auto checked =
        RestoreAndCheck(store, folder, *backup.manifest, *key, scratch,
                        /*keep=*/false);
    status = checked.status();
    if (status.ok()) {
      found = absl::StrCat("restored for a trial, checked, in order: ",
                           HeldText(*checked));
    }
    std::error_code ignored;
    fs::remove_all(scratch, ignored);
  }
  if (absl::IsDataLoss(status) && IsGone(folder, backup, verifier)) {
    return absl::UnavailableError(absl::StrCat(
        backup.id, ": was removed meanwhile, because a newer one was made"));
  }
  if (!status.ok()) return status;
  std::cout << backup.id << ": " << TimeOf(*backup.manifest) << ", "
            << backup.manifest->files.size() << " files, "
            << Size(backup.manifest->TotalBytes()) << ", log of "
            << backup.manifest->log_size << " leaves: " << found << '\n';
  return absl::OkStatus();
}

}  // namespace

int MakeBackupKey(const BackupArguments& arguments) {
  const auto key = crypto::DecryptionKey::Random();
  const absl::Status written = crypto::WriteFileAtomically(
      arguments.out, key.Text().Expose(), /*replace=*/false);
  if (!written.ok()) return FailWith(written);
  std::cout << key.Public().Text() << '\n';
  std::cerr << "Into the configuration goes the line above, as "
               "backup.public_key.\nTake "
            << arguments.out
            << " away from this machine, twice, to places where no backup "
               "lies:\nwithout it no backup can be restored.\n";
  return kExitOk;
}

int BackUp(const LoadStore& load) {
  auto store = load();
  if (!store.ok()) return FailWith(store.status());
  if (store->backup.folder().empty()) {
    return FailWith(
        absl::InvalidArgumentError("the configuration has no `backup`"),
        "docs/operations.md, Backups, says what stands there");
  }
  // Also where a server runs: it could not read the request.
  if (absl::Status s =
          CheckNotAnothers(store->at_rest.data_dir, store->at_rest.program);
      !s.ok()) {
    return FailWith(s);
  }
  TerminalProgress progress;
  const auto show = [&](std::uint64_t done, std::uint64_t total) {
    return progress.Show("backing up", done, total);
  };
  auto result = [&]() -> absl::StatusOr<storage::BackupResult> {
    const auto engine = storage::OpenRocksDb(store->at_rest.data_dir, {});
    if (absl::IsFailedPrecondition(engine.status())) {
      return AskForBackup(store->at_rest.data_dir, kBackupTaken, show);
    }
    if (!engine.ok()) return engine.status();
    auto keyring = store->open_keyring();
    if (!keyring.ok()) return keyring.status();
    store->at_rest.keyring = *std::move(keyring);
    return BackUpHere(*store, **engine, show);
  }();
  if (!result.ok()) {
    return FailWith(result.status(), absl::IsResourceExhausted(result.status())
                                         ? kNoRoom
                                         : std::string_view());
  }
  std::cout << result->id << ": " << result->files << " files, "
            << Size(result->bytes) << "; new: " << result->new_files
            << " files, " << Size(result->new_bytes)
            << "; older backups removed: " << result->removed << '\n';
  return kExitOk;
}

int VerifyBackup(const LoadStore& load, const BackupArguments& arguments) {
  const bool keyless = !arguments.verifier_key.empty();
  if (keyless && !arguments.key.empty()) {
    std::cerr << "error: --verifier-key is for a check without --key\n";
    return kExitUsage;
  }
  if (arguments.config.empty() && (!keyless || arguments.from.empty())) {
    std::cerr << "error: --config is missing\nhint: only --from with "
                 "--verifier-key does without it\n";
    return kExitUsage;
  }
  const auto store = [&]() -> absl::StatusOr<BackedUpStore> {
    if (!keyless) return LoadWithKeyring(load, arguments);
    if (arguments.config.empty()) return BackedUpStore();
    return load();
  }();
  if (!store.ok()) return FailWith(store.status());
  const auto verifier =
      keyless ? crypto::NoteVerifier::Parse(arguments.verifier_key)
              : VerifierOf(store->at_rest);
  if (!verifier.ok()) return FailWith(verifier.status());
  const std::string folder = FolderOf(*store, arguments);
  if (folder.empty()) {
    return FailWith(absl::InvalidArgumentError("no folder of backups"),
                    kNoFolder);
  }
  if (!arguments.all) {
    const auto found =
        storage::FindBackup(folder, arguments.backup, *verifier, absl::Now());
    if (!found.ok()) return FailWith(found.status());
    const absl::Status status =
        VerifyOne(*store, folder, *found, *verifier, arguments);
    return status.ok() ? kExitOk : FailWith(status);
  }
  const auto listed = storage::ListBackups(folder, *verifier);
  if (!listed.ok()) return FailWith(listed.status());
  if (listed->empty()) {
    return FailWith(absl::NotFoundError("no backup in " + folder));
  }
  int code = kExitOk;
  for (const storage::ListedBackup& backup : *listed) {
    const absl::Status status =
        VerifyOne(*store, folder, backup, *verifier, arguments);
    if (absl::IsUnavailable(status)) {
      std::cout << status.message() << '\n';  // nothing is wrong with it
    } else if (!status.ok()) {
      code = FailWith(status);
    }
    if (absl::IsCancelled(status)) break;
  }
  return code;
}

int RestoreBackup(const LoadStore& load, const BackupArguments& arguments) {
  const auto store = LoadWithKeyring(load, arguments);
  if (!store.ok()) return FailWith(store.status());
  const auto verifier = VerifierOf(store->at_rest);
  if (!verifier.ok()) return FailWith(verifier.status());
  const auto key = ReadKey(arguments.key);
  if (!key.ok()) return FailWith(key.status());
  const std::string folder = FolderOf(*store, arguments);
  if (folder.empty()) {
    return FailWith(absl::InvalidArgumentError("no folder of backups"),
                    kNoFolder);
  }
  const auto found =
      storage::FindBackup(folder, arguments.backup, *verifier, absl::Now());
  if (!found.ok()) return FailWith(found.status());
  std::string to =
      fs::path(arguments.to.empty() ? store->at_rest.data_dir : arguments.to)
          .lexically_normal();
  while (to.size() > 1 && to.ends_with('/')) to.pop_back();
  if (absl::Status s = CheckNotAnothers(to, store->at_rest.program); !s.ok()) {
    return FailWith(s);
  }
  std::error_code error;
  if (fs::exists(to, error) &&
      (!fs::is_directory(to, error) || !fs::is_empty(to, error))) {
    return FailWith(
        absl::AlreadyExistsError(to + " is there, and not an empty folder"),
        "a restored store never replaces one: move that one away first");
  }
  const std::string made = to + ".restoring";
  const auto checked = RestoreAndCheck(*store, folder, *found->manifest, *key,
                                       made, arguments.despite_findings);
  if (!checked.ok()) {
    return FailWith(checked.status(),
                    absl::IsDataLoss(checked.status())
                        ? "try an older one: --backup; with --despite-findings "
                          "it is kept as it is"
                        : "");
  }
  const std::uint64_t findings = checked->findings.count();
  const absl::Status marked =
      MarkRestored(store->at_rest, *found->manifest, made);
  if (!marked.ok()) {
    fs::remove_all(made, error);
    return FailWith(marked);
  }
  fs::rename(made, to, error);  // an empty folder gives way
  if (error) {
    return FailWith(absl::PermissionDeniedError(
        absl::StrCat("cannot rename ", made, ": ", error.message())));
  }
  const absl::Status synced =
      storage::SyncDirectory(fs::absolute(to, error).parent_path());
  if (!synced.ok()) return FailWith(synced);
  std::cout << found->id << ": " << TimeOf(*found->manifest) << ", "
            << found->manifest->files.size() << " files, "
            << Size(found->manifest->TotalBytes()) << ", log of "
            << found->manifest->log_size << " leaves: restored to " << to
            << ", checked, "
            << (findings == 0 ? std::string("in order")
                              : absl::StrCat("kept with ", findings,
                                             " findings: --despite-findings"))
            << ": " << HeldText(*checked) << '\n';
  std::cerr
      << (found->manifest->server_stopped
              ? "It was made while the server was stopped: the start "
                "wants the checkpoint outside\nthat the server left then. "
                "With any other it is a loss, and refused until a\n"
              : "A server that ran may have written more after it: the "
                "start is refused until a\n")
      << "privacy officer has approved the loss: " << store->at_rest.program
      << " run --declare-loss, once\n(docs/operations.md, Backups).\n";
  return findings == 0 ? kExitOk : 1;
}

int Doctor(const LoadStore& load, const BackupArguments& arguments) {
  const auto store = LoadWithKeyring(load, arguments);
  if (!store.ok()) return FailWith(store.status());
  const std::string data =
      arguments.data.empty() ? store->at_rest.data_dir : arguments.data;
  const auto checked = [&] {
    TerminalProgress progress;
    return CheckStore(
        store->at_rest, data, nullptr,
        [&](const char* what, std::uint64_t done, std::uint64_t total) {
          return progress.Show(absl::StrCat("checking ", what), done, total);
        });
  }();
  if (!checked.ok()) {
    return FailWith(checked.status(),
                    absl::IsFailedPrecondition(checked.status())
                        ? "stop the server first; it checks a restored backup "
                          "beside it, too: --data FOLDER"
                        : "");
  }
  std::cout << (arguments.json ? CheckupJson(*checked, data)
                               : CheckupText(*checked, data));
  return checked->findings.count() == 0 ? kExitOk : 1;
}

}  // namespace samkoer::server
