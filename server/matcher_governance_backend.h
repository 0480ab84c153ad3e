// The Governance rpcs answered by the matcher.
#ifndef SAMKOER_SERVER_MATCHER_GOVERNANCE_BACKEND_H_
#define SAMKOER_SERVER_MATCHER_GOVERNANCE_BACKEND_H_

#include <functional>
#include <string>
#include <utility>

#include "matcher/matcher.h"
#include "server/caller_of.h"
#include "server/governance_backend.h"

namespace samkoer::server {

class MatcherGovernanceBackend final : public GovernanceBackend {
 public:
  // Told of a department that has been switched off, when that is durable.
  using OnSuspended = std::function<void(const std::string& department)>;

  // `matcher` must outlive this.
  MatcherGovernanceBackend(matcher::Matcher& matcher, OnSuspended on_suspended)
      : matcher_(matcher), on_suspended_(std::move(on_suspended)) {}

  absl::StatusOr<v1::ProposeResponse> Propose(
      const Identity& who, const v1::ProposeRequest& request) override {
    return matcher_.Propose(CallerOf(who), request);
  }
  absl::StatusOr<v1::ListProposalsResponse> ListProposals(
      const Identity& who, const v1::ListProposalsRequest& request) override {
    return matcher_.ListProposals(CallerOf(who), request);
  }
  absl::StatusOr<v1::GetProposalResponse> GetProposal(
      const Identity& who, const v1::GetProposalRequest& request) override {
    return matcher_.GetProposal(CallerOf(who), request);
  }
  absl::StatusOr<v1::ApproveResponse> Approve(
      const Identity& who, const v1::ApproveRequest& request) override {
    auto approved = matcher_.Approve(CallerOf(who), request);
    if (approved.ok()) {
      const auto& change = approved->proposal().content().department();
      if (change.suspended()) on_suspended_(change.department());
    }
    return approved;
  }
  absl::StatusOr<v1::RejectResponse> Reject(
      const Identity& who, const v1::RejectRequest& request) override {
    return matcher_.Reject(CallerOf(who), request);
  }

 private:
  matcher::Matcher& matcher_;
  const OnSuspended on_suspended_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_GOVERNANCE_BACKEND_H_
