// The tree of RFC 6962, 2.1 as its recursive definition reads: slow, and so
// plain that it can be compared with the text. The tests hold the fast one
// against it.
#ifndef SAMKOER_TESTS_CRYPTO_MERKLE_MODEL_H_
#define SAMKOER_TESTS_CRYPTO_MERKLE_MODEL_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "crypto/merkle.h"

namespace samkoer::crypto {

class MerkleModel {
 public:
  // Leaf i is the text "leaf <i>".
  explicit MerkleModel(std::uint64_t size) {
    for (std::uint64_t i = 0; i < size; ++i) {
      leaves_.push_back(LeafHash(AsBytes("leaf " + std::to_string(i))));
    }
  }

  const Hash32& leaf(std::uint64_t index) const { return leaves_[index]; }

  // MTH(D[n]).
  Hash32 Root(std::uint64_t size) const { return Mth(First(size)); }
  // PATH(m, D[n]).
  std::vector<Hash32> Path(std::uint64_t index, std::uint64_t size) const {
    return Path(index, First(size));
  }
  // PROOF(m, D[n]).
  std::vector<Hash32> Proof(std::uint64_t first, std::uint64_t size) const {
    return SubProof(first, First(size), true);
  }
  // Serves complete subtrees, and refuses any that reaches beyond `size`.
  NodeReader Reader(std::uint64_t size) const {
    return [this, size](unsigned level,
                        std::uint64_t index) -> absl::StatusOr<Hash32> {
      const std::uint64_t width = std::uint64_t{1} << level;
      if ((index + 1) * width > size) {
        return absl::InternalError("that subtree is not complete");
      }
      return Mth(First(size).subspan(index * width, width));
    };
  }

 private:
  using Leaves = std::span<const Hash32>;

  Leaves First(std::uint64_t size) const { return Leaves(leaves_).first(size); }
  static std::size_t SplitPoint(std::size_t n) {
    std::size_t k = 1;
    while (k * 2 < n) k *= 2;
    return k;
  }
  static Hash32 Mth(Leaves d) {
    if (d.empty()) return EmptyRoot();
    if (d.size() == 1) return d[0];
    const std::size_t k = SplitPoint(d.size());
    return NodeHash(Mth(d.first(k)), Mth(d.subspan(k)));
  }
  static std::vector<Hash32> With(std::vector<Hash32> proof, Hash32 last) {
    proof.push_back(last);
    return proof;
  }
  static std::vector<Hash32> Path(std::size_t m, Leaves d) {
    if (d.size() == 1) return {};
    const std::size_t k = SplitPoint(d.size());
    return m < k ? With(Path(m, d.first(k)), Mth(d.subspan(k)))
                 : With(Path(m - k, d.subspan(k)), Mth(d.first(k)));
  }
  static std::vector<Hash32> SubProof(std::size_t m, Leaves d, bool known) {
    if (m == d.size()) {
      return known ? std::vector<Hash32>() : std::vector<Hash32>{Mth(d)};
    }
    const std::size_t k = SplitPoint(d.size());
    return m <= k ? With(SubProof(m, d.first(k), known), Mth(d.subspan(k)))
                  : With(SubProof(m - k, d.subspan(k), false), Mth(d.first(k)));
  }

  std::vector<Hash32> leaves_;
};

}  // namespace samkoer::crypto

#endif  // SAMKOER_TESTS_CRYPTO_MERKLE_MODEL_H_
