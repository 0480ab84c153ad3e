// The KeyService rpcs: identity and role, then KeyEvaluator.
#ifndef SAMKOER_SERVER_KEY_SERVICE_H_
#define SAMKOER_SERVER_KEY_SERVICE_H_

#include "samkoer/v1/keys.grpc.pb.h"
#include "server/call_gate.h"
#include "server/key_evaluator.h"

namespace samkoer::server {

class KeyService final : public v1::KeyService::Service {
 public:
  // Both must outlive this.
  KeyService(CallGate& gate, KeyEvaluator& evaluator)
      : gate_(gate), evaluator_(evaluator) {}

  grpc::Status GetKeyInfo(grpc::ServerContext* context,
                          const v1::GetKeyInfoRequest* request,
                          v1::GetKeyInfoResponse* response) override;
  grpc::Status BlindEvaluate(grpc::ServerContext* context,
                             const v1::BlindEvaluateRequest* request,
                             v1::BlindEvaluateResponse* response) override;

 private:
  CallGate& gate_;
  KeyEvaluator& evaluator_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_KEY_SERVICE_H_
