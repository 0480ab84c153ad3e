// CPR numbers and their pseudonyms, kept encrypted, so that a nightly snapshot
// asks the key service for new people only.
//
// File "pseudonyms-PURPOSE-EPOCH.cache", version 1, integers little-endian:
//
//   header   "samkoer-pseudonyms"       18 bytes
//            version 0x01               1
//            epoch                      4   u32
//            public key of the epoch    32
//            length of the purpose      1   u8
//            purpose                    n
//            check                      40  Seal(key, the header before, "")
//   frame    length of the rest         4   u32, 120 to kMaxFrameBytes
//            sealed                     ..  Seal(key, header before check ||
//                                           number of the frame as u64,
//                                           entries)
//   entries  1 to 1,000, each:
//            index                      16  cache_keys.h, CacheIndex
//            pseudonym                  64
//
// Frames are appended and synced one by one. A frame that a crash left
// unfinished at the end is dropped when the file is opened: it costs the quota
// of at most 1,000 evaluations. Damage anywhere else is refused. The file shows
// how many people are in it, and nothing else. Entries never change, so an old
// copy of the file put back is only smaller.
#ifndef SAMKOER_CLIENTS_AGENT_PSEUDONYM_CACHE_H_
#define SAMKOER_CLIENTS_AGENT_PSEUDONYM_CACHE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/agent/cache_keys.h"
#include "crypto/oprf.h"

namespace samkoer::agent {

// One key's pseudonyms. One process at a time may have a directory's caches
// open (state_lock.h).
//
// Thread safety: for one thread at a time; const calls for many.
class PseudonymCache {
 public:
  static constexpr std::size_t kEntryBytes = 16 + crypto::kOprfOutputBytes;
  static constexpr std::size_t kMaxFrameEntries = 1000;
  static constexpr std::size_t kMaxFrameBytes =
      kMaxFrameEntries * kEntryBytes + crypto::kSealOverheadBytes;

  // Opens the cache of a key in `dir`, or begins one.
  //  * UNAUTHENTICATED: it was made with another cache key, or its header was
  //    changed.
  //  * FAILED_PRECONDITION: it belongs to another public key of the same
  //    epoch, or is of an unknown version.
  //  * DATA_LOSS: it is damaged before its end.
  static absl::StatusOr<std::unique_ptr<PseudonymCache>> Open(
      const std::string& dir, const CacheKeys& keys, std::string_view purpose,
      std::uint32_t epoch, const crypto::Element& public_key);
  ~PseudonymCache();
  PseudonymCache(const PseudonymCache&) = delete;
  PseudonymCache& operator=(const PseudonymCache&) = delete;

  // The 64 bytes for an input, if known. They live as long as the cache, until
  // the next KeepOnly.
  std::optional<std::span<const std::uint8_t, crypto::kOprfOutputBytes>> Find(
      std::string_view input) const;

  // Adds outputs of inputs, in order, up to 1,000 a frame; on disk, synced,
  // when this returns OK. After an error the frames before the failed one stay.
  absl::Status Append(std::span<const std::string_view> inputs,
                      std::span<const crypto::OprfOutput> outputs);

  // Rewrites the file with the entries of `inputs` alone (and replaces it as a
  // whole): people who have left the export leave the cache too.
  absl::Status KeepOnly(std::span<const std::string_view> inputs);

  std::size_t size() const { return entries_.size(); }
  const std::string& path() const { return path_; }

 private:
  PseudonymCache(std::string path, const CacheKeys& keys, std::string header);
  absl::Status Load();
  absl::Status Create(std::string_view frames);
  absl::Status OpenForAppend(std::uint64_t size);
  absl::Status AppendFrame(crypto::Bytes entries);
  std::string SealFrame(crypto::Bytes entries, std::uint64_t number) const;
  void Take(crypto::SecretBuffer entries);

  const std::string path_;
  const CacheKeys keys_;
  const std::string header_;  // before the check
  int fd_ = -1;
  std::uint64_t frames_ = 0;
  std::uint64_t bytes_ = 0;  // of the file
  std::vector<crypto::SecretBuffer> blocks_;
  // To the 64 bytes in `blocks_`.
  absl::flat_hash_map<crypto::Hash16, const std::uint8_t*> entries_;
};

// A cache file as its name and header tell, without a key.
struct CacheFileInfo {
  std::string path;
  std::uint64_t bytes = 0;
  std::uint64_t entries = 0;  // as the lengths of the frames tell
};

// The cache files in `dir`, ascending by name; empty if there is no directory.
std::vector<CacheFileInfo> ListCaches(const std::string& dir);

// Removes the caches of a purpose that are of an epoch before `epoch`. OK if
// there is none.
absl::Status RemoveCachesBefore(const std::string& dir,
                                std::string_view purpose, std::uint32_t epoch);

// Removes all cache files and the cache key. OK if there is nothing.
absl::Status ClearCaches(const std::string& dir);

// "DIR/cache.key".
std::string CacheKeyPath(const std::string& dir);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PSEUDONYM_CACHE_H_
