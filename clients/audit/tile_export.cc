#include "clients/audit/tile_export.h"

#include <algorithm>

#include "clients/audit/log_verifier.h"
#include "clients/common/cat.h"
#include "crypto/tlog_tiles.h"

namespace samkoer::clients {
namespace {

using crypto::kTileWidth;

constexpr std::size_t kMaxEntryBytes = 65535;

// The root of a full tile: of a complete subtree of 256 hashes.
crypto::Hash32 RootOf(std::vector<crypto::Hash32> hashes) {
  for (; hashes.size() > 1; hashes.resize(hashes.size() / 2)) {
    for (std::size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = crypto::NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
  }
  return hashes[0];
}

// Takes one entry off the front of a bundle; false if it is cut short.
bool TakeEntry(std::string_view& bundle, std::string_view& entry) {
  if (bundle.size() < 2) return false;
  const std::size_t length = static_cast<unsigned char>(bundle[0]) * 256u +
                             static_cast<unsigned char>(bundle[1]);
  if (bundle.size() < 2 + length) return false;
  entry = bundle.substr(2, length);
  bundle.remove_prefix(2 + length);
  return true;
}

}  // namespace

absl::Status TileExport::Append(std::string_view leaf) {
  if (leaf.size() > kMaxEntryBytes) {
    return absl::OutOfRangeError(Cat("entry ", size_, " has ", leaf.size(),
                                     " bytes; the export format holds at most ",
                                     kMaxEntryBytes));
  }
  bundle_ += static_cast<char>(leaf.size() >> 8);
  bundle_ += static_cast<char>(leaf.size() & 0xFF);
  bundle_ += leaf;
  ++bundled_;
  ++size_;
  if (bundled_ == kTileWidth) {
    if (absl::Status s = WriteBundle(); !s.ok()) return s;
  }
  return AddHash(0, crypto::LeafHash(crypto::AsBytes(leaf)));
}

absl::Status TileExport::AddHash(unsigned level, const crypto::Hash32& hash) {
  if (levels_.size() <= level) levels_.resize(level + 1);
  levels_[level].hashes.push_back(hash);
  if (levels_[level].hashes.size() < kTileWidth) return absl::OkStatus();
  const crypto::Hash32 root = RootOf(levels_[level].hashes);
  if (absl::Status s = WriteTile(level); !s.ok()) return s;
  return AddHash(level + 1, root);
}

absl::Status TileExport::WriteTile(unsigned level) {
  Level& here = levels_[level];
  std::string bytes;
  bytes.reserve(here.hashes.size() * 32);
  for (const crypto::Hash32& hash : here.hashes) bytes += crypto::AsText(hash);
  const std::string path = crypto::TilePath(
      level, here.next_tile, static_cast<unsigned>(here.hashes.size()));
  ++here.next_tile;
  here.hashes.clear();
  return sink_(path, bytes);
}

absl::Status TileExport::WriteBundle() {
  const std::string path = crypto::EntriesPath(next_bundle_, bundled_);
  ++next_bundle_;
  bundled_ = 0;
  const absl::Status status = sink_(path, bundle_);
  bundle_.clear();
  return status;
}

absl::Status TileExport::Finish(std::string_view signed_note) {
  if (bundled_ != 0) {
    if (absl::Status s = WriteBundle(); !s.ok()) return s;
  }
  for (unsigned level = 0; level < levels_.size(); ++level) {
    if (levels_[level].hashes.empty()) continue;
    if (absl::Status s = WriteTile(level); !s.ok()) return s;
  }
  return sink_("checkpoint", signed_note);
}

absl::StatusOr<crypto::Checkpoint> VerifyExport(
    const crypto::NoteVerifier& verifier, const FileSource& source,
    const std::function<void(std::uint64_t index, std::string_view leaf)>&
        visit) {
  absl::StatusOr<std::string> note = source("checkpoint");
  if (!note.ok()) return note.status();
  absl::StatusOr<crypto::Checkpoint> checkpoint =
      OpenCheckpoint(verifier, *note);
  if (!checkpoint.ok()) return checkpoint;

  // Writes the export once more from its entries, and compares each file that
  // comes out with the one that is there.
  TileExport again([&](const std::string& path, std::string_view expected) {
    absl::StatusOr<std::string> found = source(path);
    if (!found.ok()) return found.status();
    if (*found == expected) return absl::OkStatus();
    return absl::DataLossError(
        Cat(path, ": does not agree with the entries below it"));
  });
  LogVerifier root;
  const std::uint64_t size = checkpoint->size;
  for (std::uint64_t start = 0; start < size; start += kTileWidth) {
    const auto width = static_cast<unsigned>(
        std::min<std::uint64_t>(kTileWidth, size - start));
    const std::string path = crypto::EntriesPath(start / kTileWidth, width);
    absl::StatusOr<std::string> bundle = source(path);
    if (!bundle.ok()) return bundle.status();
    std::string_view rest = *bundle;
    for (unsigned i = 0; i < width; ++i) {
      std::string_view leaf;
      if (!TakeEntry(rest, leaf)) {
        return absl::DataLossError(Cat(path, ": ends within entry ", i));
      }
      if (absl::Status s = root.AppendLeaf(leaf); !s.ok()) return s;
      if (absl::Status s = again.Append(leaf); !s.ok()) return s;
      if (visit) visit(start + i, leaf);
    }
    if (!rest.empty()) {
      return absl::DataLossError(Cat(path, ": more than ", width, " entries"));
    }
  }
  if (absl::Status s = root.Matches(*checkpoint); !s.ok()) return s;
  if (absl::Status s = again.Finish(*note); !s.ok()) return s;
  return checkpoint;
}

}  // namespace samkoer::clients
