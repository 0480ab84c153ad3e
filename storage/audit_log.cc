#include "storage/audit_log.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "storage/audit_leaf.h"
#include "storage/index_hash.h"
#include "storage/key_layout.h"
#include "storage/subject_index.h"

namespace samkoer::storage {
namespace {

using crypto::Hash16;
using crypto::Hash32;

absl::Status LeafDamaged(std::uint64_t index, absl::string_view what) {
  return absl::DataLossError(absl::StrCat("audit log: leaf ", index, " ", what,
                                          "; restore a backup of the store"));
}

// One past the last leaf's index.
absl::StatusOr<std::uint64_t> StoredSize(const Reader& reader) {
  std::uint64_t size = 0;
  absl::Status parsed;
  const absl::Status scanned = reader.ScanBackward(
      TablePrefix(Table::kAuditLeaf), "",
      [&](std::string_view key, std::string_view) {
        const auto index = ParseNumberKey(Table::kAuditLeaf, key);
        if (index) {
          size = *index + 1;
        } else {
          parsed = absl::DataLossError("audit log: a key is malformed");
        }
        return false;
      });
  if (!scanned.ok()) return scanned;
  if (!parsed.ok()) return parsed;
  return size;
}

// Calls `visit` with the leaves of [start, end), all of which must be there.
absl::Status ScanLeaves(
    const Reader& reader, const ValueSealer& sealer, std::uint64_t start,
    std::uint64_t end,
    const std::function<bool(std::uint64_t, std::string_view)>& visit) {
  if (start == end) return absl::OkStatus();
  std::uint64_t next = start;
  bool stopped = false;
  absl::Status opened;
  const absl::Status scanned = reader.Scan(
      TablePrefix(Table::kAuditLeaf), NumberKey(Table::kAuditLeaf, start),
      [&](std::string_view key, std::string_view value) {
        if (ParseNumberKey(Table::kAuditLeaf, key) != next) return false;
        const auto leaf = sealer.Open(key, value);
        if (!leaf.ok()) {
          opened = leaf.status();
          return false;
        }
        stopped = !visit(next, *leaf);
        ++next;
        return !stopped && next < end;
      });
  if (!scanned.ok()) return scanned;
  if (!opened.ok()) return opened;
  if (!stopped && next < end) return LeafDamaged(next, "is missing");
  return absl::OkStatus();
}

// Compares the leaves that the newest tile covers with its hashes.
absl::Status CheckNewestLeaves(const Reader& reader, const ValueSealer& sealer,
                               std::uint64_t size) {
  if (size == 0) return absl::OkStatus();
  const crypto::NodeReader nodes = TileNodes(reader, sealer);
  absl::Status compared;
  const absl::Status scanned = ScanLeaves(
      reader, sealer, (size - 1) / 256 * 256, size,
      [&](std::uint64_t index, std::string_view leaf) {
        const auto hash = nodes(0, index);
        if (!hash.ok()) {
          compared = hash.status();
        } else if (*hash != crypto::LeafHash(crypto::AsBytes(leaf))) {
          compared = LeafDamaged(index, "is not the one in the tree");
        }
        return compared.ok();
      });
  return scanned.ok() ? compared : scanned;
}

}  // namespace

absl::StatusOr<std::unique_ptr<AuditLog>> AuditLog::Open(
    const Reader& reader, const ValueSealer& sealer, crypto::NoteSigner signer,
    const crypto::HashKey& index_key) {
  const auto size = StoredSize(reader);
  if (!size.ok()) return size.status();
  auto edge = TileEdge::Load(reader, sealer, *size);
  if (!edge.ok()) return edge.status();
  if (auto status = CheckNewestLeaves(reader, sealer, *size); !status.ok()) {
    return status;
  }
  auto log = std::unique_ptr<AuditLog>(
      new AuditLog(sealer, std::move(signer), index_key));
  log->staged_ = *std::move(edge);
  log->published_ = log->Staged();
  return log;
}

absl::StatusOr<std::uint64_t> AuditLog::Append(
    WriteBatch& batch, std::span<const samkoer::v1::AuditLeaf> leaves) {
  if (leaves.empty()) return absl::InvalidArgumentError("no audit leaf");
  for (const auto& leaf : leaves) {
    if (auto status = ValidateLeaf(leaf); !status.ok()) return status;
  }
  const std::uint64_t first = staged_.size();
  std::vector<Hash32> hashes;
  hashes.reserve(leaves.size());
  for (const auto& leaf : leaves) {
    const std::uint64_t index = first + hashes.size();
    const std::string bytes = leaf.SerializeAsString();
    std::string key = NumberKey(Table::kAuditLeaf, index);
    std::string sealed = sealer_.Seal(key, bytes);
    batch.Put(std::move(key), std::move(sealed));
    // The keys say it all, so the values are empty.
    for (std::string& subject : SubjectIndexKeysOf(index_key_, leaf, index)) {
      batch.Put(std::move(subject), "");
    }
    hashes.push_back(crypto::LeafHash(crypto::AsBytes(bytes)));
  }
  staged_.Append(hashes, sealer_, batch);
  return first;
}

crypto::Checkpoint AuditLog::Staged() const {
  return {signer_.name(), staged_.size(), staged_.Root()};
}

void AuditLog::Publish(const crypto::Checkpoint& durable) {
  const std::lock_guard lock(mutex_);
  published_ = durable;
}

std::uint64_t AuditLog::size() const {
  const std::lock_guard lock(mutex_);
  return published_.size;
}

crypto::Checkpoint AuditLog::checkpoint() const {
  const std::lock_guard lock(mutex_);
  return published_;
}

std::string AuditLog::SignedCheckpoint() const {
  crypto::Checkpoint newest;
  {
    const std::lock_guard lock(mutex_);
    if (!signed_note_.empty() && signed_size_ == published_.size) {
      return signed_note_;
    }
    newest = published_;
  }
  // Signed outside the lock, which the writer takes.
  std::string note = signer_.Sign(newest.Format());
  const std::lock_guard lock(mutex_);
  if (signed_note_.empty() || signed_size_ < newest.size) {
    signed_note_ = note;
    signed_size_ = newest.size;
  }
  return note;
}

absl::Status AuditLog::ReadLeaves(
    const Reader& reader, std::uint64_t start, std::uint64_t end,
    const std::function<bool(std::uint64_t, std::string_view)>& visit) const {
  const std::uint64_t published = size();
  if (start > end || end > published) {
    return absl::OutOfRangeError(absl::StrCat("leaves ", start, " to ", end,
                                              " of a log of ", published));
  }
  return ScanLeaves(reader, sealer_, start, end, visit);
}

absl::StatusOr<Hash32> AuditLog::RootAt(const Reader& reader,
                                        std::uint64_t tree_size) const {
  const std::uint64_t published = size();
  if (tree_size > published) {
    return absl::OutOfRangeError(
        absl::StrCat("size ", tree_size, " of a log of ", published));
  }
  return RootFromNodes(tree_size, TileNodes(reader, sealer_));
}

absl::StatusOr<std::vector<Hash32>> AuditLog::InclusionProof(
    const Reader& reader, std::uint64_t index, std::uint64_t tree_size) const {
  const std::uint64_t published = size();
  if (tree_size > published) {
    return absl::OutOfRangeError(
        absl::StrCat("size ", tree_size, " of a log of ", published));
  }
  return crypto::InclusionProof(index, tree_size, TileNodes(reader, sealer_));
}

absl::StatusOr<std::vector<Hash32>> AuditLog::ConsistencyProof(
    const Reader& reader, std::uint64_t first, std::uint64_t second) const {
  const std::uint64_t published = size();
  if (second > published) {
    return absl::OutOfRangeError(
        absl::StrCat("size ", second, " of a log of ", published));
  }
  return crypto::ConsistencyProof(first, second, TileNodes(reader, sealer_));
}

absl::StatusOr<std::vector<std::uint64_t>> AuditLog::LeafIndicesFor(
    const Reader& reader, std::string_view subject_id, std::size_t limit,
    LongLeaves long_leaves) const {
  if (subject_id.size() != 16) {
    return absl::InvalidArgumentError("a subject id has 16 bytes");
  }
  std::vector<std::uint64_t> indices;
  if (limit == 0) return indices;
  const std::uint64_t published = size();
  const auto newest_first =
      [&](const Hash16& hash, const std::function<bool(std::uint64_t)>& visit) {
        return reader.ScanBackward(
            SubjectIndexPrefix(hash), "",
            [&](std::string_view key, std::string_view) {
              const auto index = ParseSubjectIndexKey(key);
              return !index || *index >= published || visit(*index);
            });
      };
  absl::Status scanned = newest_first(
      IndexHash(index_key_, kSubjectLabel, crypto::AsBytes(subject_id)),
      [&](std::uint64_t index) {
        indices.push_back(index);
        return indices.size() < limit;
      });
  if (!scanned.ok()) return scanned;
  if (long_leaves == LongLeaves::kLeaveOut) {
    std::reverse(indices.begin(), indices.end());
    return indices;
  }
  // Of the long leaves only those matter that are newer than the last of
  // `limit` found already.
  const std::uint64_t oldest = indices.size() < limit ? 0 : indices.back();
  absl::Status read;
  std::size_t found = 0;
  scanned = newest_first(
      IndexHash(index_key_, kManySubjectsLabel, {}), [&](std::uint64_t index) {
        if (index < oldest) return false;
        const auto names = LeafNames(reader, index, subject_id);
        read = names.status();
        if (names.ok() && *names) {
          indices.push_back(index);
          ++found;
        }
        return read.ok() && found < limit;
      });
  if (!scanned.ok()) return scanned;
  if (!read.ok()) return read;
  std::sort(indices.begin(), indices.end());
  if (indices.size() > limit) {
    indices.erase(indices.begin(),
                  indices.end() - static_cast<std::ptrdiff_t>(limit));
  }
  return indices;
}

absl::Status AuditLog::SubjectIndexKeys(
    const Reader& reader, std::string_view subject_id,
    const std::function<void(std::string_view)>& visit) const {
  if (subject_id.size() != 16) {
    return absl::InvalidArgumentError("a subject id has 16 bytes");
  }
  return reader.Scan(SubjectIndexPrefix(IndexHash(index_key_, kSubjectLabel,
                                                  crypto::AsBytes(subject_id))),
                     "", [&](std::string_view key, std::string_view) {
                       visit(key);
                       return true;
                     });
}

absl::StatusOr<bool> AuditLog::LeafNames(const Reader& reader,
                                         std::uint64_t index,
                                         std::string_view subject_id) const {
  bool names = false;
  absl::Status parsed;
  const absl::Status scanned = ScanLeaves(
      reader, sealer_, index, index + 1,
      [&](std::uint64_t, std::string_view bytes) {
        samkoer::v1::AuditLeaf leaf;
        if (!leaf.ParseFromArray(bytes.data(),
                                 static_cast<int>(bytes.size()))) {
          parsed = LeafDamaged(index, "is malformed");
        }
        // Ascending (audit_leaf.h).
        names = std::binary_search(leaf.subjects().begin(),
                                   leaf.subjects().end(), subject_id);
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!parsed.ok()) return parsed;
  return names;
}

absl::Status AuditLog::VerifyLeaves(const Reader& reader) const {
  const crypto::Checkpoint expected = checkpoint();
  crypto::CompactTree tree;
  const absl::Status scanned =
      ScanLeaves(reader, sealer_, 0, expected.size,
                 [&](std::uint64_t, std::string_view leaf) {
                   tree.AppendLeafHash(crypto::LeafHash(crypto::AsBytes(leaf)));
                   return true;
                 });
  if (!scanned.ok()) return scanned;
  if (tree.Root() != expected.root) {
    return absl::DataLossError(absl::StrCat(
        "audit log: the first ", expected.size,
        " leaves do not have the root of the tree; restore a backup"));
  }
  return absl::OkStatus();
}

}  // namespace samkoer::storage
