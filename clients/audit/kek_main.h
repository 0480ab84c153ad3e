// The command line of `samkoer-audit kek`, beside main.cc.
#ifndef SAMKOER_CLIENTS_AUDIT_KEK_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_KEK_MAIN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/operations.grpc.pb.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

struct KekArguments {
  std::string reason;
  // key_service: another way to say --server keyd.
  bool key_service = false, wait = false;
};

// Adds the command and what belongs to it; those that ask a server.
std::vector<CLI::App*> AddKekCommands(CLI::App& app, KekArguments& args);

// Does what was asked for. Errors of kek_command.h.
absl::Status RunKekCommand(const CLI::App& app, const KekArguments& args,
                           v1::Operations::StubInterface& server, Peer peer,
                           const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_KEK_MAIN_H_
