// The Rights rpcs: shells over the matcher, which checks the requests.
#ifndef SAMKOER_SERVER_RIGHTS_SERVICE_H_
#define SAMKOER_SERVER_RIGHTS_SERVICE_H_

#include "samkoer/v1/rights.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::matcher {
class Matcher;
}

namespace samkoer::server {

class RightsService final : public v1::Rights::Service {
 public:
  // Both must outlive this.
  RightsService(CallGate& gate, matcher::Matcher& matcher)
      : gate_(gate), matcher_(matcher) {}

  grpc::Status ErasePerson(grpc::ServerContext* context,
                           const v1::ErasePersonRequest* request,
                           v1::ErasePersonResponse* response) override;
  grpc::Status LiftObjection(grpc::ServerContext* context,
                             const v1::LiftObjectionRequest* request,
                             v1::LiftObjectionResponse* response) override;

 private:
  CallGate& gate_;
  matcher::Matcher& matcher_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_RIGHTS_SERVICE_H_
