#include "crypto/merkle.h"

#include <bit>
#include <utility>

#include "absl/strings/str_cat.h"

namespace samkoer::crypto {

Hash32 LeafHash(Bytes leaf) {
  static constexpr std::uint8_t kPrefix[1] = {0x00};
  return Sha256({Bytes(kPrefix), leaf});
}

Hash32 NodeHash(const Hash32& left, const Hash32& right) {
  static constexpr std::uint8_t kPrefix[1] = {0x01};
  return Sha256({Bytes(kPrefix), Bytes(left), Bytes(right)});
}

Hash32 EmptyRoot() { return Sha256(Bytes()); }

absl::StatusOr<CompactTree> CompactTree::FromEdge(std::uint64_t size,
                                                  std::vector<Hash32> edge) {
  const auto expected = static_cast<std::size_t>(std::popcount(size));
  if (edge.size() != expected) {
    return absl::InvalidArgumentError(
        absl::StrCat("the edge of a tree of ", size, " leaves has ", expected,
                     " hashes, not ", edge.size()));
  }
  CompactTree tree;
  tree.size_ = size;
  tree.edge_ = std::move(edge);
  return tree;
}

void CompactTree::AppendSubtree(unsigned level, Hash32 subtree) {
  // Each low bit set is a complete subtree that the new one completes.
  for (std::uint64_t rest = size_ >> level; rest & 1; rest >>= 1) {
    subtree = NodeHash(edge_.back(), subtree);
    edge_.pop_back();
  }
  edge_.push_back(subtree);
  size_ += std::uint64_t{1} << level;
}

void CompactTree::AppendLeafHash(const Hash32& leaf_hash) {
  AppendSubtree(0, leaf_hash);
}

void CompactTree::AppendTree(const CompactTree& right) {
  std::uint64_t rest = right.size_;
  for (const Hash32& subtree : right.edge_) {
    const auto level = static_cast<unsigned>(std::bit_width(rest)) - 1;
    AppendSubtree(level, subtree);
    rest -= std::uint64_t{1} << level;
  }
}

Hash32 CompactTree::Root() const {
  if (edge_.empty()) return EmptyRoot();
  Hash32 hash = edge_.back();
  for (std::size_t i = edge_.size() - 1; i-- > 0;) {
    hash = NodeHash(edge_[i], hash);
  }
  return hash;
}

}  // namespace samkoer::crypto
