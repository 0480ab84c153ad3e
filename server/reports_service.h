// The Reports rpcs: shells over the matcher, which checks the requests.
#ifndef SAMKOER_SERVER_REPORTS_SERVICE_H_
#define SAMKOER_SERVER_REPORTS_SERVICE_H_

#include "samkoer/v1/reports.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::matcher {
class Matcher;
}

namespace samkoer::server {

class ReportsService final : public v1::Reports::Service {
 public:
  // Both must outlive this.
  ReportsService(CallGate& gate, matcher::Matcher& matcher)
      : gate_(gate), matcher_(matcher) {}

  grpc::Status GetRetentionPlan(
      grpc::ServerContext* context, const v1::GetRetentionPlanRequest* request,
      v1::GetRetentionPlanResponse* response) override;

 private:
  CallGate& gate_;
  matcher::Matcher& matcher_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_REPORTS_SERVICE_H_
