#include "server/backup_main.h"

#include <CLI/CLI.hpp>

namespace samkoer::server {
namespace {

constexpr char kBackup[] = "backup";
constexpr char kBackupKey[] = "backup-key";
constexpr char kVerify[] = "backup-verify";
constexpr char kRestore[] = "restore";
constexpr char kDoctor[] = "doctor";

}  // namespace

void AddBackupCommands(CLI::App& app, BackupArguments& arguments) {
  const auto command = [&](const char* name, const char* text) {
    CLI::App* sub = app.add_subcommand(name, text);
    sub->add_option("--config", arguments.config, "the configuration file")
        ->required();
    return sub;
  };
  const auto of_backup = [&](CLI::App* sub) {
    sub->add_option("--from", arguments.from,
                    "the folder of the backups; the configured one if not "
                    "given");
    sub->add_option("--backup", arguments.backup,
                    "which one, for example 20260131T020000Z; the newest if "
                    "not given");
  };
  const auto of_log = [&](CLI::App* sub) {
    sub->add_option("--holds", arguments.holds,
                    "a file with a checkpoint of the log that somebody has "
                    "kept: the store must hold it; may be repeated");
  };
  app.add_subcommand(kBackupKey,
                     "Make the key pair of backups; print the public key")
      ->add_option("--out", arguments.out,
                   "the new file of the private key, to be kept off the "
                   "servers")
      ->required();
  command(kBackup,
          "Make a backup now: the running server does, or, if none runs, this");
  CLI::App* verify =
      command(kVerify,
              "Check a backup: that its files are whole, and with --key that "
              "it can be restored and is in order");
  of_backup(verify);
  verify->get_option("--config")->required(false);
  verify->add_option("--key", arguments.key, "the private key of backups");
  verify->add_option("--verifier-key", arguments.verifier_key,
                     "without --key: the key of the log, as `verifier-key` "
                     "prints it; then keyring and passphrase are not needed, "
                     "and with --from no --config");
  verify->add_option("--to", arguments.to,
                     "where it is restored for the trial: a folder with this "
                     "name and `.verify`, removed afterwards; beside the "
                     "store if not given");
  of_log(verify);
  verify->add_flag("--all", arguments.all, "all backups of the folder");
  CLI::App* restore = command(
      kRestore, "Restore a backup into a new folder, and check all of it");
  of_backup(restore);
  restore->add_option("--key", arguments.key, "the private key of backups")
      ->required();
  restore->add_option("--to", arguments.to,
                      "the folder, not there or empty; the configured store's "
                      "if not given");
  of_log(restore);
  restore->add_flag("--despite-findings", arguments.despite_findings,
                    "keep the restored store although it is not in order; the "
                    "findings are told, and the exit code is 1");
  CLI::App* doctor =
      command(kDoctor,
              "Check everything in a store that no server has open, and write "
              "nothing; exit code 1 if something is wrong");
  doctor->add_option("--data", arguments.data,
                     "the store's folder; the configured one if not given");
  of_log(doctor);
  doctor
      ->add_option_function<std::string>(
          "--format",
          [&arguments](const std::string& format) {
            arguments.json = format == "json";
          },
          "text (default) or json")
      ->check(CLI::IsMember({"text", "json"}));
}

std::optional<int> RunBackupCommand(const CLI::App& app,
                                    const BackupArguments& arguments,
                                    const LoadStore& load) {
  const auto called = [&](const char* name) {
    return app.got_subcommand(name);
  };
  if (called(kBackupKey)) return MakeBackupKey(arguments);
  if (called(kBackup)) return BackUp(load);
  if (called(kVerify)) return VerifyBackup(load, arguments);
  if (called(kRestore)) return RestoreBackup(load, arguments);
  if (called(kDoctor)) return Doctor(load, arguments);
  return std::nullopt;
}

}  // namespace samkoer::server
