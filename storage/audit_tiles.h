// The Merkle tree of the log as stored tiles. Tile `index` of level `l` holds
// up to 256 hashes: the roots of the complete subtrees of 256^l leaves with the
// numbers [256 * index, 256 * index + 256). A complete node never changes, so
// tiles of a newer tree serve every older size.
#ifndef SAMKOER_STORAGE_AUDIT_TILES_H_
#define SAMKOER_STORAGE_AUDIT_TILES_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

// The right-hand edge of the tree: the filling tile of each level, and the
// root. A value type for one thread at a time.
class TileEdge {
 public:
  // Loads the edge of a tree of `size` leaves and checks each level against the
  // one below. DATA_LOSS if a tile is missing, short or contradicts another.
  static absl::StatusOr<TileEdge> Load(const Reader& reader,
                                       const ValueSealer& sealer,
                                       std::uint64_t size);

  // Appends leaf hashes and stages each tile that changed, once.
  void Append(std::span<const crypto::Hash32> leaf_hashes,
              const ValueSealer& sealer, WriteBatch& batch);

  std::uint64_t size() const { return tree_.size(); }
  crypto::Hash32 Root() const { return tree_.Root(); }

 private:
  void AppendAt(std::size_t level, const crypto::Hash32& hash,
                const ValueSealer& sealer, WriteBatch& batch);

  struct Level {
    std::uint64_t tile = 0;              // the filling tile's index
    std::vector<crypto::Hash32> hashes;  // fewer than 256
    bool changed = false;
  };
  crypto::CompactTree tree_;
  std::vector<Level> levels_;
};

// Reads nodes of the tree from stored tiles, keeping those it has read. Must
// not outlive `reader` and `sealer`. For one thread at a time.
crypto::NodeReader TileNodes(const Reader& reader, const ValueSealer& sealer);

// The root of the first `size` leaves, from nodes.
absl::StatusOr<crypto::Hash32> RootFromNodes(std::uint64_t size,
                                             const crypto::NodeReader& nodes);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_AUDIT_TILES_H_
