#ifndef SAMKOER_SERVER_OPERATIONS_SERVICE_H_
#define SAMKOER_SERVER_OPERATIONS_SERVICE_H_

#include "samkoer/v1/operations.grpc.pb.h"
#include "server/call_gate.h"
#include "server/kek_rotation.h"

namespace samkoer::server {

// The Operations rpcs, for both servers.
class OperationsService final : public v1::Operations::Service {
 public:
  // Both must outlive this.
  OperationsService(CallGate& gate, KekRotation& kek)
      : gate_(gate), kek_(kek) {}

  grpc::Status RotateKek(grpc::ServerContext* context,
                         const v1::RotateKekRequest* request,
                         v1::RotateKekResponse* response) override;
  grpc::Status GetKekStatus(grpc::ServerContext* context,
                            const v1::GetKekStatusRequest* request,
                            v1::GetKekStatusResponse* response) override;

 private:
  CallGate& gate_;
  KekRotation& kek_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_OPERATIONS_SERVICE_H_
