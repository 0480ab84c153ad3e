// `samkoer-audit log` and `export`: reading and carrying away a log, each entry
// checked.
#ifndef SAMKOER_CLIENTS_AUDIT_LOG_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_LOG_COMMAND_H_

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/audit/checkpoint_store.h"
#include "clients/audit/leaf_filter.h"
#include "clients/audit/log_server.h"
#include "clients/audit/verify_command.h"
#include "crypto/signed_note.h"

namespace samkoer::clients {

// Reads a whole log, entry by entry, and checks it: the signature, the root,
// and the kept checkpoint on the way, if there is one. What `visit` got is
// proven only when this returns OK; `note` then holds the signed note.
// DATA_LOSS if the log does not hold; what is kept changes only with
// Keep::kCheckpoint, by which a later, shorter log is found out.
enum class Keep { kNothing, kCheckpoint };
absl::Status ReadWholeLog(
    LogServer& server, const crypto::NoteVerifier& verifier,
    const CheckpointStore& store, const AuditOutput& output,
    const std::function<absl::Status(std::uint64_t index,
                                     std::string_view leaf)>& visit,
    std::string& note, Keep keep = Keep::kNothing);

// Prints the newest `limit` entries (0: all) that match, oldest first, as lines
// or as one JSON array. Nothing is printed before all is checked.
absl::Status PrintLog(LogServer& server, const crypto::NoteVerifier& verifier,
                      const CheckpointStore& store, const LeafFilter& filter,
                      std::size_t limit, const AuditOutput& output);

// Writes the log to `dir` as in tile_export.h. The directory must be missing or
// empty (ALREADY_EXISTS otherwise). The checkpoint is written last, and only if
// the log holds: a directory without one is no export.
absl::Status ExportLog(LogServer& server, const crypto::NoteVerifier& verifier,
                       const CheckpointStore& store, const std::string& dir,
                       const AuditOutput& output);

// Checks an export offline and prints what was found.
absl::Status CheckExport(const crypto::NoteVerifier& verifier,
                         const std::string& dir, const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_LOG_COMMAND_H_
