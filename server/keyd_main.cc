// samkoer-keyd: the key service.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <string>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "crypto/secret.h"
#include "crypto/tls13.h"
#include "proto/usage_text.h"
#include "server/backup_main.h"
#include "server/clock_guard.h"
#include "server/config.h"
#include "server/day_source.h"
#include "server/exit_codes.h"
#include "server/folder_check.h"
#include "server/grpc_log.h"
#include "server/keyd_backup.h"
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
  bool fast_unlock = false;
  bool declare_loss = false;
  bool clock_is_right = false;
  unsigned window_days = 30;
  std::string as_of;
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
  const absl::Status folder = CheckStoreFolders(config, "samkoer-keyd");
  if (!folder.ok()) return FailWith(folder);
  auto keyring =
      MakeKeyring(config, arguments.purpose,
                  arguments.fast_unlock ? crypto::SealStrength::kInteractive
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

int Rotate(const v1::KeydConfig& config, const Arguments& arguments) {
  const absl::Status folder =
      CheckNotAnothers(config.data_dir(), "samkoer-keyd");
  if (!folder.ok()) return FailWith(folder);
  auto day = MakeDaySource(arguments.as_of, absl::Now);
  if (!day.ok()) return FailWith(day.status());
  absl::CivilDay today;
  if (!absl::ParseCivilTime(day->today(), &today)) {
    return FailWith(absl::InternalError("today is no day"));
  }
  std::string purpose = arguments.purpose;
  if (purpose.empty()) {
    auto present = LoadKeyring(config);
    if (!present.ok()) return FailWith(present.status());
    purpose = present->keys.all().front().purpose;
    if (present->keys.all().back().purpose != purpose) {
      return FailWith(
          absl::InvalidArgumentError("the keyring holds several purposes"),
          "say which: --purpose NAME");
    }
  }
  auto keyring = RotateKeyring(
      config, purpose,
      absl::FormatCivilTime(today + static_cast<int>(arguments.window_days)));
  if (!keyring.ok()) {
    return FailWith(keyring.status(),
                    absl::IsFailedPrecondition(keyring.status())
                        ? "`samkoer-keyd public` shows the live keys"
                        : "");
  }
  std::cout << PinnedKeysYaml(keyring->keys.Of(purpose));
  std::cerr << "1. Keep a new copy of " << config.keyring_file()
            << ".\n2. Let the running service take the key into use: "
               "systemctl reload samkoer-keyd\n3. Put the lines above into the "
               "matcher's configuration in place of its oprf_keys, and restart "
               "it.\n";
  return kExitOk;
}

int WithKeyring(const v1::KeydConfig& config,
                const std::function<int(const OpenKeyring&)>& command) {
  auto keyring = LoadKeyring(config);
  if (!keyring.ok()) return FailWith(keyring.status());
  return command(*keyring);
}

int CheckConfig(const v1::KeydConfig& config, const Arguments& arguments) {
  const auto tls = CheckTls(config.tls(), absl::Now());
  if (!tls.ok()) return FailWith(tls.status());
  absl::Status folders =
      CheckFolderOf("checkpoint_file", config.checkpoint_file());
  folders.Update(CheckBackupFolders(config.backup()));
  if (!folders.ok()) return FailWith(folders);
  std::cout << arguments.config << ": in order\n"
            << config.municipality() << ": " << config.quotas_size()
            << " quotas\n"
            << *tls << '\n';
  return kExitOk;
}

int Main(int argc, char** argv) {
  CLI::App app(
      "Evaluates blinded CPR numbers for the departments' agents, counts how "
      "many each\nmay ask for, and never learns one.",
      "samkoer-keyd");
  app.footer(kExitCodesHelp);
  app.set_version_flag("--version", SAMKOER_VERSION);
  app.require_subcommand(1);
  Arguments arguments;
  const auto command = [&](const char* name, const char* text) {
    CLI::App* sub = app.add_subcommand(name, text);
    sub->add_option("--config", arguments.config, "the configuration file")
        ->required();
    return sub;
  };
  CLI::App* init = command(
      "init", "Make the sealed keyring and the store; print their public keys");
  init->add_option("--purpose", arguments.purpose, "for example ungeindsats")
      ->required();
  init->add_flag("--fast-unlock", arguments.fast_unlock,
                 "hash the passphrase with little memory and time; for demos "
                 "and tests");
  CLI::App* show = command("public", "Print the public keys for the matcher");
  show->add_option("--purpose", arguments.purpose, "if there are several");
  CLI::App* rotate = command(
      "rotate", "Make the next epoch's key; the present one closes in N days");
  rotate->add_option("--purpose", arguments.purpose, "if there are several");
  rotate
      ->add_option("--window-days", arguments.window_days,
                   "for how long both keys are live; 30 if not given")
      ->check(CLI::Range(1, 365));
  CLI::App* verifier =
      command("verifier-key",
              "Print the key that verifies the audit log's checkpoints");
  CLI::App* check =
      command("check-config", "Check configuration and certificate");
  CLI::App* run = command("run", "Serve until SIGTERM");
  run->add_flag("--declare-loss", arguments.declare_loss,
                "ask to go on from a store that does not fit the checkpoint "
                "outside it, for example a restored backup: waits until a "
                "privacy officer approves; stands in the audit log");
  run->add_flag(
      "--clock-is-right", arguments.clock_is_right,
      "start although it last ran more than two weeks ago: what those "
      "days make due is deleted; stands in the audit log");
  for (CLI::App* sub : {rotate, run}) {
    sub->add_option("--as-of", arguments.as_of,
                    "the day to take for today, YYYY-MM-DD; for demos and "
                    "tests");
  }
  BackupArguments backup;
  AddBackupCommands(app, backup);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::cerr << "error: "
              << proto::UsageText(
                     proto::ReadUsageProblem(app, error, argc, argv),
                     proto::UsageLanguage::kEnglish)
              << "\nhint: samkoer-keyd --help says how to call it\n";
    return kExitUsage;
  }

  if (const auto code = RunBackupCommand(app, backup, [&] {
        return KeydStoreAtRest(backup.config, SAMKOER_VERSION);
      })) {
    return *code;
  }
  auto config = ReadKeydConfig(arguments.config);
  if (!config.ok()) return FailWith(config.status());
  if (check->parsed()) return CheckConfig(*config, arguments);
  if (absl::Status status = log::SetLevel(config->log_level()); !status.ok()) {
    return FailWith(status);
  }
  if (init->parsed()) return Init(*config, arguments);
  if (show->parsed()) {
    return WithKeyring(*config, [&](const OpenKeyring& keyring) {
      return PrintPublic(keyring, arguments.purpose);
    });
  }
  if (rotate->parsed()) return Rotate(*config, arguments);
  if (verifier->parsed()) {
    return WithKeyring(*config, [](const OpenKeyring& keyring) {
      auto key = VerifierKey(keyring);
      if (!key.ok()) return FailWith(key.status());
      std::cout << *key << '\n';
      return kExitOk;
    });
  }

  BlockSignals();
  RouteGrpcLogs();
  if (absl::Status status = crypto::RequireTls13(); !status.ok()) {
    return FailWith(status);
  }
  ClockGuard clock;
  const auto day =
      MakeDaySource(arguments.as_of, [&clock] { return clock.Now(); });
  if (!day.ok()) return FailWith(day.status());
  return RunKeyd(
      *config, {arguments.declare_loss, arguments.clock_is_right, *day}, clock);
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
