// `samkoer-audit report article30` and `report dpia`: made of the server's
// description and the verified log, to a new file.
#ifndef SAMKOER_CLIENTS_AUDIT_RECORD_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_RECORD_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "clients/audit/log_command.h"
#include "clients/audit/processing_record.h"
#include "clients/audit/report_command.h"
#include "samkoer/v1/reports.grpc.pb.h"

namespace samkoer::clients {

// Writes the record to `out`: a new file, or a folder that gets an
// "artikel30-20261122-111800.html" (or "konsekvensanalyse-...", ".json"); empty
// means the working directory. Prints where it is. Nothing is written if the
// log does not hold.
//
// ALREADY_EXISTS, NOT_FOUND: as ReportFile; errors of the matcher and of
// ReadWholeLog.
absl::Status WriteRecord(v1::Reports::StubInterface& reports, LogServer& server,
                         const crypto::NoteVerifier& verifier,
                         const CheckpointStore& store, RecordKind kind,
                         ReportFormat format, const std::string& out,
                         const ControllerFacts& controller,
                         const QuotaFacts& quota, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_RECORD_COMMAND_H_
