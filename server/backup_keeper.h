// The backups of a running server: by its configuration's schedule, and when
// `backup` on the command line asks (backup_mailbox.h). A backup that fails is
// logged and counted, never in the way of the service, and tried again after
// kBackupRetry.
//
// One is due when the newest that is there is `every_hours` old. What can be
// opened no more, because a rotation of the store's key has ended, and what is
// dated in the future does not count: then one is due at once. The copy of the
// keyring is replaced whenever the keyring has changed, backup or not.
//
// Thread safety: all methods may be called from many threads at once.
#ifndef SAMKOER_SERVER_BACKUP_KEEPER_H_
#define SAMKOER_SERVER_BACKUP_KEEPER_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/backup_job.h"
#include "server/keyring_copy.h"
#include "server/periodic.h"

namespace samkoer::server {

class Gauge;
class Metrics;

class BackupKeeper {
 public:
  // Starts its thread, which alone touches the folder, so that a share that
  // hangs keeps nobody waiting; if `config` has no folder it does nothing but
  // show that in the metrics. What `source` points to and `metrics` must
  // outlive it.
  static std::unique_ptr<BackupKeeper> Start(BackupSource source,
                                             const v1::BackupConfig& config,
                                             Metrics& metrics,
                                             std::function<absl::Time()> now);
  ~BackupKeeper();  // as Stop()

  // Ends a running backup, which then is not there. May be repeated.
  void Stop();

 private:
  BackupKeeper(BackupSource source, const v1::BackupConfig& config,
               Metrics& metrics, std::function<absl::Time()> now);
  void ReadBackups();
  void Look();
  // When the newest backup was made that counts; InfinitePast: there is none.
  absl::Time Newest(absl::Time now) const;
  bool Due() const;
  void UpdateKeyringCopy();
  void ShowNewest();
  void ShowFailure();
  // `token` empty: nobody asked.
  void Run(const std::string& token);
  void Succeeded(const storage::BackupResult& result, absl::Duration took);

  const BackupSource source_;
  const v1::BackupConfig config_;
  const std::function<absl::Time()> now_;
  Gauge& newest_seconds_;
  Gauge& failed_;
  Gauge& unreadable_;
  Gauge& store_bytes_;
  Gauge& new_bytes_;
  Gauge& took_seconds_;
  std::atomic<bool> stopping_ = false;

  // The thread's alone.
  struct Seen {
    absl::Time made;
    std::vector<std::uint32_t> keks;
  };
  std::vector<Seen> backups_;
  bool backups_read_ = false;
  absl::Time not_before_ = absl::InfinitePast();
  bool backup_failed_ = false;
  KeyringCopy keyring_copy_;
  absl::Status keyring_status_;

  std::optional<Periodic> thread_;  // the last member: uses the others
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_BACKUP_KEEPER_H_
