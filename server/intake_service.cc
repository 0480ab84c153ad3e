#include "server/intake_service.h"

#include <memory>
#include <utility>

#include "matcher/matcher.h"
#include "matcher/suspensions.h"
#include "server/caller_of.h"
#include "server/deliver.h"
#include "server/limits.h"
#include "server/push_stream.h"

namespace samkoer::server {
namespace {

constexpr std::string_view kPush = "/samkoer.v1.CaseIntake/Push";

// A stream that is refused before it begins.
class RefusedPush final
    : public grpc::ServerBidiReactor<v1::PushRequest, v1::PushReceipt> {
 public:
  explicit RefusedPush(grpc::Status status) { Finish(std::move(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

IntakeService::IntakeService(CallGate& gate, matcher::Matcher& matcher,
                             Metrics& metrics)
    : gate_(gate),
      matcher_(matcher),
      coordination_(matcher),
      metrics_(metrics) {}

grpc::Status IntakeService::GetIntakeInfo(grpc::ServerContext* context,
                                          const v1::GetIntakeInfoRequest*,
                                          v1::GetIntakeInfoResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.CaseIntake/GetIntakeInfo",
                   [&](const Identity& who) {
                     return Deliver(matcher_.IntakeInfo(CallerOf(who)),
                                    *response);
                   });
}

grpc::Status IntakeService::ListInbox(grpc::ServerContext* context,
                                      const v1::ListInboxRequest* request,
                                      v1::ListInboxResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.CaseIntake/ListInbox", [&](const Identity& who) {
        return Deliver(matcher_.ListInbox(CallerOf(who), *request), *response);
      });
}

grpc::Status IntakeService::ListNotices(grpc::ServerContext* context,
                                        const v1::ListNoticesRequest*,
                                        v1::ListNoticesResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.CaseIntake/ListNotices", [&](const Identity& who) {
        return Deliver(matcher_.ListNotices(CallerOf(who)), *response);
      });
}

grpc::Status IntakeService::AcknowledgeNotices(
    grpc::ServerContext* context, const v1::AcknowledgeNoticesRequest* request,
    v1::AcknowledgeNoticesResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.CaseIntake/AcknowledgeNotices",
                   [&](const Identity& who) {
                     return Deliver(
                         matcher_.AcknowledgeNotices(CallerOf(who), *request),
                         *response);
                   });
}

grpc::Status IntakeService::Nominate(grpc::ServerContext* context,
                                     const v1::NominateRequest* request,
                                     v1::NominateResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.CaseIntake/Nominate", [&](const Identity& who) {
        return Deliver(coordination_.Nominate(CallerOf(who), *request),
                       *response);
      });
}

grpc::Status IntakeService::AnswerHandover(
    grpc::ServerContext* context, const v1::AnswerHandoverRequest* request,
    v1::AnswerHandoverResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.CaseIntake/AnswerHandover",
                   [&](const Identity& who) {
                     return Deliver(
                         coordination_.AnswerHandover(CallerOf(who), *request),
                         *response);
                   });
}

grpc::ServerBidiReactor<v1::PushRequest, v1::PushReceipt>* IntakeService::Push(
    grpc::CallbackServerContext* context) {
  // Runs on gRPC's callback threads: nothing here waits.
  CallGate::Call call;
  const absl::Status admitted = gate_.Admit(*context, kPush, call);
  if (!admitted.ok()) return new RefusedPush(gate_.Complete(call, admitted));
  auto ticket = gate_.admission().Enter(
      {{"push/" + call.who.name, kMaxPushesPerDepartment}});
  if (!ticket.ok()) {
    return new RefusedPush(gate_.Complete(call, ticket.status()));
  }
  const PushStream::Shared shared{&matcher_, &gate_, &registry_, &metrics_};
  auto* stream =
      new PushStream(shared, *context, std::move(call), *std::move(ticket));
  threads_.Start([stream] {
    const std::unique_ptr<PushStream> owned(stream);
    owned->Run();
  });
  return stream;
}

void IntakeService::Stop() {
  registry_.EndAll(absl::UnavailableError(
      "the matcher is stopping; try again with the same push id"));
}

void IntakeService::EndPushesOf(const std::string& department) {
  registry_.EndDepartment(department, matcher::SwitchedOff());
}

}  // namespace samkoer::server
