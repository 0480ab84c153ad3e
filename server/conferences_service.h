// The Conferences rpcs: shells over the matcher.
#ifndef SAMKOER_SERVER_CONFERENCES_SERVICE_H_
#define SAMKOER_SERVER_CONFERENCES_SERVICE_H_

#include "matcher/conference_facade.h"
#include "samkoer/v1/conferences.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::server {

class ConferencesService final : public v1::Conferences::Service {
 public:
  // Both must outlive this.
  ConferencesService(CallGate& gate, const matcher::Matcher& matcher)
      : gate_(gate), conferences_(matcher) {}

  grpc::Status ListConferences(grpc::ServerContext* context,
                               const v1::ListConferencesRequest* request,
                               v1::ListConferencesResponse* response) override;
  grpc::Status GetConference(grpc::ServerContext* context,
                             const v1::GetConferenceRequest* request,
                             v1::GetConferenceResponse* response) override;
  grpc::Status PlanConferences(grpc::ServerContext* context,
                               const v1::PlanConferencesRequest* request,
                               v1::PlanConferencesResponse* response) override;
  grpc::Status ChangeConference(
      grpc::ServerContext* context, const v1::ChangeConferenceRequest* request,
      v1::ChangeConferenceResponse* response) override;

 private:
  CallGate& gate_;
  matcher::ConferenceFacade conferences_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CONFERENCES_SERVICE_H_
