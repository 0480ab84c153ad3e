// `samkoer-audit retention`: what is deleted when, and the proof that it was.
#ifndef SAMKOER_CLIENTS_AUDIT_RETENTION_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_RETENTION_COMMAND_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "clients/audit/checkpoint_store.h"
#include "clients/audit/log_server.h"
#include "clients/audit/verify_command.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/reports.grpc.pb.h"

namespace samkoer::clients {

// Prints what goes on which day.
absl::Status PrintRetentionPlan(v1::Reports::StubInterface& server,
                                const AuditOutput& output);

// Which days are to be proven, both included. `from` left out: since the first
// sweep; `until` left out: yesterday.
struct ProofDays {
  std::optional<absl::CivilDay> from;
  std::optional<absl::CivilDay> until;
  absl::CivilDay today;
};
// From the words of the command line, empty if not given; `day` alone, or the
// others. INVALID_ARGUMENT if they are no days, are given both ways, are not
// all before `today`, or span nothing or more than 36,600 days.
absl::StatusOr<ProofDays> ReadProofDays(const std::string& day,
                                        const std::string& from,
                                        const std::string& until,
                                        absl::CivilDay today,
                                        Language language);

// Reads and checks the whole log (see ReadWholeLog) and prints how each day
// stands. DATA_LOSS if the log does not hold, or if a day is not proven: then
// the days are printed first.
absl::Status PrintRetentionProof(LogServer& server,
                                 const crypto::NoteVerifier& verifier,
                                 const CheckpointStore& store,
                                 const ProofDays& days,
                                 const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_RETENTION_COMMAND_H_
