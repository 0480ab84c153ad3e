// The Directory rpc: a shell over the matcher.
#ifndef SAMKOER_SERVER_DIRECTORY_SERVICE_H_
#define SAMKOER_SERVER_DIRECTORY_SERVICE_H_

#include "matcher/coordination_facade.h"
#include "samkoer/v1/directory.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::server {

class DirectoryService final : public v1::Directory::Service {
 public:
  // Both must outlive this.
  DirectoryService(CallGate& gate, const matcher::Matcher& matcher)
      : gate_(gate), coordination_(matcher) {}

  grpc::Status ListUnits(grpc::ServerContext* context,
                         const v1::ListUnitsRequest* request,
                         v1::ListUnitsResponse* response) override;

 private:
  CallGate& gate_;
  const matcher::CoordinationFacade coordination_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_DIRECTORY_SERVICE_H_
