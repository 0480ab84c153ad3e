// What several subcommands of samkoer-matcherd read before they begin.
#ifndef SAMKOER_SERVER_MATCHERD_SETUP_H_
#define SAMKOER_SERVER_MATCHERD_SETUP_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "crypto/secret.h"
#include "matcher/policy.h"
#include "samkoer/v1/server_config.pb.h"
#include "storage/keyring.h"

namespace samkoer::server {

struct MatcherdSetup {
  v1::MatcherdConfig config;
  std::shared_ptr<const matcher::CompiledPolicy> policy;
};

// The configuration and the policy that it names; sets the log's level.
absl::StatusOr<MatcherdSetup> ReadSetup(const std::string& config_path);

// Opens the keyring. FAILED_PRECONDITION if it is another municipality's than
// the policy's.
absl::StatusOr<storage::Keyring> OpenKeyring(
    const MatcherdSetup& setup, const crypto::SecretBuffer& passphrase);
// The same, with the passphrase read from where the configuration says: once a
// process, because a file descriptor can be read only once.
absl::StatusOr<storage::Keyring> OpenKeyring(const MatcherdSetup& setup);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHERD_SETUP_H_
