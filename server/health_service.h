// gRPC's standard health check. It goes through the gate as every rpc does: the
// table of server/access.h says who may call it (every role), and a foreign,
// revoked or expired certificate may not.
#ifndef SAMKOER_SERVER_HEALTH_SERVICE_H_
#define SAMKOER_SERVER_HEALTH_SERVICE_H_

#include <atomic>

#include "grpc/health/v1/health.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::server {

// Thread safety: all methods may be called from many threads at once.
class HealthService final : public grpc::health::v1::Health::Service {
 public:
  // `gate` must outlive this.
  explicit HealthService(CallGate& gate) : gate_(gate) {}

  grpc::Status Check(grpc::ServerContext* context,
                     const grpc::health::v1::HealthCheckRequest* request,
                     grpc::health::v1::HealthCheckResponse* response) override;

  // What Check answers; false at first.
  void SetServing(bool serving) { serving_ = serving; }

 private:
  CallGate& gate_;
  std::atomic<bool> serving_ = false;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_HEALTH_SERVICE_H_
