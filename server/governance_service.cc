#include "server/governance_service.h"

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status GovernanceService::Propose(grpc::ServerContext* context,
                                        const v1::ProposeRequest* request,
                                        v1::ProposeResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Governance/Propose", [&](const Identity& who) {
        return Deliver(matcher_.Propose(CallerOf(who), *request), *response);
      });
}

grpc::Status GovernanceService::ListProposals(
    grpc::ServerContext* context, const v1::ListProposalsRequest* request,
    v1::ListProposalsResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Governance/ListProposals",
                   [&](const Identity& who) {
                     return Deliver(
                         matcher_.ListProposals(CallerOf(who), *request),
                         *response);
                   });
}

grpc::Status GovernanceService::GetProposal(
    grpc::ServerContext* context, const v1::GetProposalRequest* request,
    v1::GetProposalResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Governance/GetProposal", [&](const Identity& who) {
        return Deliver(matcher_.GetProposal(CallerOf(who), *request),
                       *response);
      });
}

grpc::Status GovernanceService::Approve(grpc::ServerContext* context,
                                        const v1::ApproveRequest* request,
                                        v1::ApproveResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Governance/Approve", [&](const Identity& who) {
        return Deliver(matcher_.Approve(CallerOf(who), *request), *response);
      });
}

grpc::Status GovernanceService::Reject(grpc::ServerContext* context,
                                       const v1::RejectRequest* request,
                                       v1::RejectResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Governance/Reject", [&](const Identity& who) {
        return Deliver(matcher_.Reject(CallerOf(who), *request), *response);
      });
}

}  // namespace samkoer::server
