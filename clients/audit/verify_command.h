// `samkoer-audit verify`: proves that a server's log is whole and has only
// grown since the last time.
#ifndef SAMKOER_CLIENTS_AUDIT_VERIFY_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_VERIFY_COMMAND_H_

#include <iosfwd>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/alerts/alert_text.h"
#include "clients/audit/checkpoint_store.h"
#include "clients/audit/log_server.h"
#include "clients/common/cli.h"
#include "crypto/cosignature.h"
#include "crypto/signed_note.h"

namespace samkoer::clients {

// How the audit commands print.
struct AuditOutput {
  std::ostream& out;
  std::ostream& notices;
  OutputFormat format = OutputFormat::kHuman;
  TextStyle style;
  // Whether a progress bar may be shown (it needs a terminal all the same).
  bool progress = true;
};

struct VerifyOptions {
  // Read every entry, even if the kept tree can be trusted for the old ones.
  bool full = false;
  // Accept a log that does not extend the kept checkpoint, if it is whole in
  // itself and holds a LOSS_DECLARED entry. The evidence is kept all the same.
  bool after_declared_loss = false;
  // Keys of witnesses: at least one of them must have cosigned the log, and
  // what they cosigned must be the beginning of what is verified.
  std::vector<crypto::CosignatureVerifier> witnesses = {};
  // For the evidence's name.
  absl::Time now = absl::UnixEpoch();
};

// Checks the signature, recomputes the root, checks that the kept checkpoint's
// tree is the beginning of this one, and keeps the new checkpoint. Prints what
// was found.
//
// FAILED_PRECONDITION, with nothing kept, if witnesses are asked for and none
// of them has cosigned. DATA_LOSS if anything does not hold: then nothing is
// replaced, both notes are kept as evidence, and the hint names that file.
absl::Status VerifyLog(LogServer& server, const crypto::NoteVerifier& verifier,
                       const CheckpointStore& store,
                       const VerifyOptions& options, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_VERIFY_COMMAND_H_
