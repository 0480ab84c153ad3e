// The Reports rpcs: shells over the matcher.
#ifndef SAMKOER_SERVER_REPORTS_SERVICE_H_
#define SAMKOER_SERVER_REPORTS_SERVICE_H_

#include "samkoer/v1/reports.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::matcher {
class Matcher;
}

namespace samkoer::server {

class KekRotation;

class ReportsService final : public v1::Reports::Service {
 public:
  // All must outlive this. Without a `kek` nothing is said of the
  // key-encryption key.
  ReportsService(CallGate& gate, matcher::Matcher& matcher, KekRotation* kek)
      : gate_(gate), matcher_(matcher), kek_(kek) {}

  grpc::Status GetStatistics(grpc::ServerContext* context,
                             const v1::GetStatisticsRequest* request,
                             v1::GetStatisticsResponse* response) override;
  grpc::Status DescribeProcessing(
      grpc::ServerContext* context,
      const v1::DescribeProcessingRequest* request,
      v1::DescribeProcessingResponse* response) override;
  grpc::Status GetRetentionPlan(
      grpc::ServerContext* context, const v1::GetRetentionPlanRequest* request,
      v1::GetRetentionPlanResponse* response) override;

 private:
  CallGate& gate_;
  matcher::Matcher& matcher_;
  KekRotation* const kek_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_REPORTS_SERVICE_H_
