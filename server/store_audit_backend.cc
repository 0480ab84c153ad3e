#include "server/store_audit_backend.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "server/limits.h"
#include "storage/audit_log.h"
#include "storage/engine.h"

namespace samkoer::server {
namespace {

template <typename Response>
absl::StatusOr<Response> FillHashes(
    const absl::StatusOr<std::vector<crypto::Hash32>>& hashes) {
  if (!hashes.ok()) return hashes.status();
  Response response;
  for (const crypto::Hash32& hash : *hashes) {
    response.add_hashes(std::string(crypto::AsText(hash)));
  }
  return response;
}

}  // namespace

absl::StatusOr<v1::LookUpPersonResponse> AuditBackend::LookUpPerson(
    const Identity&, const v1::LookUpPersonRequest&) {
  return absl::UnimplementedError("this server holds nothing about persons");
}

absl::StatusOr<v1::GetCheckpointResponse> StoreAuditBackend::GetCheckpoint() {
  v1::GetCheckpointResponse response;
  response.set_signed_note(log_.SignedCheckpoint());
  return response;
}

absl::Status StoreAuditBackend::ReadLeaves(const Identity& who,
                                           const v1::ReadLeavesRequest& request,
                                           const LeafSink& sink) {
  const std::uint64_t size = log_.size();
  const std::uint64_t end = request.end() == 0 ? size : request.end();
  if (end > size || request.start() >= end) {
    return absl::OutOfRangeError(absl::StrCat("the log has ", size, " leaves"));
  }
  const absl::Status recorded = record_read_(who, request.start(), end);
  if (!recorded.ok()) return recorded;
  const std::unique_ptr<storage::Reader> snapshot = engine_.Snapshot();
  std::uint64_t next = request.start();
  while (next < end) {
    // A page at a time, so that the store is not read while the client is slow.
    v1::LeafBatch batch;
    batch.set_start(next);
    std::size_t bytes = 0;
    const absl::Status read = log_.ReadLeaves(
        *snapshot, next, std::min(end, next + kMaxLeavesPerMessage),
        [&](std::uint64_t, std::string_view leaf) {
          batch.add_leaves(leaf.data(), leaf.size());
          bytes += leaf.size();
          return bytes < kMaxLeafBatchBytes;
        });
    if (!read.ok()) return read;
    if (batch.leaves().empty()) {
      return absl::DataLossError("the log's leaves end before its size");
    }
    next += static_cast<std::uint64_t>(batch.leaves_size());
    if (!sink(batch)) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::GetConsistencyProofResponse>
StoreAuditBackend::ConsistencyProof(
    const Identity&, const v1::GetConsistencyProofRequest& request) {
  return FillHashes<v1::GetConsistencyProofResponse>(log_.ConsistencyProof(
      *engine_.Snapshot(), request.first_size(), request.second_size()));
}

absl::StatusOr<v1::GetInclusionProofResponse> StoreAuditBackend::InclusionProof(
    const Identity&, const v1::GetInclusionProofRequest& request) {
  return FillHashes<v1::GetInclusionProofResponse>(log_.InclusionProof(
      *engine_.Snapshot(), request.index(), request.tree_size()));
}

}  // namespace samkoer::server
