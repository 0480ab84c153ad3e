#include "server/keyd_backup.h"

#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/config.h"
#include "server/keyd_keyring.h"
#include "storage/coding.h"
#include "storage/key_layout.h"
#include "storage/table_check.h"

namespace samkoer::server {
namespace {

constexpr char kPinWord[] = "oprf-key/";
constexpr char kOtherKeyring[] =
    "put the newer keyring back: pseudonyms of another key match nobody";

// The levels of quotas (FORMAT.md, Quotas).
absl::Status CheckQuotas(const storage::CheckedStore& store,
                         storage::Findings& findings) {
  return storage::ForEachRow(store, storage::Table::kQuota,
                             [&](std::string_view, std::string_view plaintext) {
                               storage::ByteReader in(plaintext);
                               const std::uint8_t version = in.U8();
                               in.U64();
                               if (version == 2) in.U64();
                               if (!in.Done() || version == 0 || version > 2) {
                                 findings.Add("quotas",
                                              "the level of one is malformed");
                               }
                             });
}

// Whether the keyring has the keys that have been in use.
absl::Status CheckPins(const storage::CheckedStore& store, const LiveKeys& keys,
                       storage::Findings& findings) {
  const std::string prefix = storage::MetaKey(kPinWord);
  return storage::ForEachRow(
      store, storage::Table::kMeta,
      [&](std::string_view key, std::string_view pinned) {
        if (!key.starts_with(prefix)) return;
        const std::string name(key.substr(prefix.size()));
        const std::string place = "key of pseudonyms " + name;
        const std::size_t slash = name.rfind('/');
        std::uint32_t epoch = 0;
        if (slash == std::string::npos ||
            !absl::SimpleAtoi(name.substr(slash + 1), &epoch) ||
            pinned.size() < crypto::kElementBytes) {
          return findings.Add(place, "its note is malformed");
        }
        if (keys.IsRetired(name.substr(0, slash), epoch)) return;
        const LiveKey* live = keys.Find(name.substr(0, slash), epoch);
        if (live == nullptr) {
          findings.Add(place, "was in use, and the keyring does not have it",
                       kOtherKeyring);
        } else if (crypto::AsText(live->pair.public_key) !=
                   pinned.substr(0, crypto::kElementBytes)) {
          findings.Add(place, "the keyring has another one", kOtherKeyring);
        }
      });
}

}  // namespace

absl::StatusOr<BackedUpStore> KeydStoreAtRest(const std::string& config_path,
                                              const std::string& version) {
  auto read = ReadKeydConfig(config_path);
  if (!read.ok()) return read.status();
  const auto config = std::make_shared<const v1::KeydConfig>(*std::move(read));
  BackedUpStore store;
  store.at_rest.program = "samkoer-keyd";
  store.at_rest.data_dir = config->data_dir();
  store.at_rest.keyring_file = config->keyring_file();
  store.at_rest.checkpoint_file = config->checkpoint_file();
  store.at_rest.identity = {storage::StoreKind::kKeyd, config->municipality(),
                            ""};
  // Filled with the keyring; null before.
  const auto keys = std::make_shared<std::unique_ptr<LiveKeys>>();
  store.open_keyring = [config, keys]() -> absl::StatusOr<storage::Keyring> {
    auto opened = LoadKeyring(*config);
    if (!opened.ok()) return opened.status();
    *keys = std::make_unique<LiveKeys>(std::move(opened->keys));
    return std::move(opened->keyring);
  };
  store.at_rest.check_tables = [keys](const storage::CheckedStore& checked,
                                      storage::Findings& findings) {
    absl::Status status = storage::CheckSharedTables(checked, findings);
    if (status.ok()) status = CheckQuotas(checked, findings);
    if (status.ok() && *keys) status = CheckPins(checked, **keys, findings);
    return status;
  };
  store.backup = config->backup();
  store.version = version;
  return store;
}

}  // namespace samkoer::server
