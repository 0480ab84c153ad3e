// The Audit rpcs answered by the matcher.
#ifndef SAMKOER_SERVER_MATCHER_AUDIT_BACKEND_H_
#define SAMKOER_SERVER_MATCHER_AUDIT_BACKEND_H_

#include "matcher/matcher.h"
#include "server/audit_backend.h"
#include "server/caller_of.h"

namespace samkoer::server {

class MatcherAuditBackend final : public AuditBackend {
 public:
  // `matcher` must outlive this.
  explicit MatcherAuditBackend(matcher::Matcher& matcher) : matcher_(matcher) {}

  absl::StatusOr<v1::GetCheckpointResponse> GetCheckpoint() override {
    return matcher_.GetCheckpoint();
  }
  absl::Status ReadLeaves(const Identity& who,
                          const v1::ReadLeavesRequest& request,
                          const LeafSink& sink) override {
    return matcher_.ReadLeaves(CallerOf(who), request, sink);
  }
  absl::StatusOr<v1::GetConsistencyProofResponse> ConsistencyProof(
      const Identity& who,
      const v1::GetConsistencyProofRequest& request) override {
    return matcher_.ConsistencyProof(CallerOf(who), request);
  }
  absl::StatusOr<v1::GetInclusionProofResponse> InclusionProof(
      const Identity& who,
      const v1::GetInclusionProofRequest& request) override {
    return matcher_.InclusionProof(CallerOf(who), request);
  }
  absl::StatusOr<v1::LookUpPersonResponse> LookUpPerson(
      const Identity& who, const v1::LookUpPersonRequest& request) override {
    return matcher_.LookUpPerson(CallerOf(who), request);
  }

 private:
  matcher::Matcher& matcher_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_AUDIT_BACKEND_H_
