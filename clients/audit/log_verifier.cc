#include "clients/audit/log_verifier.h"

#include <string>

#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

// Below this handing over costs more than it wins.
constexpr int kWorthTwoThreads = 256;

}  // namespace

absl::StatusOr<crypto::Checkpoint> OpenCheckpoint(
    const crypto::NoteVerifier& verifier, std::string_view note) {
  absl::StatusOr<std::string> text = verifier.Verify(note);
  if (!text.ok()) {
    return absl::DataLossError(
        Cat("the checkpoint is not signed with the key of '", verifier.name(),
            "': ", text.status().message()));
  }
  absl::StatusOr<crypto::Checkpoint> checkpoint =
      crypto::Checkpoint::Parse(*text);
  if (!checkpoint.ok()) {
    return absl::DataLossError(
        Cat("the checkpoint is malformed: ", checkpoint.status().message()));
  }
  if (checkpoint->origin != verifier.name()) {
    return absl::DataLossError(Cat("the checkpoint is of the log '",
                                   checkpoint->origin, "', not of '",
                                   verifier.name(), "'"));
  }
  return checkpoint;
}

Continuity Compare(const crypto::Checkpoint& before,
                   const crypto::Checkpoint& after,
                   std::span<const crypto::Hash32> proof) {
  if (after.size < before.size) return Continuity::kRolledBack;
  if (after.size == before.size) {
    return after.root == before.root ? Continuity::kSame : Continuity::kForked;
  }
  if (before.size == 0) {
    return before.root == crypto::EmptyRoot() ? Continuity::kExtends
                                              : Continuity::kForked;
  }
  const absl::Status holds = crypto::VerifyConsistency(
      before.size, after.size, before.root, after.root, proof);
  return holds.ok() ? Continuity::kExtends : Continuity::kForked;
}

absl::Status LogVerifier::ExpectOnTheWay(const crypto::Checkpoint& earlier) {
  expected_ = earlier;
  return CheckExpectation();
}

absl::Status LogVerifier::CheckExpectation() const {
  if (!expected_ || expected_->size != tree_.size() ||
      expected_->root == tree_.Root()) {
    return absl::OkStatus();
  }
  return absl::DataLossError(
      Cat("the first ", tree_.size(),
          " entries are not those of the checkpoint that was kept"));
}

absl::Status LogVerifier::AppendLeaf(std::string_view leaf) {
  tree_.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(leaf)));
  if (!expected_ || expected_->size != tree_.size()) return absl::OkStatus();
  return CheckExpectation();
}

absl::Status LogVerifier::Append(const v1::LeafBatch& batch) {
  if (batch.start() != tree_.size()) {
    return absl::DataLossError(Cat("entry ", tree_.size(),
                                   " was expected, but the server sent entry ",
                                   batch.start()));
  }
  const int count = batch.leaves_size();
  const int split = SplitOf(count);
  if (split == 0) {
    for (const std::string& leaf : batch.leaves()) {
      if (absl::Status s = AppendLeaf(leaf); !s.ok()) return s;
    }
    return absl::OkStatus();
  }
  if (!hasher_) hasher_ = std::make_unique<SubtreeHasher>();
  hasher_->Begin(batch, split, count);
  for (int i = 0; i < split; ++i) {
    tree_.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(batch.leaves(i))));
  }
  for (const crypto::CompactTree& part : hasher_->Wait()) {
    tree_.AppendTree(part);
  }
  return CheckExpectation();
}

int LogVerifier::SplitOf(int leaves) const {
  const std::uint64_t begin = tree_.size();
  const std::uint64_t end = begin + static_cast<std::uint64_t>(leaves);
  // The expectation is checked at one size, which must be passed leaf by leaf.
  const bool passes =
      expected_ && begin < expected_->size && expected_->size < end;
  if (leaves < kWorthTwoThreads || passes) return 0;
  // About the middle, where a subtree begins.
  const std::uint64_t step = kSubtreeLeaves;
  const std::uint64_t middle = begin + (end - begin) / 2;
  return static_cast<int>((middle + step - 1) / step * step - begin);
}

absl::Status LogVerifier::Matches(const crypto::Checkpoint& checkpoint) const {
  if (checkpoint.size != tree_.size()) {
    return absl::DataLossError(Cat("the checkpoint names ", checkpoint.size,
                                   " entries, but there are ", tree_.size()));
  }
  if (checkpoint.root != tree_.Root()) {
    return absl::DataLossError(
        Cat("the ", tree_.size(),
            " entries do not give the root that the checkpoint names"));
  }
  return absl::OkStatus();
}

}  // namespace samkoer::clients
