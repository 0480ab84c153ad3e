// The command line of `samkoer-audit policy`, beside main.cc.
#ifndef SAMKOER_CLIENTS_AUDIT_POLICY_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_POLICY_MAIN_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/governance.grpc.pb.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

struct PolicyArguments {
  std::string file, digest, reason;
  std::uint64_t number = 0;
};

// Adds the command and what belongs to it.
void AddPolicyCommands(CLI::App& app, PolicyArguments& args);

// Does what was asked for. Errors of governance_command.h.
absl::Status RunPolicyCommand(const CLI::App& app, const PolicyArguments& args,
                              v1::Governance::StubInterface& server,
                              const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_POLICY_MAIN_H_
