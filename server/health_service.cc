#include "server/health_service.h"

namespace samkoer::server {

grpc::Status HealthService::Check(
    grpc::ServerContext* context,
    const grpc::health::v1::HealthCheckRequest* request,
    grpc::health::v1::HealthCheckResponse* response) {
  return gate_.Run(*context, "/grpc.health.v1.Health/Check",
                   [&](const Identity&) -> absl::Status {
                     if (!request->service().empty()) {
                       return absl::NotFoundError("service: must be empty");
                     }
                     using Response = grpc::health::v1::HealthCheckResponse;
                     response->set_status(serving_ ? Response::SERVING
                                                   : Response::NOT_SERVING);
                     return absl::OkStatus();
                   });
}

}  // namespace samkoer::server
