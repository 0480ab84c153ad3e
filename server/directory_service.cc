#include "server/directory_service.h"

namespace samkoer::server {

grpc::Status DirectoryService::ListUnits(grpc::ServerContext* context,
                                         const v1::ListUnitsRequest*,
                                         v1::ListUnitsResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Directory/ListUnits",
                   [&](const Identity&) {
                     *response = coordination_.ListUnits();
                     return absl::OkStatus();
                   });
}

}  // namespace samkoer::server
