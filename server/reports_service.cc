#include "server/reports_service.h"

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/deliver.h"
#include "server/kek_rotation.h"

namespace samkoer::server {

grpc::Status ReportsService::GetStatistics(
    grpc::ServerContext* context, const v1::GetStatisticsRequest* request,
    v1::GetStatisticsResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Reports/GetStatistics", [&](const Identity& who) {
        return Deliver(matcher_.Statistics(CallerOf(who), *request), *response);
      });
}

grpc::Status ReportsService::DescribeProcessing(
    grpc::ServerContext* context, const v1::DescribeProcessingRequest*,
    v1::DescribeProcessingResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Reports/DescribeProcessing",
                   [&](const Identity& who) {
                     absl::Status status = Deliver(
                         matcher_.DescribeProcessing(CallerOf(who)), *response);
                     if (!status.ok() || kek_ == nullptr) return status;
                     const v1::KekStatus kek = kek_->Status();
                     response->set_kek_generation(kek.current_generation());
                     if (kek.has_current_since()) {
                       *response->mutable_kek_since() = kek.current_since();
                     }
                     return status;
                   });
}

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
