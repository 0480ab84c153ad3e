#include "clients/audit/log_server.h"

#include <grpcpp/client_context.h>

#include <algorithm>
#include <memory>

#include "clients/common/cat.h"
#include "clients/common/channel.h"

namespace samkoer::clients {
namespace {

// A log of a hundred million entries over a slow line.
constexpr absl::Duration kStreamDeadline = absl::Hours(4);

}  // namespace

absl::StatusOr<std::string> LogServer::FetchNote(std::string* cosigned) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetCheckpointResponse response;
  const grpc::Status status = stub_.GetCheckpoint(&context, {}, &response);
  if (!status.ok()) return FromServer(status, peer_, language_);
  if (cosigned != nullptr) *cosigned = response.cosigned_note();
  return response.signed_note();
}

absl::StatusOr<std::vector<crypto::Hash32>> LogServer::FetchConsistencyProof(
    std::uint64_t first, std::uint64_t second) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetConsistencyProofRequest request;
  request.set_first_size(first);
  request.set_second_size(second);
  v1::GetConsistencyProofResponse response;
  const grpc::Status status =
      stub_.GetConsistencyProof(&context, request, &response);
  if (!status.ok()) return FromServer(status, peer_, language_);
  std::vector<crypto::Hash32> proof;
  for (const std::string& bytes : response.hashes()) {
    crypto::Hash32 hash;
    if (bytes.size() != hash.size()) {
      return absl::DataLossError("a hash of the proof has not 32 bytes");
    }
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    proof.push_back(hash);
  }
  return proof;
}

absl::Status LogServer::StreamLeaves(
    std::uint64_t start, std::uint64_t end,
    const std::function<absl::Status(const v1::LeafBatch&)>& visit) {
  if (start >= end) return absl::OkStatus();
  grpc::ClientContext context;
  SetDeadline(context, kStreamDeadline);
  v1::ReadLeavesRequest request;
  request.set_start(start);
  request.set_end(end);
  const auto reader = stub_.ReadLeaves(&context, request);
  v1::LeafBatch batch;
  absl::Status visited;
  std::uint64_t left = end - start;
  while (visited.ok() && reader->Read(&batch)) {
    const auto count = static_cast<std::uint64_t>(batch.leaves_size());
    if (count > left) {
      visited =
          absl::DataLossError(Cat("the server sent more than the ", end - start,
                                  " entries it was asked for"));
    } else {
      left -= count;
      visited = visit(batch);
    }
  }
  if (!visited.ok()) context.TryCancel();
  const grpc::Status status = reader->Finish();
  return visited.ok() ? FromServer(status, peer_, language_) : visited;
}

}  // namespace samkoer::clients
