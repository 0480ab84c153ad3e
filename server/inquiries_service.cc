#include "server/inquiries_service.h"

#include "server/caller_of.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status InquiriesService::Ask(grpc::ServerContext* context,
                                   const v1::AskRequest* request,
                                   v1::AskResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Inquiries/Ask", [&](const Identity& who) {
        return Deliver(inquiries_.Ask(CallerOf(who), *request), *response);
      });
}

grpc::Status InquiriesService::ListInquiries(
    grpc::ServerContext* context, const v1::ListInquiriesRequest* request,
    v1::ListInquiriesResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Inquiries/ListInquiries",
                   [&](const Identity& who) {
                     const bool own_only = who.role == Role::kDepartment;
                     return Deliver(inquiries_.ListInquiries(
                                        CallerOf(who), own_only, *request),
                                    *response);
                   });
}

grpc::Status InquiriesService::Answer(grpc::ServerContext* context,
                                      const v1::AnswerRequest* request,
                                      v1::AnswerResponse* response) {
  return gate_.Run(
      *context, "/samkoer.v1.Inquiries/Answer", [&](const Identity& who) {
        return Deliver(inquiries_.Answer(CallerOf(who), *request), *response);
      });
}

grpc::Status InquiriesService::DeleteInquiry(
    grpc::ServerContext* context, const v1::DeleteInquiryRequest* request,
    v1::DeleteInquiryResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Inquiries/DeleteInquiry",
                   [&](const Identity& who) {
                     return Deliver(
                         inquiries_.DeleteInquiry(CallerOf(who), *request),
                         *response);
                   });
}

}  // namespace samkoer::server
