#include "server/alarms_service.h"

#include "proto/reason.h"
#include "server/deliver.h"

namespace samkoer::server {

grpc::Status AlarmsService::ListAlarms(grpc::ServerContext* context,
                                       const v1::ListAlarmsRequest* request,
                                       v1::ListAlarmsResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Alarms/ListAlarms",
                   [&](const Identity& who) {
                     return Deliver(backend_.List(who, *request), *response);
                   });
}

grpc::Status AlarmsService::AcknowledgeAlarm(
    grpc::ServerContext* context, const v1::AcknowledgeAlarmRequest* request,
    v1::AcknowledgeAlarmResponse* response) {
  return gate_.Run(*context, "/samkoer.v1.Alarms/AcknowledgeAlarm",
                   [&](const Identity& who) {
                     absl::Status valid = proto::CheckReason(request->reason());
                     if (!valid.ok()) return valid;
                     return Deliver(backend_.Acknowledge(who, *request),
                                    *response);
                   });
}

}  // namespace samkoer::server
