#include "server/matcherd_setup.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/sealed_file.h"
#include "matcher/policy_file.h"
#include "server/config.h"
#include "server/log.h"

namespace samkoer::server {

absl::StatusOr<MatcherdSetup> ReadSetup(const std::string& config_path) {
  MatcherdSetup setup;
  auto config = ReadMatcherdConfig(config_path);
  if (!config.ok()) return config.status();
  setup.config = *std::move(config);
  const absl::Status level = log::SetLevel(setup.config.log_level());
  if (!level.ok()) return level;
  auto policy = matcher::LoadPolicyFile(setup.config.policy_file());
  if (!policy.ok()) return policy.status();
  setup.policy =
      std::make_shared<const matcher::CompiledPolicy>(*std::move(policy));
  return setup;
}

absl::StatusOr<storage::Keyring> OpenKeyring(const MatcherdSetup& setup) {
  const auto passphrase = crypto::ReadPassphrase(setup.config.passphrase());
  if (!passphrase.ok()) return passphrase.status();
  return OpenKeyring(setup, *passphrase);
}

absl::StatusOr<storage::Keyring> OpenKeyring(
    const MatcherdSetup& setup, const crypto::SecretBuffer& passphrase) {
  auto keyring = storage::Keyring::Load(
      setup.config.keyring_file(), storage::StoreKind::kMatcher, passphrase);
  if (!keyring.ok()) return keyring.status();
  const std::string& municipality = setup.policy->proto().municipality();
  if (keyring->municipality != municipality) {
    return absl::FailedPreconditionError(
        absl::StrCat(setup.config.keyring_file(), " belongs to ",
                     keyring->municipality, ", the policy to ", municipality));
  }
  return keyring;
}

}  // namespace samkoer::server
