#include "server/backup_keeper.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/backup_limits.h"
#include "server/backup_mailbox.h"
#include "server/log.h"
#include "server/metrics.h"

namespace samkoer::server {

std::unique_ptr<BackupKeeper> BackupKeeper::Start(
    BackupSource source, const v1::BackupConfig& config, Metrics& metrics,
    std::function<absl::Time()> now) {
  RemoveBackupCopy(source.data_dir);
  std::unique_ptr<BackupKeeper> keeper(
      new BackupKeeper(std::move(source), config, metrics, std::move(now)));
  if (config.folder().empty()) return keeper;
  keeper->ReadNewest();
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
          "When the newest backup was made, seconds since 1970; 0: none.")),
      failed_(metrics.AddGauge("samkoer_backup_failed",
                               "1 if the last try of a backup failed.")),
      store_bytes_(
          metrics.AddGauge("samkoer_backup_store_bytes",
                           "Bytes of the store's files in the last backup.")),
      new_bytes_(metrics.AddGauge("samkoer_backup_new_bytes",
                                  "Bytes that the last backup wrote.")),
      took_seconds_(metrics.AddGauge("samkoer_backup_duration_seconds",
                                     "How long the last backup took.")) {
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

void BackupKeeper::ReadNewest() {
  const auto verifier =
      crypto::NoteVerifier::Parse(source_.signer.VerifierKey());
  if (!verifier.ok()) return;
  auto listed = storage::ListBackups(config_.folder(), *verifier);
  if (!listed.ok()) return;  // the first backup makes the folder
  for (const storage::ListedBackup& backup : *listed) {
    if (!backup.manifest.ok()) {
      log::Warning("backup.unreadable", {{"status", backup.manifest.status()}});
      continue;
    }
    newest_ = absl::FromUnixSeconds(backup.manifest->made_seconds);
    newest_keks_ = backup.manifest->keks;
  }
  if (newest_ != absl::InfinitePast()) {
    newest_seconds_.Set(absl::ToDoubleSeconds(newest_ - absl::UnixEpoch()));
  }
}

void BackupKeeper::Look() {
  if (const auto token = TakeBackupRequest(source_.data_dir)) {
    Run(*token);
  } else if (Due()) {
    Run("");
  }
}

bool BackupKeeper::Due() const {
  const absl::Time now = now_();
  if (config_.every_hours() == 0 || now < not_before_) return false;
  if (now - newest_ >= absl::Hours(config_.every_hours())) return true;
  const std::vector<std::uint32_t> live = source_.generations();
  return !std::includes(live.begin(), live.end(), newest_keks_.begin(),
                        newest_keks_.end());
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
    }
    return !stopping_;
  };
  auto result = MakeBackup(source_, config_, now_(), progress);
  if (absl::IsAborted(result.status())) {
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
      failed_.Set(1);
      log::Error("backup.failed", {{"status", result.status()}});
    }
  }
  tell();
}

void BackupKeeper::Succeeded(const storage::BackupResult& result,
                             absl::Duration took) {
  failed_.Set(0);
  not_before_ = absl::InfinitePast();
  ReadNewest();
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
