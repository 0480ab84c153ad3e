#ifndef SAMKOER_SERVER_OPERATIONS_SERVICE_H_
#define SAMKOER_SERVER_OPERATIONS_SERVICE_H_

#include <functional>
#include <utility>

#include "absl/status/statusor.h"
#include "samkoer/v1/operations.grpc.pb.h"
#include "server/call_gate.h"
#include "server/kek_rotation.h"

namespace samkoer::server {

// The Operations rpcs, for both servers.
class OperationsService final : public v1::Operations::Service {
 public:
  // Where ListEpochs has its answer from; the call is logged there.
  using Epochs = std::function<absl::StatusOr<v1::ListEpochsResponse>(
      const Identity& who)>;

  // Both must outlive this. Without `epochs`, ListEpochs is UNIMPLEMENTED.
  OperationsService(CallGate& gate, KekRotation& kek, Epochs epochs = nullptr)
      : gate_(gate), kek_(kek), epochs_(std::move(epochs)) {}

  grpc::Status RotateKek(grpc::ServerContext* context,
                         const v1::RotateKekRequest* request,
                         v1::RotateKekResponse* response) override;
  grpc::Status GetKekStatus(grpc::ServerContext* context,
                            const v1::GetKekStatusRequest* request,
                            v1::GetKekStatusResponse* response) override;
  grpc::Status ListEpochs(grpc::ServerContext* context,
                          const v1::ListEpochsRequest* request,
                          v1::ListEpochsResponse* response) override;

 private:
  CallGate& gate_;
  KekRotation& kek_;
  const Epochs epochs_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_OPERATIONS_SERVICE_H_
