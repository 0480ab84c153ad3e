#include "server/matcherd_backup.h"

#include <memory>
#include <utility>

#include "server/matcherd_setup.h"
#include "storage/matcher_table_check.h"
#include "storage/table_check.h"

namespace samkoer::server {

absl::StatusOr<BackedUpStore> MatcherdStoreAtRest(
    const std::string& config_path, const std::string& version) {
  auto read = ReadSetup(config_path);
  if (!read.ok()) return read.status();
  const auto setup = std::make_shared<const MatcherdSetup>(*std::move(read));
  const v1::Policy& policy = setup->policy->proto();
  BackedUpStore store;
  store.at_rest.program = "samkoer-matcherd";
  store.at_rest.data_dir = setup->config.data_dir();
  store.at_rest.keyring_file = setup->config.keyring_file();
  store.at_rest.checkpoint_file = setup->config.checkpoint_file();
  store.at_rest.identity = {storage::StoreKind::kMatcher, policy.municipality(),
                            policy.purpose()};
  store.at_rest.check_tables = [](const storage::CheckedStore& checked,
                                  storage::Findings& findings) {
    absl::Status status = storage::CheckSharedTables(checked, findings);
    if (status.ok()) status = storage::CheckMatcherTables(checked, findings);
    return status;
  };
  store.open_keyring = [setup] { return OpenKeyring(*setup); };
  store.backup = setup->config.backup();
  store.version = version;
  return store;
}

}  // namespace samkoer::server
