// The command line of `samkoer-audit alarms`, beside main.cc.
#ifndef SAMKOER_CLIENTS_AUDIT_ALARMS_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_ALARMS_MAIN_H_

#include <string>

#include "absl/status/status.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/alarms.grpc.pb.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

struct AlarmsArguments {
  bool all = false;
  std::string id, reason;
};

// Adds the command and what belongs to it; the command.
CLI::App* AddAlarmsCommands(CLI::App& app, AlarmsArguments& args);

// Does what was asked for. Errors of alarms_command.h.
absl::Status RunAlarmsCommand(const CLI::App& app, const AlarmsArguments& args,
                              v1::Alarms::StubInterface& server, Peer peer,
                              const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_ALARMS_MAIN_H_
