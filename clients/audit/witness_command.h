// `samkoer-audit witness`: a party elsewhere that remembers what it has seen of
// logs, and cosigns them (c2sp.org/tlog-cosignature).
#ifndef SAMKOER_CLIENTS_AUDIT_WITNESS_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_WITNESS_COMMAND_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/witness_config.pb.h"

namespace samkoer::clients {

// What the commands work on. `config` is a checked one.
struct WitnessSetup {
  std::string config_path;
  v1::WitnessServiceConfig config;
};

// Makes the key, and prints its verifier key and what the servers' operators
// write into their configuration. Errors of MakeWitnessKey.
absl::Status InitWitness(const WitnessSetup& setup, const std::string& name,
                         const AuditOutput& output);

struct WitnessRunOptions {
  // One round of every log, then the end.
  bool once = false;
  std::function<absl::Time()> now;
  // Waits that long, or until it is to stop; true if it is.
  std::function<bool(absl::Duration)> sleep;
};

// Rounds with every log until it is to stop. A log that fails is tried again
// soon, then less often, at last at the usual interval; one that was found
// broken is told again every interval. How each went is kept for `status`.
//
// A renewed certificate is taken into use by the next round. While it runs,
// figures are served where the configuration says so.
//
// Ends with DATA_LOSS if a log was found broken: at once if all are, else when
// it is to stop. With `once` also with another error, of the last log that
// failed. UNAVAILABLE if another witness works in the directory.
absl::Status RunWitness(const WitnessSetup& setup,
                        const WitnessRunOptions& options,
                        const AuditOutput& output);

// Prints what was seen of each log and how the last round went. DATA_LOSS if
// one is refused, UNAVAILABLE if the last round of one failed or is older than
// three intervals: for monitoring. Asks no server.
absl::Status PrintWitnessStatus(const WitnessSetup& setup, absl::Time now,
                                const AuditOutput& output);

// Prints the newest cosigned note of the log `name`, exactly as it is kept, for
// whoever wants to compare. NOT_FOUND if there is none.
absl::Status ShowWitnessed(const WitnessSetup& setup, const std::string& name,
                           const AuditOutput& output);

// Puts what was seen of the log aside, with the reason, and begins anew with
// what the server shows next. The evidence stays. FAILED_PRECONDITION unless
// the log is refused; INVALID_ARGUMENT for an unfit reason.
absl::Status ResolveWitnessed(const WitnessSetup& setup,
                              const std::string& name,
                              const std::string& reason, absl::Time now,
                              const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_WITNESS_COMMAND_H_
