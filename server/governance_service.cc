#include "server/governance_service.h"

#include "server/deliver.h"

namespace samkoer::server {

grpc::Status GovernanceService::Propose(grpc::ServerContext* context,
                                        const v1::ProposeRequest* request,
                                        v1::ProposeResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Governance/Propose",
                   [&](const Identity& who) {
                     return Deliver(backend_.Propose(who, *request), *response);
                   });
}

grpc::Status GovernanceService::ListProposals(
    grpc::ServerContext* context, const v1::ListProposalsRequest* request,
    v1::ListProposalsResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Governance/ListProposals",
                   [&](const Identity& who) {
                     return Deliver(backend_.ListProposals(who, *request),
                                    *response);
                   });
}

grpc::Status GovernanceService::GetProposal(
    grpc::ServerContext* context, const v1::GetProposalRequest* request,
    v1::GetProposalResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Governance/GetProposal", [&](const Identity& who) {
        return Deliver(backend_.GetProposal(who, *request), *response);
      });
}

grpc::Status GovernanceService::Approve(grpc::ServerContext* context,
                                        const v1::ApproveRequest* request,
                                        v1::ApproveResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Governance/Approve",
                   [&](const Identity& who) {
                     return Deliver(backend_.Approve(who, *request), *response);
                   });
}

grpc::Status GovernanceService::Reject(grpc::ServerContext* context,
                                       const v1::RejectRequest* request,
                                       v1::RejectResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Governance/Reject",
                   [&](const Identity& who) {
                     return Deliver(backend_.Reject(who, *request), *response);
                   });
}

}  // namespace samkoer::server
