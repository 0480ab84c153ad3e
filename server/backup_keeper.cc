#include "server/backup_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/backup_limits.h"
#include "server/backup_mailbox.h"
#include "server/log.h"
#include "server/metrics.h"
#include "storage/backup_set.h"

namespace samkoer::server {

std::unique_ptr<BackupKeeper> BackupKeeper::Start(
    BackupSource source, const v1::BackupConfig& config, Metrics& metrics,
    std::function<absl::Time()> now) {
  RemoveBackupCopy(source.data_dir);
  std::unique_ptr<BackupKeeper> keeper(
      new BackupKeeper(std::move(source), config, metrics, std::move(now)));
  if (config.folder().empty()) return keeper;
  keeper->thread_.emplace(kBackupLook, [raw = keeper.get()] { raw->Look(); });
  return keeper;
}

BackupKeeper::BackupKeeper(BackupSource source, const v1::BackupConfig& config,
                           Metrics& metrics, std::function<absl::Time()> now)
    : source_(std::move(source)),
      config_(config),
      now_(std::move(now)),
      newest_seconds_(metrics.AddGauge(
          "samkoer_backup_newest_timestamp_seconds",
          "When the newest backup was made that the present keyring opens, "
          "seconds since 1970; 0: none.")),
      failed_(metrics.AddGauge("samkoer_backup_failed",
                               "1 if the last try of a backup, or of the copy "
                               "of the keyring, failed.")),
      unreadable_(metrics.AddGauge(
          "samkoer_backup_unreadable",
          "Manifests in the folder that are damaged or signed by another key; "
          "while there is one, no file of older backups is removed.")),
      store_bytes_(
          metrics.AddGauge("samkoer_backup_store_bytes",
                           "Bytes of the store's files in the last backup.")),
      new_bytes_(metrics.AddGauge("samkoer_backup_new_bytes",
                                  "Bytes that the last backup wrote.")),
      took_seconds_(metrics.AddGauge("samkoer_backup_duration_seconds",
                                     "How long the last backup took.")),
      keyring_copy_(source_.keyring_file, config_.keyring_copy()) {
  metrics
      .AddGauge("samkoer_backup_interval_seconds",
                "The configured time between backups; 0: never by itself.")
      .Set(3600.0 * config.every_hours());
}

BackupKeeper::~BackupKeeper() { Stop(); }

void BackupKeeper::Stop() {
  stopping_ = true;
  if (thread_) thread_->Stop();
}

void BackupKeeper::ReadBackups() {
  backups_.clear();
  const auto verifier =
      crypto::NoteVerifier::Parse(source_.signer.VerifierKey());
  if (!verifier.ok()) return;
  auto listed = storage::ListBackups(config_.folder(), *verifier);
  if (!listed.ok()) return;  // the first backup makes the folder
  int unreadable = 0;
  for (const storage::ListedBackup& backup : *listed) {
    if (!backup.manifest.ok()) {
      ++unreadable;
      log::Warning("backup.unreadable", {{"status", backup.manifest.status()}});
      continue;
    }
    backups_.push_back({absl::FromUnixSeconds(backup.manifest->made_seconds),
                        backup.manifest->keks});
  }
  unreadable_.Set(unreadable);
}

absl::Time BackupKeeper::Newest(absl::Time now) const {
  const std::vector<std::uint32_t> live = source_.generations();
  absl::Time newest = absl::InfinitePast();
  for (const Seen& backup : backups_) {
    if (backup.made - now <= storage::kBackupClockSlack &&
        std::includes(live.begin(), live.end(), backup.keks.begin(),
                      backup.keks.end())) {
      newest = std::max(newest, backup.made);
    }
  }
  return newest;
}

void BackupKeeper::Look() {
  if (!backups_read_) ReadBackups();
  backups_read_ = true;
  UpdateKeyringCopy();
  ShowNewest();
  if (const auto token = TakeBackupRequest(source_.data_dir)) {
    Run(*token);
  } else if (Due()) {
    Run("");
  }
}

bool BackupKeeper::Due() const {
  const absl::Time now = now_();
  if (config_.every_hours() == 0) return false;
  // Longer than that only if the clock was set back.
  if (now < not_before_ && not_before_ - now <= kBackupRetry) return false;
  return now - Newest(now) >= absl::Hours(config_.every_hours());
}

void BackupKeeper::UpdateKeyringCopy() {
  const absl::Status status = keyring_copy_.Update();
  if (!status.ok() && status != keyring_status_) {
    log::Error("backup.keyring_copy_failed", {{"status", status}});
  }
  keyring_status_ = status;
  ShowFailure();
}

void BackupKeeper::ShowNewest() {
  const absl::Time newest = Newest(now_());
  newest_seconds_.Set(newest == absl::InfinitePast()
                          ? 0
                          : absl::ToDoubleSeconds(newest - absl::UnixEpoch()));
}

void BackupKeeper::ShowFailure() {
  failed_.Set(backup_failed_ || !keyring_status_.ok() ? 1 : 0);
}

void BackupKeeper::Run(const std::string& token) {
  BackupAnswer answer;
  answer.token = token;
  const auto tell = [&] {
    if (token.empty()) return;
    const absl::Status told = AnswerBackupRequest(source_.data_dir, answer);
    if (!told.ok()) log::Warning("backup.unanswered", {{"status", told}});
  };
  tell();
  const absl::Time begun = absl::Now();
  absl::Time told = begun;
  const auto progress = [&](std::uint64_t done, std::uint64_t total) {
    answer.done = done;
    answer.total = total;
    if (const absl::Time now = absl::Now(); now - told >= kBackupTell) {
      told = now;
      tell();
      UpdateKeyringCopy();
    }
    return !stopping_;
  };
  auto result = MakeBackup(source_, config_, now_(), progress);
  // A rotation that begins and ends meanwhile changes the keyring twice.
  for (int again = 0; again < 2 && absl::IsAborted(result.status()); ++again) {
    result = MakeBackup(source_, config_, now_(), progress);
  }
  if (result.ok()) {
    Succeeded(*result, absl::Now() - begun);
    answer.state = BackupAnswer::State::kDone;
    answer.result = *result;
  } else {
    not_before_ = now_() + kBackupRetry;
    answer.state = BackupAnswer::State::kFailed;
    answer.error = result.status();
    if (!stopping_) {
      backup_failed_ = true;
      log::Error("backup.failed", {{"status", result.status()}});
    }
  }
  ShowFailure();
  tell();
}

void BackupKeeper::Succeeded(const storage::BackupResult& result,
                             absl::Duration took) {
  backup_failed_ = false;
  not_before_ = absl::InfinitePast();
  ReadBackups();
  ShowNewest();
  store_bytes_.Set(static_cast<double>(result.bytes));
  new_bytes_.Set(static_cast<double>(result.new_bytes));
  took_seconds_.Set(absl::ToDoubleSeconds(took));
  log::Info("backup.made", {{"id", result.id},
                            {"files", result.files},
                            {"bytes", result.bytes},
                            {"new_files", result.new_files},
                            {"new_bytes", result.new_bytes},
                            {"removed", result.removed}});
}

}  // namespace samkoer::server
