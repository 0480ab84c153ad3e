// The command lines of `samkoer-audit department`, `quota` and `loss`, beside
// main.cc.
#ifndef SAMKOER_CLIENTS_AUDIT_CHANGE_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_CHANGE_MAIN_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/governance.grpc.pb.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

struct ChangeArguments {
  std::string subject, records, digest, reason;
  // Whose; for quotas always the key service's.
  std::string server = "matcher";
  std::uint64_t number = 0;
  std::uint64_t burst = 0, per_day = 0;
  std::string own_uri;  // not typed: ApproveOptions.own_uri
};

// Adds the commands and what belongs to them.
void AddChangeCommands(CLI::App& app, ChangeArguments& args);

// Whether one of them was given, and which server it asks.
bool IsChangeCommand(const CLI::App& app);
Peer PeerOfChange(const CLI::App& app, const ChangeArguments& args);

// Does what was asked for. Errors of governance_command.h.
absl::Status RunChangeCommand(const CLI::App& app, const ChangeArguments& args,
                              v1::Governance::StubInterface& server,
                              const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_CHANGE_MAIN_H_
