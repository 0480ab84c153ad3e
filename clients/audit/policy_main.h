// The command line of `samkoer-audit policy`, beside main.cc.
#ifndef SAMKOER_CLIENTS_AUDIT_POLICY_MAIN_H_
#define SAMKOER_CLIENTS_AUDIT_POLICY_MAIN_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/audit/checkpoint_store.h"
#include "clients/audit/verify_command.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/audit.grpc.pb.h"
#include "samkoer/v1/governance.grpc.pb.h"

namespace CLI {
class App;
}

namespace samkoer::clients {

struct PolicyArguments {
  std::string file, digest, reason;
  std::uint64_t number = 0;
  std::string own_uri;  // not typed: ApproveOptions.own_uri
};

// Adds the command and what belongs to it.
void AddPolicyCommands(CLI::App& app, PolicyArguments& args);

// What an approval is checked with: the matcher's log. The verifier may be a
// status, which ends the approval.
struct PolicyLog {
  v1::Audit::StubInterface& stub;
  const absl::StatusOr<crypto::NoteVerifier>& verifier;
  const CheckpointStore& store;
};

// Does what was asked for. Errors of governance_command.h and CheckInForce.
absl::Status RunPolicyCommand(const CLI::App& app, const PolicyArguments& args,
                              v1::Governance::StubInterface& server,
                              const PolicyLog& log, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_POLICY_MAIN_H_
