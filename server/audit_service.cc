#include "server/audit_service.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/limits.h"
#include "server/deliver.h"
#include "server/witness_watch.h"

namespace samkoer::server {
namespace {

absl::Status CheckLookUp(const v1::LookUpPersonRequest& request) {
  if (request.pseudonym().size() != proto::kPseudonymBytes) {
    return absl::InvalidArgumentError("pseudonym: expected 64 bytes");
  }
  if (request.self_test().size() != proto::kSelfTestBytes) {
    return absl::InvalidArgumentError("self_test: expected 32 bytes");
  }
  if (request.reason().empty()) {
    return absl::InvalidArgumentError("reason: missing");
  }
  if (request.reason().size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("reason: over ", proto::kMaxNoteBytes, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace

grpc::Status AuditService::GetCheckpoint(grpc::ServerContext* context,
                                         const v1::GetCheckpointRequest*,
                                         v1::GetCheckpointResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Audit/GetCheckpoint",
                   [&](const Identity&) -> absl::Status {
                     // First the older: so it is part of the newer.
                     std::string cosigned;
                     if (witness_ != nullptr)
                       cosigned = witness_->CosignedNote();
                     absl::Status got =
                         Deliver(backend_.GetCheckpoint(), *response);
                     if (got.ok()) {
                       response->set_cosigned_note(std::move(cosigned));
                     }
                     return got;
                   });
}

grpc::Status AuditService::ReadLeaves(
    grpc::ServerContext* context, const v1::ReadLeavesRequest* request,
    grpc::ServerWriter<v1::LeafBatch>* writer) {
  return gate_.Run(
      *context, "/samkoer.v1.Audit/ReadLeaves", [&](const Identity& who) {
        StreamWatch::Stream stream(watch_, *context, who);
        absl::Status written;
        absl::Status read =
            backend_.ReadLeaves(who, *request, [&](const v1::LeafBatch& batch) {
              written = stream.Write([&] { return writer->Write(batch); });
              return written.ok();
            });
        return written.ok() ? read : written;
      });
}

grpc::Status AuditService::GetConsistencyProof(
    grpc::ServerContext* context, const v1::GetConsistencyProofRequest* request,
    v1::GetConsistencyProofResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Audit/GetConsistencyProof",
                   [&](const Identity& who) {
                     return Deliver(backend_.ConsistencyProof(who, *request),
                                    *response);
                   });
}

grpc::Status AuditService::GetInclusionProof(
    grpc::ServerContext* context, const v1::GetInclusionProofRequest* request,
    v1::GetInclusionProofResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Audit/GetInclusionProof",
                   [&](const Identity& who) {
                     return Deliver(backend_.InclusionProof(who, *request),
                                    *response);
                   });
}

grpc::Status AuditService::LookUpPerson(grpc::ServerContext* context,
                                        const v1::LookUpPersonRequest* request,
                                        v1::LookUpPersonResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Audit/LookUpPerson", [&](const Identity& who) {
        const absl::Status valid = CheckLookUp(*request);
        if (!valid.ok()) return valid;
        return Deliver(backend_.LookUpPerson(who, *request), *response);
      });
}

}  // namespace samkoer::server
