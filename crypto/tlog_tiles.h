// Paths and shapes of C2SP tlog-tiles (c2sp.org/tlog-tiles): pure.
//
// Tile (level L, index N) holds the roots of the complete subtrees of 256^L
// leaves with indices N * 256 to N * 256 + 255, or as many of them as the tree
// has: then it is partial, and its width stands in its path.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CRYPTO_TLOG_TILES_H_
#define SAMKOER_CRYPTO_TLOG_TILES_H_

#include <cstdint>
#include <string>

namespace samkoer::crypto {

// A full tile holds 256 hashes and spans 8 levels of the tree.
inline constexpr unsigned kTileHeight = 8;
inline constexpr unsigned kTileWidth = 256;

// "tile/0/x001/x234/067" for level 0, index 1234067; with ".p/W" if
// width < 256 (1 <= width <= 256). Levels are 0 to 7.
std::string TilePath(unsigned level, std::uint64_t index, unsigned width);
// The same for entry bundles, which hold the leaves that tile (0, index)
// hashes: "tile/entries/x001/...".
std::string EntriesPath(std::uint64_t index, unsigned width);
// How many hashes tile `index` of `level` has in a tree of `tree_size`; 0 if
// it does not exist.
unsigned TileWidthAt(unsigned level, std::uint64_t index,
                     std::uint64_t tree_size);

}  // namespace samkoer::crypto

#endif  // SAMKOER_CRYPTO_TLOG_TILES_H_
