// `samkoer-audit alarms`: what a server's log gives reason to look into.
#ifndef SAMKOER_CLIENTS_AUDIT_ALARMS_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_ALARMS_COMMAND_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/alarms.grpc.pb.h"

namespace samkoer::clients {

// "En medarbejder har set på samme person igen og igen"; an unknown kind as it
// is numbered.
std::string AlarmText(v1::AlarmKind kind, Language language);

// An alarm's id as people see it: 16 hex digits.
std::string AlarmIdText(std::string_view alarm_id);
// 8 bytes from 16 hex digits. INVALID_ARGUMENT otherwise; what was typed is not
// repeated.
absl::StatusOr<std::string> ParseAlarmId(std::string_view text,
                                         Language language);

// Prints the alarms, newest first. Errors of the server.
absl::Status PrintAlarms(v1::Alarms::StubInterface& server, Peer peer,
                         bool include_acknowledged, const AuditOutput& output);

// Acknowledges one. Errors of ParseAlarmId, CheckReason and of the server.
absl::Status AcknowledgeAlarm(v1::Alarms::StubInterface& server, Peer peer,
                              std::string_view id, const std::string& reason,
                              const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_ALARMS_COMMAND_H_
