// A log as static files (c2sp.org/tlog-tiles), so that tools that know nothing
// of us can check it:
//   checkpoint                    the signed note
//   tile/<L>/<N>[.p/<W>]          up to 256 hashes of 32 bytes
//   tile/entries/<N>[.p/<W>]      up to 256 entries, each a big-endian length
//                                 of two bytes and the leaf
// Pure: where files go to and come from is the caller's.
#ifndef SAMKOER_CLIENTS_AUDIT_TILE_EXPORT_H_
#define SAMKOER_CLIENTS_AUDIT_TILE_EXPORT_H_

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "crypto/signed_note.h"

namespace samkoer::clients {

// Takes one file; `path` is relative and holds no "..".
using FileSink =
    std::function<absl::Status(const std::string& path, std::string_view)>;
// Gives one file; NOT_FOUND if there is none.
using FileSource =
    std::function<absl::StatusOr<std::string>(const std::string& path)>;

// Writes a log. Holds at most 256 leaves and 256 hashes a level. For one thread
// at a time.
class TileExport {
 public:
  explicit TileExport(FileSink sink) : sink_(std::move(sink)) {}

  // The next leaf, from the first on. OUT_OF_RANGE if it has more than 65,535
  // bytes, which the format cannot hold; else what the sink returns.
  absl::Status Append(std::string_view leaf);
  // Writes what is left as partial tiles, and the checkpoint last. The caller
  // has checked that the note is of this tree.
  absl::Status Finish(std::string_view signed_note);

  std::uint64_t size() const { return size_; }

 private:
  struct Level {
    std::uint64_t next_tile = 0;
    std::vector<crypto::Hash32> hashes;  // fewer than 256 between calls
  };
  absl::Status AddHash(unsigned level, const crypto::Hash32& hash);
  absl::Status WriteTile(unsigned level);
  absl::Status WriteBundle();

  FileSink sink_;
  std::uint64_t size_ = 0;
  std::uint64_t next_bundle_ = 0;
  unsigned bundled_ = 0;
  std::string bundle_;
  std::vector<Level> levels_;
};

// Checks an export from nothing but its files and the key: the signature, every
// entry, every tile of every level, the root. `visit` (may be empty) gets each
// leaf. DATA_LOSS naming the file if something does not fit; errors of the
// source.
absl::StatusOr<crypto::Checkpoint> VerifyExport(
    const crypto::NoteVerifier& verifier, const FileSource& source,
    const std::function<void(std::uint64_t index, std::string_view leaf)>&
        visit);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_TILE_EXPORT_H_
