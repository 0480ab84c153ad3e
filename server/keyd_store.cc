#include "server/keyd_store.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "crypto/absl_view.h"
#include "server/key_leaves.h"
#include "storage/key_layout.h"
#include "storage/restored_mark.h"
#include "storage/rocksdb_engine.h"

namespace samkoer::server {
namespace {

storage::StoreIdentity IdentityOf(const v1::KeydConfig& config) {
  return {storage::StoreKind::kKeyd, config.municipality(), ""};
}

// Quotas and leaves are small and few.
storage::RocksDbOptions EngineOptions(bool create) {
  storage::RocksDbOptions options;
  options.create_if_missing = create;
  options.block_cache_bytes = std::size_t{8} << 20;
  options.memtable_bytes = std::size_t{8} << 20;
  options.background_threads = 1;
  return options;
}

absl::Status WriteLeaves(KeydStore& store, storage::WriteBatch& batch,
                         std::span<const v1::AuditLeaf> leaves) {
  if (auto first = store.log->Append(batch, leaves); !first.ok()) {
    return first.status();
  }
  if (absl::Status status = store.engine->Write(batch); !status.ok()) {
    return status;
  }
  store.log->Committed();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<KeydStore>> OpenEngine(
    const v1::KeydConfig& config, const storage::Keyring& keyring,
    bool create) {
  if (keyring.municipality != config.municipality()) {
    return absl::FailedPreconditionError(absl::StrCat(
        config.keyring_file(), " is the keyring of another municipality"));
  }
  auto sealer = keyring.Sealer();
  if (!sealer.ok()) return sealer.status();
  auto store = std::make_unique<KeydStore>(*std::move(sealer));
  auto engine = storage::OpenRocksDb(config.data_dir(), EngineOptions(create));
  if (!engine.ok()) return engine.status();
  store->engine = *std::move(engine);
  return store;
}

absl::Status OpenLog(KeydStore& store, const storage::Keyring& keyring) {
  auto signer = keyring.Signer();
  if (!signer.ok()) return signer.status();
  auto log = storage::AuditLog::Open(*store.engine, store.sealer,
                                     *std::move(signer), store.meta.index_key);
  if (!log.ok()) return log.status();
  store.log = *std::move(log);
  return absl::OkStatus();
}

absl::Status StartGuard(const v1::KeydConfig& config, KeydStore& store) {
  auto guard = storage::CheckpointGuard::Start(config.checkpoint_file(),
                                               *store.log, *store.engine);
  if (!guard.ok()) return guard.status();
  store.guard = *std::move(guard);
  return absl::OkStatus();
}

constexpr char kPinWord[] = "oprf-key/";
constexpr char kDestroyed = 1;

std::string PinKey(const LiveKey& key) {
  return storage::MetaKey(absl::StrCat(kPinWord, key.purpose, "/", key.epoch));
}

// The leaves of keys whose seeds are gone; each is written once.
absl::Status NoteDestroyedKeys(const KeydStore& store, const LiveKeys& keys,
                               absl::Time now, storage::WriteBatch& batch,
                               std::vector<v1::AuditLeaf>& leaves) {
  const std::string prefix = storage::MetaKey(kPinWord);
  absl::Status status;
  absl::Status scanned = store.engine->Scan(
      prefix, "", [&](std::string_view key, std::string_view value) {
        const std::string_view name = key.substr(prefix.size());
        const std::size_t slash = name.rfind('/');
        std::uint32_t epoch = 0;
        if (slash == std::string_view::npos ||
            !absl::SimpleAtoi(crypto::AbslView(name.substr(slash + 1)),
                              &epoch)) {
          status = absl::DataLossError("the name of a key in use is malformed");
          return false;
        }
        const std::string purpose(name.substr(0, slash));
        if (!keys.IsRetired(purpose, epoch)) return true;
        auto pinned = store.sealer.Open(key, value);
        status = pinned.status();
        if (!status.ok()) return false;
        if (pinned->size() != crypto::kElementBytes) return true;
        leaves.push_back(KeyDestroyedLeaf(purpose, epoch, *pinned, now));
        pinned->push_back(kDestroyed);
        batch.Put(std::string(key), store.sealer.Seal(key, *pinned));
        return true;
      });
  return scanned.ok() ? status : scanned;
}

}  // namespace

absl::Status CreateKeydStore(const v1::KeydConfig& config,
                             const storage::Keyring& keyring,
                             const LiveKeys& keys, absl::Time now) {
  auto opened = OpenEngine(config, keyring, /*create=*/true);
  if (!opened.ok()) return opened.status();
  KeydStore& store = **opened;
  const auto present =
      storage::LoadMeta(*store.engine, store.sealer, IdentityOf(config));
  if (present.ok()) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is a store in ", config.data_dir()));
  }
  if (!absl::IsNotFound(present.status())) return present.status();

