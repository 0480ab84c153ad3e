#ifndef SAMKOER_SERVER_WITNESS_SERVICE_H_
#define SAMKOER_SERVER_WITNESS_SERVICE_H_

#include "samkoer/v1/witness.grpc.pb.h"
#include "server/call_gate.h"
#include "server/witness_watch.h"

namespace samkoer::server {

// The Witnesses rpc, for both servers.
class WitnessService final : public v1::Witnesses::Service {
 public:
  // Both must outlive this.
  WitnessService(CallGate& gate, WitnessWatch& watch)
      : gate_(gate), watch_(watch) {}

  grpc::Status AddCosignature(grpc::ServerContext* context,
                              const v1::AddCosignatureRequest* request,
                              v1::AddCosignatureResponse* response) override;

 private:
  CallGate& gate_;
  WitnessWatch& watch_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_WITNESS_SERVICE_H_
