// Making and checking the proofs of crypto/merkle.h.
#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "crypto/merkle.h"

namespace samkoer::crypto {
namespace {

absl::Status DoesNotHold(absl::string_view which) {
  return absl::UnauthenticatedError(
      absl::StrCat("the ", which, " proof does not hold"));
}

// MTH(D[begin:end]) for a range that is a node of some tree: `begin` is a
// multiple of the largest power of two in its width, which is not zero.
absl::StatusOr<Hash32> RangeRoot(std::uint64_t begin, std::uint64_t end,
                                 const NodeReader& nodes) {
  // From the smallest complete subtree, at the right, to the largest.
  std::uint64_t width = end - begin;
  absl::StatusOr<Hash32> root;
  bool first = true;
  while (width != 0) {
    const auto level = static_cast<unsigned>(std::countr_zero(width));
    width &= width - 1;
    absl::StatusOr<Hash32> left = nodes(level, (begin + width) >> level);
    if (!left.ok()) return left;
    root = first ? *left : NodeHash(*left, *root);
    first = false;
  }
  return root;
}

// The largest power of two below `width`, which is at least 2.
std::uint64_t Split(std::uint64_t width) { return std::bit_floor(width - 1); }

// Collects the siblings on the way down; a proof lists them from the leaf up.
class SiblingCollector {
 public:
  explicit SiblingCollector(const NodeReader& nodes) : nodes_(nodes) {}
  absl::Status Add(std::uint64_t begin, std::uint64_t end) {
    absl::StatusOr<Hash32> root = RangeRoot(begin, end, nodes_);
    if (!root.ok()) return root.status();
    siblings_.push_back(*root);
    return absl::OkStatus();
  }
  std::vector<Hash32> Proof() && {
    std::reverse(siblings_.begin(), siblings_.end());
    return std::move(siblings_);
  }

 private:
  const NodeReader& nodes_;
  std::vector<Hash32> siblings_;
};

}  // namespace

absl::StatusOr<std::vector<Hash32>> InclusionProof(std::uint64_t index,
                                                   std::uint64_t tree_size,
                                                   const NodeReader& nodes) {
  if (index >= tree_size) {
    return absl::OutOfRangeError(absl::StrCat(
        "leaf ", index, " is not in the tree of ", tree_size, " leaves"));
  }
  SiblingCollector siblings(nodes);
  std::uint64_t begin = 0, end = tree_size;
  while (end - begin > 1) {
    const std::uint64_t middle = begin + Split(end - begin);
    absl::Status status;
    if (index < middle) {
      status = siblings.Add(middle, end);
      end = middle;
    } else {
      status = siblings.Add(begin, middle);
      begin = middle;
    }
    if (!status.ok()) return status;
  }
  return std::move(siblings).Proof();
}

absl::StatusOr<std::vector<Hash32>> ConsistencyProof(std::uint64_t first,
                                                     std::uint64_t second,
                                                     const NodeReader& nodes) {
  if (first == 0 || first > second) {
    return absl::OutOfRangeError(
        absl::StrCat("no consistency proof from ", first, " to ", second,
                     " leaves; the first must be 1 to the second"));
  }
  SiblingCollector siblings(nodes);
  std::uint64_t begin = 0, end = second;
  while (end != first) {
    const std::uint64_t middle = begin + Split(end - begin);
    absl::Status status;
    if (first <= middle) {
      status = siblings.Add(middle, end);
      end = middle;
    } else {
      status = siblings.Add(begin, middle);
      begin = middle;
    }
    if (!status.ok()) return status;
  }
  // The first tree itself is not listed: the verifier has its root.
  if (begin != 0) {
    absl::Status status = siblings.Add(begin, end);
    if (!status.ok()) return status;
  }
  return std::move(siblings).Proof();
}

absl::Status VerifyInclusion(std::uint64_t index, std::uint64_t tree_size,
                             const Hash32& leaf_hash,
                             std::span<const Hash32> proof,
                             const Hash32& root) {
  if (index >= tree_size) return DoesNotHold("inclusion");
  std::uint64_t fn = index, sn = tree_size - 1;
  Hash32 hash = leaf_hash;
  for (const Hash32& sibling : proof) {
    if (sn == 0) return DoesNotHold("inclusion");
    if ((fn & 1) != 0 || fn == sn) {
      hash = NodeHash(sibling, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, sibling);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0 || hash != root) return DoesNotHold("inclusion");
  return absl::OkStatus();
}

absl::Status VerifyConsistency(std::uint64_t first, std::uint64_t second,
                               const Hash32& first_root,
                               const Hash32& second_root,
                               std::span<const Hash32> proof) {
  if (first == 0 || first > second) return DoesNotHold("consistency");
  if (first == second) {
    if (!proof.empty() || first_root != second_root) {
      return DoesNotHold("consistency");
    }
    return absl::OkStatus();
  }
  // Where the first tree is complete, its root is the proof's first node.
  const bool complete = std::has_single_bit(first);
  if (!complete && proof.empty()) return DoesNotHold("consistency");
  Hash32 old_hash = complete ? first_root : proof.front();
  Hash32 new_hash = old_hash;
  if (!complete) proof = proof.subspan(1);
  std::uint64_t fn = first - 1, sn = second - 1;
  while ((fn & 1) != 0) {
    fn >>= 1;
    sn >>= 1;
  }
  for (const Hash32& node : proof) {
    if (sn == 0) return DoesNotHold("consistency");
    if ((fn & 1) != 0 || fn == sn) {
      old_hash = NodeHash(node, old_hash);
      new_hash = NodeHash(node, new_hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, node);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0 || old_hash != first_root || new_hash != second_root) {
    return DoesNotHold("consistency");
  }
  return absl::OkStatus();
}

}  // namespace samkoer::crypto
