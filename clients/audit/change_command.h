// What `samkoer-audit department` and `quota` have that `policy` has not.
#ifndef SAMKOER_CLIENTS_AUDIT_CHANGE_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_CHANGE_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "clients/audit/governance_command.h"

namespace samkoer::clients {

// Proposes to switch a department off. `records` is "count" or "do-not-count".
absl::Status ProposeSuspension(v1::Governance::StubInterface& server,
                               const std::string& department,
                               const std::string& records,
                               const std::string& reason,
                               const AuditOutput& output);
// Proposes to switch it on.
absl::Status ProposeResumption(v1::Governance::StubInterface& server,
                               const std::string& department,
                               const std::string& reason,
                               const AuditOutput& output);

// Prints what is in force: the departments that are off, or every subject's
// quota; then the proposals that wait, then those that were decided.
absl::Status PrintChanges(v1::Governance::StubInterface& server,
                          const Matter& matter, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_CHANGE_COMMAND_H_
