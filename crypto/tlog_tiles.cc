#include "crypto/tlog_tiles.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace samkoer::crypto {
namespace {

// Groups of three digits; all but the last begin with an x, so that a folder
// is never named as a file is.
std::string IndexPath(std::uint64_t index) {
  std::string path = absl::StrFormat("%03d", index % 1000);
  while (index >= 1000) {
    index /= 1000;
    path = absl::StrFormat("x%03d/%s", index % 1000, path);
  }
  return path;
}

std::string WithWidth(std::string path, unsigned width) {
  if (width < kTileWidth) absl::StrAppend(&path, ".p/", width);
  return path;
}

}  // namespace

std::string TilePath(unsigned level, std::uint64_t index, unsigned width) {
  return WithWidth(absl::StrCat("tile/", level, "/", IndexPath(index)), width);
}

std::string EntriesPath(std::uint64_t index, unsigned width) {
  return WithWidth(absl::StrCat("tile/entries/", IndexPath(index)), width);
}

unsigned TileWidthAt(unsigned level, std::uint64_t index,
                     std::uint64_t tree_size) {
  if (level >= 64 / kTileHeight) return 0;
  const std::uint64_t hashes = tree_size >> (kTileHeight * level);
  const std::uint64_t full_tiles = hashes / kTileWidth;
  if (index < full_tiles) return kTileWidth;
  if (index > full_tiles) return 0;
  return static_cast<unsigned>(hashes % kTileWidth);
}

}  // namespace samkoer::crypto
