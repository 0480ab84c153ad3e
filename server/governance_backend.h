// What the Governance service needs of a server: the seam between the rpc
// shell, which both servers share, and what each lets people propose.
#ifndef SAMKOER_SERVER_GOVERNANCE_BACKEND_H_
#define SAMKOER_SERVER_GOVERNANCE_BACKEND_H_

#include "absl/status/statusor.h"
#include "samkoer/v1/governance.pb.h"
#include "server/identity.h"

namespace samkoer::server {

// Errors: as the service Governance says. Each call is logged before it is
// answered. Thread safety: implementations must allow calls from many threads
// at once.
class GovernanceBackend {
 public:
  virtual ~GovernanceBackend() = default;

  virtual absl::StatusOr<v1::ProposeResponse> Propose(
      const Identity& who, const v1::ProposeRequest& request) = 0;
  virtual absl::StatusOr<v1::ListProposalsResponse> ListProposals(
      const Identity& who, const v1::ListProposalsRequest& request) = 0;
  virtual absl::StatusOr<v1::GetProposalResponse> GetProposal(
      const Identity& who, const v1::GetProposalRequest& request) = 0;
  virtual absl::StatusOr<v1::ApproveResponse> Approve(
      const Identity& who, const v1::ApproveRequest& request) = 0;
  virtual absl::StatusOr<v1::RejectResponse> Reject(
      const Identity& who, const v1::RejectRequest& request) = 0;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_GOVERNANCE_BACKEND_H_
