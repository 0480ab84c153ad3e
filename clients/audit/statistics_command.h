// `samkoer-audit report statistics`: the month's tables.
#ifndef SAMKOER_CLIENTS_AUDIT_STATISTICS_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_STATISTICS_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/reports.grpc.pb.h"

namespace samkoer::clients {

// Fetches and prints them. Errors of the matcher.
absl::Status PrintStatistics(v1::Reports::StubInterface& server,
                             const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_STATISTICS_COMMAND_H_
