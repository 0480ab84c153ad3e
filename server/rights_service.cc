#include "server/rights_service.h"

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status RightsService::ErasePerson(grpc::ServerContext* context,
                                        const v1::ErasePersonRequest* request,
                                        v1::ErasePersonResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Rights/ErasePerson", [&](const Identity& who) {
        return Deliver(matcher_.ErasePerson(CallerOf(who), *request),
                       *response);
      });
}

grpc::Status RightsService::LiftObjection(
    grpc::ServerContext* context, const v1::LiftObjectionRequest* request,
    v1::LiftObjectionResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Rights/LiftObjection", [&](const Identity& who) {
        return Deliver(matcher_.LiftObjection(CallerOf(who), *request),
                       *response);
      });
}

}  // namespace samkoer::server
