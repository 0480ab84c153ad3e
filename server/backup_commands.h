// What both servers' programs do with backups on the command line, and
// `doctor`. Each function returns the process's exit code and has told errors
// on standard error.
#ifndef SAMKOER_SERVER_BACKUP_COMMANDS_H_
#define SAMKOER_SERVER_BACKUP_COMMANDS_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/store_checkup.h"

namespace samkoer::server {

struct BackupArguments {
  std::string config;  // the configuration file
  std::string out;     // backup-key: the new file
  std::string from;    // the folder of the backups; empty: the configured one
  std::string key;     // the file with the private key
  std::string backup;  // which one; empty: the newest
  std::string to;      // restore: the new folder; empty: the configured one
  std::string data;    // doctor: the store; empty: the configured one
  std::string verifier_key;        // backup-verify without the keyring
  std::vector<std::string> holds;  // files with checkpoints of the log
  bool all = false;                // backup-verify: every backup, not one
  bool despite_findings = false;   // restore: keep what is not in order
  bool json = false;               // doctor, backup-verify
};

// The store that the commands are about, with its `backup` block if it has one.
struct BackedUpStore {
  StoreAtRest at_rest;  // without its keyring,
  // which this reads; asking a running server needs no passphrase.
  std::function<absl::StatusOr<storage::Keyring>()> open_keyring;
  v1::BackupConfig backup;
  std::string version;  // the program's
};
using LoadStore = std::function<absl::StatusOr<BackedUpStore>()>;

// Makes a key pair: the private key into the new file `out`, mode 0600; prints
// the public one.
int MakeBackupKey(const BackupArguments& arguments);

// Makes a backup now: the running server does, or, if none runs, this process.
int BackUp(const LoadStore& load);

// Without a private key, compares the encrypted files with their hashes; with
// `verifier_key` that needs neither keyring nor passphrase, and with `from` no
// configuration either. With a private key, restores into a folder beside the
// store's that is removed afterwards, and checks all of it.
int VerifyBackup(const LoadStore& load, const BackupArguments& arguments);

// Restores one backup into a folder that is not there or empty, checks all of
// it, marks it as restored (storage/restored_mark.h), and only then gives it
// its name. With findings it is removed, unless `despite_findings`; the code is
// then 1.
int RestoreBackup(const LoadStore& load, const BackupArguments& arguments);

// Checks everything and writes nothing; 0 if there is no finding, 1 if there
// is.
int Doctor(const LoadStore& load, const BackupArguments& arguments);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_BACKUP_COMMANDS_H_
