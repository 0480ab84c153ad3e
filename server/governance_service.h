// The Governance rpcs, for both servers: shells over what answers, which checks
// the requests.
#ifndef SAMKOER_SERVER_GOVERNANCE_SERVICE_H_
#define SAMKOER_SERVER_GOVERNANCE_SERVICE_H_

#include "samkoer/v1/governance.grpc.pb.h"
#include "server/call_gate.h"
#include "server/governance_backend.h"

namespace samkoer::server {

class GovernanceService final : public v1::Governance::Service {
 public:
  // Both must outlive this.
  GovernanceService(CallGate& gate, GovernanceBackend& backend)
      : gate_(gate), backend_(backend) {}

  grpc::Status Propose(grpc::ServerContext* context,
                       const v1::ProposeRequest* request,
                       v1::ProposeResponse* response) override;
  grpc::Status ListProposals(grpc::ServerContext* context,
                             const v1::ListProposalsRequest* request,
                             v1::ListProposalsResponse* response) override;
  grpc::Status GetProposal(grpc::ServerContext* context,
                           const v1::GetProposalRequest* request,
                           v1::GetProposalResponse* response) override;
  grpc::Status Approve(grpc::ServerContext* context,
                       const v1::ApproveRequest* request,
                       v1::ApproveResponse* response) override;
  grpc::Status Reject(grpc::ServerContext* context,
                      const v1::RejectRequest* request,
                      v1::RejectResponse* response) override;

 private:
  CallGate& gate_;
  GovernanceBackend& backend_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_GOVERNANCE_SERVICE_H_
