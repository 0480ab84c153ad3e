#include "server/operations_service.h"

#include "proto/reason.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status OperationsService::RotateKek(grpc::ServerContext* context,
                                          const v1::RotateKekRequest* request,
                                          v1::RotateKekResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Operations/RotateKek", [&](const Identity& who) {
        const absl::Status valid = proto::CheckReason(request->reason());
        if (!valid.ok()) return valid;
        auto status = kek_.Rotate(&who, request->reason());
        if (!status.ok()) return status.status();
        *response->mutable_status() = *std::move(status);
        return absl::OkStatus();
      });
}

grpc::Status OperationsService::GetKekStatus(
    grpc::ServerContext* context, const v1::GetKekStatusRequest*,
    v1::GetKekStatusResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Operations/GetKekStatus",
                   [&](const Identity&) {
                     *response->mutable_status() = kek_.Status();
                     return absl::OkStatus();
                   });
}

grpc::Status OperationsService::ListEpochs(grpc::ServerContext* context,
                                           const v1::ListEpochsRequest*,
                                           v1::ListEpochsResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Operations/ListEpochs", [&](const Identity& who) {
        if (!epochs_) {
          return absl::UnimplementedError(
              "the key service keeps no list of its keys; its log tells their "
              "lives");
        }
        return Deliver(epochs_(who), *response);
      });
}

}  // namespace samkoer::server