  storage::WriteBatch batch;
  auto meta = storage::StageNewMeta(batch, store.sealer, IdentityOf(config));
  if (!meta.ok()) return meta.status();
  store.meta = *std::move(meta);
  if (absl::Status status = OpenLog(store, keyring); !status.ok()) {
    return status;
  }
  const std::array leaves = {ProcessLeaf(v1::AUDIT_ACTION_STORE_CREATED, now)};
  if (absl::Status status = WriteLeaves(store, batch, leaves); !status.ok()) {
    return status;
  }
  if (absl::Status status = StartGuard(config, store); !status.ok()) {
    return status;
  }
  if (absl::Status status = PinKeys(store, keys, now); !status.ok()) {
    return status;
  }
  return store.guard->Flush();
}

absl::StatusOr<std::unique_ptr<KeydStore>> OpenKeydStore(
    const v1::KeydConfig& config, const storage::Keyring& keyring,
    const ApproveKeydLoss& approve_loss) {
  auto store = OpenEngine(config, keyring, /*create=*/false);
  if (!store.ok()) return store.status();
  auto meta = storage::LoadMeta(*(*store)->engine, (*store)->sealer,
                                IdentityOf(config));
  if (!meta.ok()) return meta.status();
  (*store)->meta = *std::move(meta);
  if (absl::Status status = OpenLog(**store, keyring); !status.ok()) {
    return status;
  }
  if (approve_loss) {
    const absl::Status declared = storage::DeclareLoss(
        config.checkpoint_file(), *(*store)->log, *(*store)->engine,
        [&](const storage::Loss& loss) -> absl::Status {
          const absl::Status approved = approve_loss(**store, loss);
          if (!approved.ok()) return approved;
          return storage::ClearRestoredMark(*(*store)->engine);
        });
    if (!declared.ok()) return declared;
  }
  absl::Status started = StartGuard(config, **store);
  if (started.ok()) started = storage::ClearRestoredMark(*(*store)->engine);
  if (!started.ok()) return started;
  return store;
}

absl::Status PinKeys(KeydStore& store, const LiveKeys& keys, absl::Time now) {
  storage::WriteBatch batch;
  std::vector<v1::AuditLeaf> leaves;
  for (const LiveKey& key : keys.all()) {
    const std::string store_key = PinKey(key);
    const std::string_view public_key = crypto::AsText(key.pair.public_key);
    auto sealed = store.engine->Get(store_key);
    if (absl::IsNotFound(sealed.status())) {
      batch.Put(store_key, store.sealer.Seal(store_key, public_key));
      leaves.push_back(KeyPinnedLeaf(key, now));
      continue;
    }
    if (!sealed.ok()) return sealed.status();
    auto pinned = store.sealer.Open(store_key, *sealed);
    if (!pinned.ok()) return pinned.status();
    if (*pinned != public_key) {
      return absl::FailedPreconditionError(
          absl::StrCat("the keyring's key of purpose ", key.purpose, ", epoch ",
                       key.epoch, " is not the one that was in use before"));
    }
  }
  if (absl::Status status = NoteDestroyedKeys(store, keys, now, batch, leaves);
      !status.ok()) {
    return status;
  }
  if (leaves.empty()) return absl::OkStatus();
  if (absl::Status status = WriteLeaves(store, batch, leaves); !status.ok()) {
    return status;
  }
  if (store.guard) store.guard->Notify();
  return absl::OkStatus();
}

}  // namespace samkoer::server
