// `samkoer-audit kek`: the key that a server's store is sealed with.
#ifndef SAMKOER_CLIENTS_AUDIT_KEK_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_KEK_COMMAND_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/alerts/text.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/operations.grpc.pb.h"

namespace samkoer::clients {

// What `kek rotate` was told.
struct KekRotateOptions {
  // Why; 1 to 500 bytes without a CPR number. Stands in the log.
  std::string reason;
  // Whether to stay until the older keys are destroyed, with a progress bar.
  bool wait = false;
  // How often the server is asked meanwhile.
  absl::Duration poll = absl::Milliseconds(500);
};

// Begins a rotation, or joins the one that runs, and prints how it stands.
// INVALID_ARGUMENT for an unfit reason; errors of the server.
absl::Status RotateKek(v1::Operations::StubInterface& server, Peer peer,
                       const KekRotateOptions& options,
                       const AuditOutput& output);

// Prints which key is in use, since when, and how far a rotation is.
absl::Status PrintKekStatus(v1::Operations::StubInterface& server, Peer peer,
                            const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_KEK_COMMAND_H_
