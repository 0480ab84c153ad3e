#include "server/conferences_service.h"

#include "server/caller_of.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status ConferencesService::ListConferences(
    grpc::ServerContext* context, const v1::ListConferencesRequest* request,
    v1::ListConferencesResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Conferences/ListConferences",
                   [&](const Identity& who) {
                     return Deliver(
                         conferences_.ListConferences(CallerOf(who), *request),
                         *response);
                   });
}

grpc::Status ConferencesService::GetConference(
    grpc::ServerContext* context, const v1::GetConferenceRequest* request,
    v1::GetConferenceResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Conferences/GetConference",
                   [&](const Identity& who) {
                     return Deliver(
                         conferences_.GetConference(CallerOf(who), *request),
                         *response);
                   });
}

grpc::Status ConferencesService::PlanConferences(
    grpc::ServerContext* context, const v1::PlanConferencesRequest* request,
    v1::PlanConferencesResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Conferences/PlanConferences",
                   [&](const Identity& who) {
                     return Deliver(
                         conferences_.PlanConferences(CallerOf(who), *request),
                         *response);
                   });
}

grpc::Status ConferencesService::ChangeConference(
    grpc::ServerContext* context, const v1::ChangeConferenceRequest* request,
    v1::ChangeConferenceResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Conferences/ChangeConference",
                   [&](const Identity& who) {
                     return Deliver(
                         conferences_.ChangeConference(CallerOf(who), *request),
                         *response);
                   });
}

}  // namespace samkoer::server
