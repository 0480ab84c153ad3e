#include "server/reports_service.h"

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status ReportsService::GetRetentionPlan(
    grpc::ServerContext* context, const v1::GetRetentionPlanRequest*,
    v1::GetRetentionPlanResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Reports/GetRetentionPlan",
                   [&](const Identity& who) {
                     return Deliver(matcher_.RetentionPlan(CallerOf(who)),
                                    *response);
                   });
}

}  // namespace samkoer::server
