// Checks a log without trusting its server: recomputes the RFC 6962 root from
// the leaves, in memory logarithmic in their number. Pure.
//
// All findings are DATA_LOSS: the log is not what it claims to be. Programs
// exit with 65 on it.
//
// Thread safety: functions are pure; a LogVerifier is for one thread at a time.
#ifndef SAMKOER_CLIENTS_AUDIT_LOG_VERIFIER_H_
#define SAMKOER_CLIENTS_AUDIT_LOG_VERIFIER_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/audit/subtree_hasher.h"
#include "crypto/merkle.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/audit.pb.h"

namespace samkoer::clients {

// The checkpoint in a signed note. DATA_LOSS if the signature is not one of
// `verifier`, the note is malformed, or its origin is another log's: a log's
// origin is the name of its key.
absl::StatusOr<crypto::Checkpoint> OpenCheckpoint(
    const crypto::NoteVerifier& verifier, std::string_view note);

// What a new checkpoint is to one that was kept.
enum class Continuity {
  // The same tree.
  kSame,
  // The new tree begins with the whole old one.
  kExtends,
  // The new tree is smaller: entries have gone, or another store answers.
  kRolledBack,
  // The old tree is not the beginning of the new one: entries were changed.
  kForked,
};

// Compares two checkpoints of one log. `proof` is the server's consistency
// proof (RFC 6962, 2.1.2) and is used only if `after` is larger and `before` is
// not empty; a proof that does not hold is kForked.
Continuity Compare(const crypto::Checkpoint& before,
                   const crypto::Checkpoint& after,
                   std::span<const crypto::Hash32> proof);

// Takes leaves in order. Hashes on two threads where that is worth it.
class LogVerifier {
 public:
  // From the first leaf.
  LogVerifier() = default;
  // From a tree whose root has been checked.
  explicit LogVerifier(crypto::CompactTree tree) : tree_(std::move(tree)) {}

  // When the tree reaches the size of `earlier`, its root must be that one's:
  // catches a rewritten past even where the server's proofs lie. Call before
  // the first Append. DATA_LOSS at once if the tree is of that size already and
  // differs.
  absl::Status ExpectOnTheWay(const crypto::Checkpoint& earlier);

  // The next leaves. DATA_LOSS if the batch does not begin where the last one
  // ended (a gap, a repetition, another order) or the expectation fails.
  absl::Status Append(const v1::LeafBatch& batch);
  absl::Status AppendLeaf(std::string_view leaf);

  // DATA_LOSS unless size and root are those of `checkpoint`.
  absl::Status Matches(const crypto::Checkpoint& checkpoint) const;

  std::uint64_t size() const { return tree_.size(); }
  const crypto::CompactTree& tree() const { return tree_; }

 private:
  absl::Status CheckExpectation() const;
  // Where the leaves may be split for two threads, or 0: see SubtreeHasher.
  int SplitOf(int leaves) const;

  crypto::CompactTree tree_;
  // Made when there is enough to do.
  std::unique_ptr<SubtreeHasher> hasher_;
  std::optional<crypto::Checkpoint> expected_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_LOG_VERIFIER_H_
