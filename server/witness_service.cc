#include "server/witness_service.h"

#include "server/deliver.h"

namespace samkoer::server {

grpc::Status WitnessService::AddCosignature(
    grpc::ServerContext* context, const v1::AddCosignatureRequest* request,
    v1::AddCosignatureResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Witnesses/AddCosignature",
                   [&](const Identity& who) {
                     return Deliver(watch_.Add(who, request->note()),
                                    *response);
                   });
}

}  // namespace samkoer::server
