// The Merkle tree of RFC 6962 (section 2.1, SHA-256): pure, without I/O.
//
// A node is named by level and index: (0, i) is the hash of leaf i, and
// (level, i) the root of the complete subtree of leaves i * 2^level to
// (i + 1) * 2^level - 1. Only complete subtrees have names, as only they never
// change while the tree grows.
//
// Thread safety: functions are pure; a CompactTree is for one thread at a time.
#ifndef SAMKOER_CRYPTO_MERKLE_H_
#define SAMKOER_CRYPTO_MERKLE_H_

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/keyed_hash.h"

namespace samkoer::crypto {

// SHA-256(0x00 || leaf).
Hash32 LeafHash(Bytes leaf);
// SHA-256(0x01 || left || right).
Hash32 NodeHash(const Hash32& left, const Hash32& right);
// SHA-256 of the empty string: the root of an empty tree.
Hash32 EmptyRoot();

// The tree as its right-hand edge: enough to append and to give the root, in
// memory logarithmic in the size. Appending takes one hash on average.
class CompactTree {
 public:
  CompactTree() = default;
  // From a stored edge: the roots of the complete subtrees, largest first, one
  // for each bit set in `size`. INVALID_ARGUMENT if the count differs.
  static absl::StatusOr<CompactTree> FromEdge(std::uint64_t size,
                                              std::vector<Hash32> edge);
  // `leaf_hash` becomes leaf size(). The size stays below 2^64.
  void AppendLeafHash(const Hash32& leaf_hash);
  // Appends all leaves of `right`, as if one by one. size() must be a multiple
  // of a power of two that is at least right.size(), so that the subtrees of
  // `right` are subtrees here: then parts can be hashed on several threads.
  void AppendTree(const CompactTree& right);
  std::uint64_t size() const { return size_; }
  // As FromEdge takes it.
  const std::vector<Hash32>& edge() const { return edge_; }
  // MTH of RFC 6962, 2.1; EmptyRoot() if the size is 0.
  Hash32 Root() const;

 private:
  // `subtree` is the root over the next 2^level leaves.
  void AppendSubtree(unsigned level, Hash32 subtree);

  std::uint64_t size_ = 0;
  std::vector<Hash32> edge_;
};

// Reads node (level, index). The proofs ask only for nodes complete in the tree
// they are made for, each once; an error ends the proof and is returned as is.
using NodeReader =
    std::function<absl::StatusOr<Hash32>(unsigned level, std::uint64_t index)>;

// RFC 6962, 2.1.1: the audit path of leaf `index` in the tree of `tree_size`.
// OUT_OF_RANGE unless index < tree_size.
absl::StatusOr<std::vector<Hash32>> InclusionProof(std::uint64_t index,
                                                   std::uint64_t tree_size,
                                                   const NodeReader& nodes);
// RFC 6962, 2.1.2. OUT_OF_RANGE unless 1 <= first <= second. Empty if equal.
absl::StatusOr<std::vector<Hash32>> ConsistencyProof(std::uint64_t first,
                                                     std::uint64_t second,
                                                     const NodeReader& nodes);

// OK if the proof holds, else UNAUTHENTICATED (RFC 9162, 2.1.3.2 and 2.1.4.2;
// the hashing is that of RFC 6962). Sizes that no proof can have (a leaf
// outside the tree, a first tree that is empty or larger than the second) do
// not hold. Every hash of the proof must be used: one too many is refused.
absl::Status VerifyInclusion(std::uint64_t index, std::uint64_t tree_size,
                             const Hash32& leaf_hash,
                             std::span<const Hash32> proof, const Hash32& root);
absl::Status VerifyConsistency(std::uint64_t first, std::uint64_t second,
                               const Hash32& first_root,
                               const Hash32& second_root,
                               std::span<const Hash32> proof);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_MERKLE_H_
