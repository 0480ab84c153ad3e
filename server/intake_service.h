// The CaseIntake rpcs: shells over the matcher.
#ifndef SAMKOER_SERVER_INTAKE_SERVICE_H_
#define SAMKOER_SERVER_INTAKE_SERVICE_H_

#include <cstddef>
#include <string>

#include "matcher/coordination_facade.h"
#include "samkoer/v1/intake.grpc.pb.h"
#include "server/call_gate.h"
#include "server/intake_metrics.h"
#include "server/push_registry.h"
#include "server/thread_group.h"

namespace samkoer::matcher {
class Matcher;
}

namespace samkoer::server {

class Metrics;

class IntakeService final
    : public v1::CaseIntake::WithCallbackMethod_Push<v1::CaseIntake::Service> {
 public:
  // All must outlive this; the gRPC server must be shut down before this is
  // destroyed.
  IntakeService(CallGate& gate, matcher::Matcher& matcher, Metrics& metrics);

  grpc::Status GetIntakeInfo(grpc::ServerContext* context,
                             const v1::GetIntakeInfoRequest* request,
                             v1::GetIntakeInfoResponse* response) override;
  grpc::ServerBidiReactor<v1::PushRequest, v1::PushReceipt>* Push(
      grpc::CallbackServerContext* context) override;
  grpc::Status ListInbox(grpc::ServerContext* context,
                         const v1::ListInboxRequest* request,
                         v1::ListInboxResponse* response) override;
  grpc::Status ListNotices(grpc::ServerContext* context,
                           const v1::ListNoticesRequest* request,
                           v1::ListNoticesResponse* response) override;
  grpc::Status AcknowledgeNotices(
      grpc::ServerContext* context,
      const v1::AcknowledgeNoticesRequest* request,
      v1::AcknowledgeNoticesResponse* response) override;

  grpc::Status Nominate(grpc::ServerContext* context,
                        const v1::NominateRequest* request,
                        v1::NominateResponse* response) override;
  grpc::Status AnswerHandover(grpc::ServerContext* context,
                              const v1::AnswerHandoverRequest* request,
                              v1::AnswerHandoverResponse* response) override;

  // Asks all open pushes, and those still to come, to end with UNAVAILABLE when
  // what they handed over has been answered. Returns at once.
  void Stop();
  // Asks the department's open pushes to end with PERMISSION_DENIED: it is
  // switched off, so that the matcher refuses those still to come. Returns at
  // once.
  void EndPushesOf(const std::string& department);
  std::size_t open_pushes() const { return registry_.size(); }

 private:
  CallGate& gate_;
  matcher::Matcher& matcher_;
  matcher::CoordinationFacade coordination_;
  IntakeMetrics metrics_;
  PushRegistry registry_;
  ThreadGroup threads_;  // last: its threads use all of the above
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_INTAKE_SERVICE_H_
