#include "server/key_service.h"

#include <utility>

#include "grpcpp/server_context.h"

namespace samkoer::server {

grpc::Status KeyService::GetKeyInfo(grpc::ServerContext* context,
                                    const v1::GetKeyInfoRequest* request,
                                    v1::GetKeyInfoResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.KeyService/GetKeyInfo",
                   [&](const Identity& who) -> absl::Status {
                     auto answer = evaluator_.GetKeyInfo(who, *request);
                     if (answer.ok()) *response = *std::move(answer);
                     return answer.status();
                   });
}

grpc::Status KeyService::BlindEvaluate(grpc::ServerContext* context,
                                       const v1::BlindEvaluateRequest* request,
                                       v1::BlindEvaluateResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.KeyService/BlindEvaluate",
                   [&](const Identity& who) -> absl::Status {
                     auto answer = evaluator_.BlindEvaluate(who, *request);
                     if (answer.ok()) *response = *std::move(answer);
                     return answer.status();
                   });
}

}  // namespace samkoer::server
