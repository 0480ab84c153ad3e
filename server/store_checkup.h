// The check of a whole store at rest, for `doctor` and for restored backups.
#ifndef SAMKOER_SERVER_STORE_CHECKUP_H_
#define SAMKOER_SERVER_STORE_CHECKUP_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/signed_note.h"
#include "storage/findings.h"
#include "storage/keyring.h"
#include "storage/meta.h"
#include "storage/store_check.h"

namespace samkoer::server {

// What one program knows of its store.
struct StoreAtRest {
  std::string program;      // "samkoer-matcherd"
  std::string config_path;  // for hints
  std::string data_dir;
  std::string keyring_file;
  std::string checkpoint_file;
  storage::StoreIdentity identity;
  storage::Keyring keyring;
  // Files with signed checkpoints of the log, as others have seen it: the log
  // must hold each, or be older and then say so.
  std::vector<std::string> seen_checkpoints;
  // Checks the program's own tables; errors as storage/store_check.h.
  std::function<absl::Status(const storage::CheckedStore& store,
                             storage::Findings& findings)>
      check_tables;
};

// What the log must be equal to or extend.
struct LogPromise {
  std::uint64_t size = 0;
  crypto::Hash32 root{};
};

struct CheckupResult {
  storage::Findings findings;
  std::uint64_t values = 0;
  std::uint64_t log_size = 0;
  crypto::Hash32 log_root{};
};

// Told what is being checked, and how many values of about how many are done.
using CheckupProgress = std::function<bool(const char* what, std::uint64_t done,
                                           std::uint64_t total)>;

// Opens the store in `data_dir`, which no server may have open, and checks all
// of it; nothing is written. With `promise` the log is compared with that instead of the checkpoint
// outside. An error, not a finding, is what keeps from checking at all:
// NOT_FOUND, FAILED_PRECONDITION (open in another process, another's store),
// PERMISSION_DENIED, CANCELLED.
absl::StatusOr<CheckupResult> CheckStore(const StoreAtRest& store,
                                         const std::string& data_dir,
                                         const LogPromise* promise,
                                         const CheckupProgress& progress);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_STORE_CHECKUP_H_
