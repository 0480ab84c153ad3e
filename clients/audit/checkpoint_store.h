// The last checkpoint that the privacy officer has seen and checked, kept on
// the officer's own machine. It is what makes a rewritten log visible.
#ifndef SAMKOER_CLIENTS_AUDIT_CHECKPOINT_STORE_H_
#define SAMKOER_CLIENTS_AUDIT_CHECKPOINT_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "crypto/merkle.h"
#include "crypto/signed_note.h"

namespace samkoer::clients {

// A checkpoint that was verified once, with the edge of its tree.
struct KeptCheckpoint {
  std::string note;
  crypto::Checkpoint checkpoint;
  // Set if the file's edge gives the signed root, so that it can be trusted
  // like the signature; else the log must be read from the first entry.
  std::optional<crypto::CompactTree> tree;
};

// The file's text:
//   "samkoer-audit checkpoint 1\n"
//   "edge N\n", then N hashes in base64, a line each (CompactTree::edge)
//   the signed note, unchanged
std::string FormatKept(std::string_view note, const crypto::CompactTree& tree);
// DATA_LOSS if malformed or not signed with the key of `verifier`.
absl::StatusOr<KeptCheckpoint> ParseKept(const crypto::NoteVerifier& verifier,
                                         std::string_view text);

// The checkpoints of one log. For one thread and one process at a time.
class CheckpointStore {
 public:
  // "DIR/NAME.checkpoint". Nothing is read or made yet.
  CheckpointStore(std::string dir, std::string name)
      : dir_(std::move(dir)), name_(std::move(name)) {}

  std::string path() const { return dir_ + "/" + name_ + ".checkpoint"; }

  // Nothing if none was kept yet. DATA_LOSS or PERMISSION_DENIED, naming the
  // file, if there is one that cannot be used: it is never silently ignored.
  absl::StatusOr<std::optional<KeptCheckpoint>> Load(
      const crypto::NoteVerifier& verifier) const;

  // Replaces it; on disk, synced, after OK. Makes the directory.
  absl::Status Save(std::string_view note,
                    const crypto::CompactTree& tree) const;

  // Keeps both notes and what was found as "DIR/evidence-NAME-TIME.txt" (TIME
  // in UTC, "20261122T111837Z", with a counter if taken) and returns the path.
  // Never replaces earlier evidence.
  absl::StatusOr<std::string> KeepEvidence(std::string_view finding,
                                           std::string_view kept_note,
                                           std::string_view new_note,
                                           absl::Time now) const;

  // The files of KeepEvidence that are there, the oldest first. None if the
  // directory cannot be read.
  std::vector<std::string> Evidence() const;

 private:
  const std::string dir_;
  const std::string name_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_CHECKPOINT_STORE_H_
