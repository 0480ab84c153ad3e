// samkoer-keyd: the key service.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <string>

#include "absl/time/clock.h"
#include "crypto/secret.h"
#include "server/config.h"
#include "server/exit_codes.h"
#include "server/keyd_keyring.h"
#include "server/keyd_run.h"
#include "server/keyd_store.h"
#include "server/live_keys.h"
#include "server/log.h"
#include "server/oprf_keyring.h"
#include "server/signals.h"
#include "server/tls.h"

namespace samkoer::server {
namespace {

struct Arguments {
  std::string config;
  std::string purpose;
  bool weak_passphrase_hash = false;
  bool declare_loss = false;
};

absl::StatusOr<std::string> VerifierKey(const OpenKeyring& keyring) {
  auto signer = keyring.keyring.Signer();
  if (!signer.ok()) return signer.status();
  return signer->VerifierKey();
}

int PrintPublic(const OpenKeyring& keyring, const std::string& purpose) {
  std::string chosen = purpose;
  if (chosen.empty()) chosen = keyring.keys.all().front().purpose;
  if (purpose.empty() && keyring.keys.all().back().purpose != chosen) {
    return FailWith(
        absl::InvalidArgumentError("the keyring holds several purposes"),
        "say which: --purpose NAME");
  }
  const auto keys = keyring.keys.Of(chosen);
  if (keys.empty()) {
    return FailWith(absl::NotFoundError("no live key of this purpose"));
  }
  std::cout << PinnedKeysYaml(keys);
  return kExitOk;
}

int Init(const v1::KeydConfig& config, const Arguments& arguments) {
  auto keyring = MakeKeyring(config, arguments.purpose,
                             arguments.weak_passphrase_hash
                                 ? crypto::SealStrength::kInteractive
                                 : crypto::SealStrength::kSensitive);
  if (absl::IsAlreadyExists(keyring.status())) {
    // Perhaps the process ended before it had made the store: go on with it.
    keyring = LoadKeyring(config);
    if (keyring.ok() && keyring->keys.Of(arguments.purpose).empty()) {
      return FailWith(absl::FailedPreconditionError(
          "there is a keyring of another purpose at " + config.keyring_file()));
    }
  }
  if (!keyring.ok()) return FailWith(keyring.status());
  if (absl::Status status =
          CreateKeydStore(config, keyring->keyring, keyring->keys, absl::Now());
      !status.ok()) {
    return FailWith(status, absl::IsAlreadyExists(status)
                                ? "it is ready: `samkoer-keyd run`; keys are "
                                  "printed by `samkoer-keyd public`"
                                : "");
  }
  auto verifier_key = VerifierKey(*keyring);
  if (!verifier_key.ok()) return FailWith(verifier_key.status());
  std::cout << "# for the matcher's configuration:\n"
            << PinnedKeysYaml(keyring->keys.Of(arguments.purpose))
            << "# for the privacy officer, to be handed over in person:\n"
            << "key_service_verifier_key: \"" << *verifier_key << "\"\n";
  std::cerr << "Keep " << config.keyring_file()
            << " and its passphrase apart, each with a copy: without them "
               "nobody can be matched.\n";
  return kExitOk;
}

int WithKeyring(const v1::KeydConfig& config,
                const std::function<int(const OpenKeyring&)>& command) {
  auto keyring = LoadKeyring(config);
  if (!keyring.ok()) return FailWith(keyring.status());
  return command(*keyring);
}

int Main(int argc, char** argv) {
  CLI::App app("The key service of Samkør: evaluates blinded CPR numbers.");
  app.require_subcommand(1);
  app.set_version_flag("--version", SAMKOER_VERSION);
  Arguments arguments;
  const auto add = [&](const char* name, const char* help) {
    CLI::App* command = app.add_subcommand(name, help);
    command->add_option("--config", arguments.config, "The configuration file.")
        ->required();
    return command;
  };
  CLI::App* init = add("init", "Makes the sealed keyring and the store.");
  init->add_option("--purpose", arguments.purpose, "For example ungeindsats.")
      ->required();
  init->add_flag(
      "--weak-passphrase-hash", arguments.weak_passphrase_hash,
      "Opens in a blink, and is guessed as fast. For demos and tests "
      "only.");
  CLI::App* show = add("public", "Prints the public keys for the matcher.");
  show->add_option("--purpose", arguments.purpose, "If there are several.");
  CLI::App* verifier =
      add("verifier-key", "Prints the key that verifies the log.");
  CLI::App* check = add("check-config", "Checks the configuration file.");
  CLI::App* run = add("run", "Serves until SIGTERM.");
  run->add_flag("--declare-loss", arguments.declare_loss,
                "Accepts a store that is older than its outside checkpoint; "
                "the log will say so.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? kExitOk : kExitUsage;
  }

  auto config = ReadKeydConfig(arguments.config);
  if (!config.ok()) return FailWith(config.status());
  if (check->parsed()) {
    std::cout << arguments.config << ": ok\n";
    return kExitOk;
  }
  if (absl::Status status = log::SetLevel(config->log_level()); !status.ok()) {
    return FailWith(status);
  }
  if (init->parsed()) return Init(*config, arguments);
  if (show->parsed()) {
    return WithKeyring(*config, [&](const OpenKeyring& keyring) {
      return PrintPublic(keyring, arguments.purpose);
    });
  }
  if (verifier->parsed()) {
    return WithKeyring(*config, [](const OpenKeyring& keyring) {
      auto key = VerifierKey(keyring);
      if (!key.ok()) return FailWith(key.status());
      std::cout << *key << '\n';
      return kExitOk;
    });
  }
  static_cast<void>(run);
  BlockSignals();
  if (absl::Status status = RequireTls13(); !status.ok()) {
    return FailWith(status);
  }
  return RunKeyd(*config, arguments.declare_loss);
}

}  // namespace
}  // namespace samkoer::server

int main(int argc, char** argv) {
  if (!samkoer::crypto::InitializeProcess()) {
    std::cerr << "error: this machine cannot give what cryptography needs\n";
    return samkoer::server::kExitSoftware;
  }
  return samkoer::server::Main(argc, argv);
}
