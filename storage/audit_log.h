// The append-only Merkle log (RFC 6962 hashing) over the engine. Leaves and
// tree go into the caller's batch, so that data and its leaf are one atomic
// write: neither is ever there without the other.
//
// Use, by the one writer:
//   WriteBatch batch;                      // the data
//   auto first = log.Append(batch, leaves);
//   if (auto s = engine.Write(batch); !s.ok()) end the process;
//   log.Committed();
// Before Committed() nobody sees the new size; after a failed write the
// published state is unchanged, and nothing may be appended any more. A writer
// that makes the next batch while one is being written takes Staged() with each
// batch and calls Publish, in order, when it is durable.
//
// The tree is kept as tiles of 256 hashes (c2sp.org/tlog-tiles), each rewritten
// while it fills. Leaves and tiles are sealed (sealed_value.h). FORMAT.md has
// the bytes.
//
// Thread safety: Append, Committed, Staged and staged_size belong to one writer
// thread; Publish and all other const methods may be called from any thread
// meanwhile.
#ifndef SAMKOER_STORAGE_AUDIT_LOG_H_
#define SAMKOER_STORAGE_AUDIT_LOG_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/merkle.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/audit.pb.h"
#include "storage/audit_tiles.h"
#include "storage/engine.h"
#include "storage/sealed_value.h"

namespace samkoer::storage {

// The longest leaf: tlog-tiles gives an entry's length in 16 bits.
inline constexpr std::size_t kMaxLeafBytes = 65535;
// How many subjects one leaf may name (18 bytes each); more go into a second
// leaf.
inline constexpr std::size_t kMaxLeafSubjects = 3000;

// What LeafIndicesFor does with the matcher's leaves about many subjects, which
// are not indexed by each.
enum class LongLeaves { kSearch, kLeaveOut };

class AuditLog {
 public:
  // Opens the log that `reader` holds; an empty store is an empty log. Checks
  // the newest tile against its leaves, and that each level agrees with the one
  // below; VerifyLeaves checks everything.
  //
  // `sealer` must outlive the log. `signer`'s name is the checkpoint's origin
  // (LogOrigin). `index_key` is StoreMeta::index_key.
  // DATA_LOSS if leaves and tiles do not agree; errors of the sealer.
  static absl::StatusOr<std::unique_ptr<AuditLog>> Open(
      const Reader& reader, const ValueSealer& sealer,
      crypto::NoteSigner signer, const crypto::HashKey& index_key);

  // Stages leaves, tiles and the subject index behind what is staged already;
  // returns the first leaf's index. Best called once a batch with all its
  // leaves: each call writes the newest tile again. INVALID_ARGUMENT, with
  // nothing staged, if a leaf is malformed (audit_leaf.h) or there is none.
  absl::StatusOr<std::uint64_t> Append(
      WriteBatch& batch, std::span<const samkoer::v1::AuditLeaf> leaves);
  // Publishes what was staged. Call after the engine's Write returned OK.
  void Committed() { Publish(Staged()); }
  // What the log will be once all that is staged is durable.
  crypto::Checkpoint Staged() const;
  std::uint64_t staged_size() const { return staged_.size(); }
  // Publishes what Staged() told.
  void Publish(const crypto::Checkpoint& durable);

  // The published size, in leaves, and root.
  std::uint64_t size() const;
  crypto::Checkpoint checkpoint() const;
  // The newest published checkpoint as a C2SP signed note.
  std::string SignedCheckpoint() const;
  // The key that verifies SignedCheckpoint.
  std::string VerifierKey() const { return signer_.VerifierKey(); }

  // Below, `reader` must be the engine, or a snapshot taken after the sizes
  // used were published.

  // Calls `visit` with each leaf's exact bytes, in order, from `start` up to
  // but not including `end`, until it returns false. OUT_OF_RANGE unless
  // start <= end <= size(); DATA_LOSS if a leaf is missing or damaged.
  absl::Status ReadLeaves(
      const Reader& reader, std::uint64_t start, std::uint64_t end,
      const std::function<bool(std::uint64_t index, std::string_view leaf)>&
          visit) const;

  // The root of the first `tree_size` leaves. OUT_OF_RANGE above size().
  absl::StatusOr<crypto::Hash32> RootAt(const Reader& reader,
                                        std::uint64_t tree_size) const;
  // RFC 6962, 2.1.1 and 2.1.2, for any published size. OUT_OF_RANGE unless
  // index < tree_size <= size(), or 1 <= first <= second <= size().
  absl::StatusOr<std::vector<crypto::Hash32>> InclusionProof(
      const Reader& reader, std::uint64_t index, std::uint64_t tree_size) const;
  absl::StatusOr<std::vector<crypto::Hash32>> ConsistencyProof(
      const Reader& reader, std::uint64_t first, std::uint64_t second) const;

  // The leaves that name a subject (16 bytes), ascending, without a scan of the
  // whole log: the matcher's leaves about many subjects (ALERTS_MATCHED, more
  // than 64) are searched or left out, all others are indexed. At most `limit`,
  // the newest ones. INVALID_ARGUMENT unless 16 bytes.
  absl::StatusOr<std::vector<std::uint64_t>> LeafIndicesFor(
      const Reader& reader, std::string_view subject_id, std::size_t limit,
      LongLeaves long_leaves = LongLeaves::kSearch) const;

  // Calls `visit` with every key of the index that leads from the subject (16
  // bytes) to a leaf. When they are deleted the leaves stay, and nothing finds
  // them by the subject any more, except those about many subjects.
  absl::Status SubjectIndexKeys(
      const Reader& reader, std::string_view subject_id,
      const std::function<void(std::string_view key)>& visit) const;

  // The key of IndexHash, as Open was given it.
  const crypto::HashKey& index_key() const { return index_key_; }

  // Recomputes the root from every leaf. DATA_LOSS if it is another.
  absl::Status VerifyLeaves(const Reader& reader) const;

 private:
  AuditLog(const ValueSealer& sealer, crypto::NoteSigner signer,
           const crypto::HashKey& index_key)
      : sealer_(sealer), signer_(std::move(signer)), index_key_(index_key) {}

  // Whether the leaf names the subject.
  absl::StatusOr<bool> LeafNames(const Reader& reader, std::uint64_t index,
                                 std::string_view subject_id) const;

  const ValueSealer& sealer_;
  const crypto::NoteSigner signer_;
  const crypto::HashKey index_key_;

  TileEdge staged_;  // the writer's alone

  mutable std::mutex mutex_;
  crypto::Checkpoint published_;           // under mutex_
  mutable std::string signed_note_;        // under mutex_
  mutable std::uint64_t signed_size_ = 0;  // under mutex_
};

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_AUDIT_LOG_H_
