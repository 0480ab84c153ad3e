#include <iostream>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "crypto/sealed_file.h"
#include "server/exit_codes.h"
#include "server/folder_check.h"
#include "server/matcher_store.h"
#include "server/matcherd_commands.h"
#include "server/matcherd_setup.h"
#include "server/tls.h"

namespace samkoer::server {
namespace {

// The keyring that is there, or a new one.
absl::StatusOr<storage::Keyring> MakeKeyring(const MatcherdSetup& setup,
                                             bool fast_unlock) {
  const auto passphrase = crypto::ReadPassphrase(setup.config.passphrase());
  if (!passphrase.ok()) return passphrase.status();
  absl::StatusOr<storage::Keyring> keyring = OpenKeyring(setup, *passphrase);
  if (!absl::IsNotFound(keyring.status())) return keyring;
  keyring = storage::Keyring::Generate(storage::StoreKind::kMatcher,
                                       setup.policy->proto().municipality());
  if (!keyring.ok()) return keyring;
  const absl::Status saved =
      keyring->Save(setup.config.keyring_file(), *passphrase,
                    fast_unlock ? crypto::SealStrength::kInteractive
                                : crypto::SealStrength::kSensitive,
                    /*replace=*/false);
  if (!saved.ok()) return saved;
  return keyring;
}

absl::Status Print(const storage::Keyring& keyring) {
  const auto signer = keyring.Signer();
  if (!signer.ok()) return signer.status();
  std::cout << signer->VerifierKey() << '\n';
  return absl::OkStatus();
}

}  // namespace

int InitMatcherd(const MatcherdArguments& arguments) {
  const auto setup = ReadSetup(arguments.config);
  if (!setup.ok()) return FailWith(setup.status());
  const absl::Status folder =
      CheckStoreFolders(setup->config, "samkoer-matcherd");
  if (!folder.ok()) return FailWith(folder);
  const auto keyring = MakeKeyring(*setup, arguments.fast_unlock);
  if (!keyring.ok()) return FailWith(keyring.status());
  const absl::Status created = CreateMatcherStore(
      setup->config, *keyring, setup->policy->proto().purpose());
  if (absl::IsAlreadyExists(created)) {
    return FailWith(created,
                    "this matcher has been made before; start it with: "
                    "samkoer-matcherd run --config " +
                        arguments.config);
  }
  if (!created.ok()) return FailWith(created);
  std::cerr << "Made " << setup->config.keyring_file() << " and "
            << setup->config.data_dir()
            << ".\nKeep the keyring and its passphrase apart from the store "
               "and its backups.\nThe audit log's verifier key, for "
               "samkoer-audit, follows on standard output.\n";
  const absl::Status printed = Print(*keyring);
  return printed.ok() ? kExitOk : FailWith(printed);
}

int PrintVerifierKey(const MatcherdArguments& arguments) {
  const auto setup = ReadSetup(arguments.config);
  if (!setup.ok()) return FailWith(setup.status());
  const auto keyring = OpenKeyring(*setup);
  if (!keyring.ok()) {
    return FailWith(keyring.status(),
                    absl::IsNotFound(keyring.status())
                        ? "make it with: samkoer-matcherd init"
                        : "");
  }
  const absl::Status printed = Print(*keyring);
  return printed.ok() ? kExitOk : FailWith(printed);
}

int CheckMatcherdConfig(const MatcherdArguments& arguments) {
  const auto setup = ReadSetup(arguments.config);
  if (!setup.ok()) return FailWith(setup.status());
  const auto tls = CheckTls(setup->config.tls(), absl::Now());
  if (!tls.ok()) return FailWith(tls.status());
  absl::Status folders =
      CheckFolderOf("checkpoint_file", setup->config.checkpoint_file());
  folders.Update(CheckBackupFolders(setup->config.backup()));
  if (!folders.ok()) return FailWith(folders);
  const v1::Policy& policy = setup->policy->proto();
  std::cout << arguments.config << ": in order\n"
            << "policy " << policy.municipality() << "/" << policy.purpose()
            << " version " << policy.version() << ": "
            << policy.departments_size() << " departments, "
            << policy.rules_size() << " rules, " << policy.legal_bases_size()
            << " legal bases\n"
            << *tls << '\n';
  return kExitOk;
}

}  // namespace samkoer::server
