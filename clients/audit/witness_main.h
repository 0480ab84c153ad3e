// The command line of `samkoer-audit witness`, beside main.cc.
#ifndef SAMKOER_CLIENTS_AUDIT_WITNESS_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_WITNESS_MAIN_H_

#include <string>

#include "absl/status/status.h"
#include "clients/audit/verify_command.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

struct WitnessArguments {
  std::string name, log, reason;
  bool once = false;
};

// Adds the command and what belongs to it.
void AddWitnessCommands(CLI::App& app, WitnessArguments& args);

// Does what was asked for, with the configuration of a witness. `run` ends on
// SIGTERM and SIGINT.
absl::Status RunWitnessCommand(const CLI::App& app,
                               const WitnessArguments& args,
                               const std::string& config_path,
                               const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_WITNESS_MAIN_H_
