// The key service's store: quotas, its own audit log and which keys have come
// into use. The OPRF seeds are not in it.
#ifndef SAMKOER_SERVER_KEYD_STORE_H_
#define SAMKOER_SERVER_KEYD_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/live_keys.h"
#include "storage/audit_log.h"
#include "storage/checkpoint_guard.h"
#include "storage/engine.h"
#include "storage/keyring.h"
#include "storage/meta.h"
#include "storage/sealed_value.h"

namespace samkoer::server {

// An open store. Members are destroyed in the reverse order. Not movable: the
// log refers to the sealer.
struct KeydStore {
  explicit KeydStore(storage::ValueSealer value_sealer)
      : sealer(std::move(value_sealer)) {}
  KeydStore(const KeydStore&) = delete;
  KeydStore& operator=(const KeydStore&) = delete;

  std::unique_ptr<storage::Engine> engine;
  storage::ValueSealer sealer;
  storage::StoreMeta meta;
  std::unique_ptr<storage::AuditLog> log;
  std::unique_ptr<storage::CheckpointGuard> guard;
};

// Makes the store in `config.data_dir` with the leaf STORE_CREATED, writes the
// checkpoint outside, and pins the keys. ALREADY_EXISTS if there is a store.
absl::Status CreateKeydStore(const v1::KeydConfig& config,
                             const storage::Keyring& keyring,
                             const LiveKeys& keys, absl::Time now);

// Has a loss approved: OK when the store holds the approval and the leaf
// LOSS_DECLARED. The store has no guard yet. May take as long as people do.
using ApproveKeydLoss =
    std::function<absl::Status(KeydStore& store, const storage::Loss& loss)>;

// Opens the store and compares it with the checkpoint outside.
//  * NOT_FOUND: there is none; `samkoer-keyd init` makes it.
//  * FAILED_PRECONDITION: it is older than the checkpoint (unless
//    `approve_loss` is set and returns OK; FAILED_PRECONDITION also if it is
//    set and there is no loss), open in another process, or somebody else's.
//  * DATA_LOSS: damaged, or sealed under another keyring.
absl::StatusOr<std::unique_ptr<KeydStore>> OpenKeydStore(
    const v1::KeydConfig& config, const storage::Keyring& keyring,
    const ApproveKeydLoss& approve_loss);

// Writes a leaf KEY_PINNED for every key that has not been in use before, and
// remembers it. FAILED_PRECONDITION if an epoch was in use with another key: an
// older or foreign keyring, whose pseudonyms would match nobody. Writes a leaf
// KEY_DESTROYED for every key that was in use and whose seed was destroyed.
absl::Status PinKeys(KeydStore& store, const LiveKeys& keys, absl::Time now);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEYD_STORE_H_
