// The matcher's store as the program opens it: engine, seal, audit log, and the
// checkpoint outside, checked against each other.
#ifndef SAMKOER_SERVER_MATCHER_STORE_H_
#define SAMKOER_SERVER_MATCHER_STORE_H_

#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/audit_log.h"
#include "storage/checkpoint_guard.h"
#include "storage/engine.h"
#include "storage/keyring.h"
#include "storage/sealed_value.h"
#include "storage/store_copier.h"

namespace samkoer::v1 {
class MatcherdConfig;
}

namespace samkoer::server {

class Metrics;

// Everything that a matcher borrows. Members are destroyed in reverse order.
struct MatcherStore {
  MatcherStore() = default;
  MatcherStore(MatcherStore&&) = default;
  // Would end the engine before what uses it.
  MatcherStore& operator=(MatcherStore&&) = delete;

  std::unique_ptr<storage::Engine> engine;
  storage::StoreCopier* copier = nullptr;  // of the engine
  std::unique_ptr<storage::ValueSealer> sealer;
  std::unique_ptr<storage::AuditLog> log;
  std::unique_ptr<storage::CheckpointGuard> guard;
};

// Makes the store of a municipality and purpose, with its first leaf
// (STORE_CREATED) and the checkpoint outside. ALREADY_EXISTS if there is one.
absl::Status CreateMatcherStore(const v1::MatcherdConfig& config,
                                const storage::Keyring& keyring,
                                const std::string& purpose);

// Has a loss approved: OK when the store holds the approval and the leaf
// LOSS_DECLARED. The store has no guard yet. May take as long as people do.
using ApproveMatcherLoss =
    std::function<absl::Status(MatcherStore& store, const storage::Loss& loss)>;

// Opens it. With `approve_loss`, accepts a store that does not fit the
// checkpoint outside when that returns OK; FAILED_PRECONDITION if it does fit.
// Errors: of OpenRocksDb, LoadMeta, AuditLog::Open, CheckCheckpoint and
// `approve_loss`.
absl::StatusOr<MatcherStore> OpenMatcherStore(
    const v1::MatcherdConfig& config, const storage::Keyring& keyring,
    const std::string& purpose, const ApproveMatcherLoss& approve_loss,
    Metrics& metrics);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_STORE_H_
