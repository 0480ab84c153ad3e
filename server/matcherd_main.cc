// samkoer-matcherd: takes in cases, finds coordination, serves alerts and log.
#include <CLI/CLI.hpp>
#include <iostream>
#include <string>

#include "crypto/secret.h"
#include "proto/usage_text.h"
#include "server/backup_main.h"
#include "server/exit_codes.h"
#include "server/matcherd_backup.h"
#include "server/matcherd_commands.h"

namespace {

constexpr char kDescription[] =
    "Takes in minimal case records from the departments' agents, finds young "
    "people\nwith open cases in several departments, and serves the alerts and "
    "the audit log.";

}  // namespace

int main(int argc, char** argv) {
  using namespace samkoer::server;
  if (!samkoer::crypto::InitializeProcess()) {
    std::cerr << "error: this machine cannot give what cryptography needs\n";
    return kExitSoftware;
  }
  MatcherdArguments arguments;
  arguments.version = SAMKOER_VERSION;

  CLI::App app(kDescription, "samkoer-matcherd");
  app.footer(kExitCodesHelp);
  app.set_version_flag("--version", arguments.version);
  app.require_subcommand(1);
  const auto command = [&](const char* name, const char* text) {
    CLI::App* sub = app.add_subcommand(name, text);
    sub->add_option("--config", arguments.config, "the configuration file")
        ->required();
    return sub;
  };
  CLI::App* init = command(
      "init", "Make the sealed keyring and the store; print the verifier key");
  init->add_flag("--fast-unlock", arguments.fast_unlock,
                 "hash the passphrase with little memory and time; for demos "
                 "and tests");
  CLI::App* run = command("run",
                          "Serve until SIGTERM; SIGHUP rereads the "
                          "policy");
  run->add_option("--as-of", arguments.as_of,
                  "the day that counts as today, YYYY-MM-DD; for demos and "
                  "tests, stands in the audit log");
  run->add_flag("--declare-loss", arguments.declare_loss,
                "ask to go on from a store that does not fit the checkpoint "
                "outside it, for example a restored backup: waits until a "
                "privacy officer approves; stands in the audit log");
  run->add_flag("--clock-is-right", arguments.clock_is_right,
                "start although it last ran more than two weeks ago: what those "
                "days make due is deleted; stands in the audit log");
  CLI::App* check =
      command("check-config", "Check configuration, policy and certificate");
  CLI::App* key =
      command("verifier-key",
              "Print the key that verifies the audit log's checkpoints");
  BackupArguments backup;
  AddBackupCommands(app, backup);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    std::cerr << "error: "
              << samkoer::proto::UsageText(
                     samkoer::proto::ReadUsageProblem(app, error, argc, argv),
                     samkoer::proto::UsageLanguage::kEnglish)
              << "\nhint: samkoer-matcherd --help says how to call it\n";
    return kExitUsage;
  }
  if (const auto code = RunBackupCommand(app, backup, [&] {
        return MatcherdStoreAtRest(backup.config, arguments.version);
      })) {
    return *code;
  }
  if (init->parsed()) return InitMatcherd(arguments);
  if (run->parsed()) return RunMatcherd(arguments);
  if (check->parsed()) return CheckMatcherdConfig(arguments);
  return key->parsed() ? PrintVerifierKey(arguments) : kExitUsage;
}
