// The Inquiries rpcs: shells over the matcher.
#ifndef SAMKOER_SERVER_INQUIRIES_SERVICE_H_
#define SAMKOER_SERVER_INQUIRIES_SERVICE_H_

#include "matcher/inquiry_facade.h"
#include "samkoer/v1/inquiries.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::server {

class InquiriesService final : public v1::Inquiries::Service {
 public:
  // Both must outlive this.
  InquiriesService(CallGate& gate, const matcher::Matcher& matcher)
      : gate_(gate), inquiries_(matcher) {}

  grpc::Status Ask(grpc::ServerContext* context, const v1::AskRequest* request,
                   v1::AskResponse* response) override;
  grpc::Status ListInquiries(grpc::ServerContext* context,
                             const v1::ListInquiriesRequest* request,
                             v1::ListInquiriesResponse* response) override;
  grpc::Status Answer(grpc::ServerContext* context,
                      const v1::AnswerRequest* request,
                      v1::AnswerResponse* response) override;
  grpc::Status DeleteInquiry(grpc::ServerContext* context,
                             const v1::DeleteInquiryRequest* request,
                             v1::DeleteInquiryResponse* response) override;

 private:
  CallGate& gate_;
  matcher::InquiryFacade inquiries_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_INQUIRIES_SERVICE_H_
