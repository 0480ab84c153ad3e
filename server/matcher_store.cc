#include "server/matcher_store.h"

#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/timestamp.pb.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/measured_engine.h"
#include "storage/meta.h"
#include "storage/restored_mark.h"
#include "storage/rocksdb_engine.h"

namespace samkoer::server {
namespace {

constexpr char kActor[] = "matcher";

v1::AuditLeaf NewLeaf(v1::AuditAction action, const std::string& purpose) {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  const absl::Time now = absl::Now();
  leaf.mutable_time()->set_seconds(absl::ToUnixSeconds(now));
  leaf.mutable_time()->set_nanos(static_cast<int>(absl::ToInt64Nanoseconds(
      now - absl::FromUnixSeconds(absl::ToUnixSeconds(now)))));
  leaf.set_actor(kActor);
  leaf.set_action(action);
  leaf.set_purpose(purpose);
  return leaf;
}

// Appends one leaf to `batch` and writes it.
absl::Status WriteLeaf(storage::Engine& engine, storage::AuditLog& log,
                       storage::WriteBatch& batch, const v1::AuditLeaf& leaf) {
  const auto index = log.Append(batch, std::span(&leaf, 1));
  if (!index.ok()) return index.status();
  const absl::Status written = engine.Write(batch);
  if (!written.ok()) return written;
  log.Committed();
  return absl::OkStatus();
}

storage::StoreIdentity IdentityOf(const storage::Keyring& keyring,
                                  const std::string& purpose) {
  return {storage::StoreKind::kMatcher, keyring.municipality, purpose};
}

// The parts that need an open engine and its meta.
absl::Status OpenLog(const storage::Keyring& keyring,
                     const storage::StoreMeta& meta, MatcherStore& store) {
  auto signer = keyring.Signer();
  if (!signer.ok()) return signer.status();
  auto log = storage::AuditLog::Open(*store.engine, *store.sealer,
                                     *std::move(signer), meta.index_key);
  if (!log.ok()) return log.status();
  store.log = *std::move(log);
  return absl::OkStatus();
}

absl::Status OpenEngine(const v1::MatcherdConfig& config,
                        const storage::Keyring& keyring, bool create,
                        MatcherStore& store) {
  storage::RocksDbOptions options;
  options.create_if_missing = create;
  auto engine = storage::OpenRocksDb(config.data_dir(), options);
  if (!engine.ok()) return engine.status();
  store.engine = *std::move(engine);
  store.copier = storage::CopierOf(*store.engine);
  auto sealer = keyring.Sealer();
  if (!sealer.ok()) return sealer.status();
  store.sealer = std::make_unique<storage::ValueSealer>(*std::move(sealer));
  return absl::OkStatus();
}

absl::Status StartGuard(const std::string& path, MatcherStore& store) {
  auto guard = storage::CheckpointGuard::Start(path, *store.log, *store.engine);
  if (!guard.ok()) return guard.status();
  store.guard = *std::move(guard);
  return absl::OkStatus();
}

}  // namespace

absl::Status CreateMatcherStore(const v1::MatcherdConfig& config,
                                const storage::Keyring& keyring,
                                const std::string& purpose) {
  MatcherStore store;
  absl::Status status = OpenEngine(config, keyring, true, store);
  if (!status.ok()) return status;
  const auto existing = storage::LoadMeta(*store.engine, *store.sealer,
                                          IdentityOf(keyring, purpose));
  if (existing.ok()) {
    return absl::AlreadyExistsError(
        absl::StrCat(config.data_dir(), ": there is a store already"));
  }
  if (!absl::IsNotFound(existing.status())) return existing.status();
  storage::WriteBatch batch;
  const auto meta =
      storage::StageNewMeta(batch, *store.sealer, IdentityOf(keyring, purpose));
  if (!meta.ok()) return meta.status();
  status = OpenLog(keyring, *meta, store);
  if (!status.ok()) return status;
  status = WriteLeaf(*store.engine, *store.log, batch,
                     NewLeaf(v1::AUDIT_ACTION_STORE_CREATED, purpose));
  if (!status.ok()) return status;
  status = StartGuard(config.checkpoint_file(), store);
  if (!status.ok()) return status;
  return store.guard->Flush();
}

absl::StatusOr<MatcherStore> OpenMatcherStore(
    const v1::MatcherdConfig& config, const storage::Keyring& keyring,
    const std::string& purpose, const ApproveMatcherLoss& approve_loss,
    Metrics& metrics) {
  MatcherStore store;
  absl::Status status = OpenEngine(config, keyring, false, store);
  if (!status.ok()) return status;
  store.engine =
      std::make_unique<MeasuredEngine>(std::move(store.engine), metrics);
  const auto meta = storage::LoadMeta(*store.engine, *store.sealer,
                                      IdentityOf(keyring, purpose));
  if (!meta.ok()) return meta.status();
  status = OpenLog(keyring, *meta, store);
  if (!status.ok()) return status;
  if (approve_loss) {
    status = storage::DeclareLoss(
        config.checkpoint_file(), *store.log, *store.engine,
        [&](const storage::Loss& loss) -> absl::Status {
          const absl::Status approved = approve_loss(store, loss);
          if (!approved.ok()) return approved;
          return storage::ClearRestoredMark(*store.engine);
        });
    if (!status.ok()) return status;
  }
  status = StartGuard(config.checkpoint_file(), store);
  if (status.ok()) status = storage::ClearRestoredMark(*store.engine);
  if (!status.ok()) return status;
  return store;
}

}  // namespace samkoer::server
