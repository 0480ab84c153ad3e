#include "storage/audit_tiles.h"

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "crypto/tlog_tiles.h"
#include "storage/coding.h"
#include "storage/key_layout.h"

namespace samkoer::storage {
namespace {

using crypto::Hash32;
using crypto::kTileHeight;
using crypto::kTileWidth;

using Tile = std::vector<Hash32>;

absl::Status TileDamaged(unsigned level, std::uint64_t index,
                         absl::string_view what) {
  return absl::DataLossError(absl::StrCat("audit log: tile ", level, "/", index,
                                          " ", what,
                                          "; restore a backup of the store"));
}

absl::StatusOr<Tile> ReadTile(const Reader& reader, const ValueSealer& sealer,
                              unsigned level, std::uint64_t index) {
  const std::string key = AuditTileKey(static_cast<std::uint8_t>(level), index);
  const auto sealed = reader.Get(key);
  if (absl::IsNotFound(sealed.status())) {
    return TileDamaged(level, index, "is missing");
  }
  if (!sealed.ok()) return sealed.status();
  const auto value = sealer.Open(key, *sealed);
  if (!value.ok()) return value.status();
  Tile tile(value->size() / sizeof(Hash32));
  if (tile.empty() || tile.size() > kTileWidth ||
      value->size() % sizeof(Hash32) != 0) {
    return TileDamaged(level, index, "has a wrong length");
  }
  ByteReader bytes(*value);
  for (Hash32& hash : tile) bytes.Fill(hash);
  return tile;
}

void StageTile(const Tile& tile, std::size_t level, std::uint64_t index,
               const ValueSealer& sealer, WriteBatch& batch) {
  std::string value;
  value.reserve(tile.size() * sizeof(Hash32));
  for (const Hash32& hash : tile) PutBytes(value, hash);
  std::string key = AuditTileKey(static_cast<std::uint8_t>(level), index);
  std::string sealed = sealer.Seal(key, value);
  batch.Put(std::move(key), std::move(sealed));
}

// The root over a power of two of hashes.
Hash32 Fold(std::span<const Hash32> hashes) {
  if (hashes.size() == 1) return hashes[0];
  const std::size_t half = hashes.size() / 2;
  return crypto::NodeHash(Fold(hashes.first(half)), Fold(hashes.last(half)));
}

// The roots of the complete subtrees of the first `size` leaves, largest first.
absl::StatusOr<std::vector<Hash32>> EdgeFromNodes(
    std::uint64_t size, const crypto::NodeReader& nodes) {
  std::vector<Hash32> edge;
  for (int bit = 63; bit >= 0; --bit) {
    if ((size >> bit & 1) == 0) continue;
    const auto node = nodes(static_cast<unsigned>(bit), (size >> bit) - 1);
    if (!node.ok()) return node.status();
    edge.push_back(*node);
  }
  return edge;
}

}  // namespace

absl::StatusOr<TileEdge> TileEdge::Load(const Reader& reader,
                                        const ValueSealer& sealer,
                                        std::uint64_t size) {
  TileEdge edge;
  const crypto::NodeReader nodes = TileNodes(reader, sealer);
  std::uint64_t count = size;  // complete nodes at this tile level
  for (unsigned level = 0; count > 0; ++level, count >>= kTileHeight) {
    Level& filling = edge.levels_.emplace_back();
    filling.tile = count / kTileWidth;
    const std::size_t width = count % kTileWidth;
    if (width > 0) {
      auto tile = ReadTile(reader, sealer, level, filling.tile);
      if (!tile.ok()) return tile.status();
      if (tile->size() != width) {
        return TileDamaged(
            level, filling.tile,
            absl::StrCat("has ", tile->size(), " hashes, not ", width));
      }
      filling.hashes = *std::move(tile);
    }
    if (level == 0) continue;
    const auto below = ReadTile(reader, sealer, level - 1, count - 1);
    if (!below.ok()) return below.status();
    const auto here = nodes(level * kTileHeight, count - 1);
    if (!here.ok()) return here.status();
    if (below->size() != kTileWidth || Fold(*below) != *here) {
      return TileDamaged(level - 1, count - 1, "contradicts the level above");
    }
  }
  auto roots = EdgeFromNodes(size, nodes);
  if (!roots.ok()) return roots.status();
  auto tree = crypto::CompactTree::FromEdge(size, *std::move(roots));
  if (!tree.ok()) return tree.status();
  edge.tree_ = *std::move(tree);
  return edge;
}

void TileEdge::AppendAt(std::size_t level, const Hash32& hash,
                        const ValueSealer& sealer, WriteBatch& batch) {
  if (level == levels_.size()) levels_.emplace_back();
  Level& filling = levels_[level];
  filling.hashes.push_back(hash);
  filling.changed = true;
  if (filling.hashes.size() < kTileWidth) return;
  StageTile(filling.hashes, level, filling.tile, sealer, batch);
  const Hash32 root = Fold(filling.hashes);
  filling.hashes.clear();
  filling.changed = false;
  ++filling.tile;
  AppendAt(level + 1, root, sealer, batch);
}

void TileEdge::Append(std::span<const Hash32> leaf_hashes,
                      const ValueSealer& sealer, WriteBatch& batch) {
  for (const Hash32& hash : leaf_hashes) {
    tree_.AppendLeafHash(hash);
    AppendAt(0, hash, sealer, batch);
  }
  for (std::size_t level = 0; level < levels_.size(); ++level) {
    Level& filling = levels_[level];
    if (!filling.changed) continue;
    StageTile(filling.hashes, level, filling.tile, sealer, batch);
    filling.changed = false;
  }
}

crypto::NodeReader TileNodes(const Reader& reader, const ValueSealer& sealer) {
  using Cache = std::map<std::pair<unsigned, std::uint64_t>, Tile>;
  return [&reader, &sealer, cache = std::make_shared<Cache>()](
             unsigned level, std::uint64_t index) -> absl::StatusOr<Hash32> {
    const unsigned tile_level = level / kTileHeight;
    const unsigned above = level % kTileHeight;
    const std::uint64_t first = index << above;
    const std::uint64_t tile_index = first / kTileWidth;
    auto found = cache->find({tile_level, tile_index});
    if (found == cache->end()) {
      auto tile = ReadTile(reader, sealer, tile_level, tile_index);
      if (!tile.ok()) return tile.status();
      found =
          cache->emplace(std::pair(tile_level, tile_index), *std::move(tile))
              .first;
    }
    const std::size_t offset = first % kTileWidth;
    const std::size_t count = std::size_t{1} << above;
    if (offset + count > found->second.size()) {
      return TileDamaged(tile_level, tile_index, "is too short");
    }
    return Fold(std::span(found->second).subspan(offset, count));
  };
}

absl::StatusOr<Hash32> RootFromNodes(std::uint64_t size,
                                     const crypto::NodeReader& nodes) {
  auto edge = EdgeFromNodes(size, nodes);
  if (!edge.ok()) return edge.status();
  const auto tree = crypto::CompactTree::FromEdge(size, *std::move(edge));
  if (!tree.ok()) return tree.status();
  return tree->Root();
}

}  // namespace samkoer::storage
