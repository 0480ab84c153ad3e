// A server of the Reports rpcs that answers what a test says. In the same
// process, without a port.
#ifndef SAMKOER_TESTS_CLIENTS_FAKE_REPORTS_H_
#define SAMKOER_TESTS_CLIENTS_FAKE_REPORTS_H_

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <memory>

#include "samkoer/v1/reports.grpc.pb.h"

namespace samkoer::clients {

class FakeReports final : public v1::Reports::Service {
 public:
  FakeReports() {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
    stub = v1::Reports::NewStub(server_->InProcessChannel({}));
  }
  ~FakeReports() override { server_->Shutdown(); }
  grpc::Status GetStatistics(grpc::ServerContext*,
                             const v1::GetStatisticsRequest* request,
                             v1::GetStatisticsResponse* response) override {
    if (request->month() != 0) {
      const auto held = months.find(request->month());
      if (held == months.end()) {
        return {grpc::StatusCode::NOT_FOUND, "no tables"};
      }
      *response = held->second;
      return error;
    }
    *response = statistics;
    return error;
  }
  grpc::Status DescribeProcessing(
      grpc::ServerContext*, const v1::DescribeProcessingRequest*,
      v1::DescribeProcessingResponse* response) override {
    *response = described;
    return error;
  }
  grpc::Status GetRetentionPlan(
      grpc::ServerContext*, const v1::GetRetentionPlanRequest*,
      v1::GetRetentionPlanResponse* response) override {
    *response = plan;
    return error;
  }

  std::shared_ptr<grpc::Channel> Channel() {
    return server_->InProcessChannel({});
  }

  v1::GetStatisticsResponse statistics;
  std::map<std::uint32_t, v1::GetStatisticsResponse> months;  // earlier ones
  v1::DescribeProcessingResponse described;
  v1::GetRetentionPlanResponse plan;
  grpc::Status error;
  std::unique_ptr<v1::Reports::Stub> stub;

 private:
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace samkoer::clients

#endif  // SAMKOER_TESTS_CLIENTS_FAKE_REPORTS_H_
