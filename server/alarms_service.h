// The Alarms rpcs, for both servers.
#ifndef SAMKOER_SERVER_ALARMS_SERVICE_H_
#define SAMKOER_SERVER_ALARMS_SERVICE_H_

#include "absl/status/statusor.h"
#include "samkoer/v1/alarms.grpc.pb.h"
#include "server/call_gate.h"

namespace samkoer::server {

// What the service needs of a server. Both calls are in the log, on disk, when
// they are answered. Thread safety: may be called from many threads at once.
class AlarmsBackend {
 public:
  virtual ~AlarmsBackend() = default;
  virtual absl::StatusOr<v1::ListAlarmsResponse> List(
      const Identity& who, const v1::ListAlarmsRequest& request) = 0;
  // The reason has been checked.
  virtual absl::StatusOr<v1::AcknowledgeAlarmResponse> Acknowledge(
      const Identity& who, const v1::AcknowledgeAlarmRequest& request) = 0;
};

class AlarmsService final : public v1::Alarms::Service {
 public:
  // Both must outlive this.
  AlarmsService(CallGate& gate, AlarmsBackend& backend)
      : gate_(gate), backend_(backend) {}

  grpc::Status ListAlarms(grpc::ServerContext* context,
                          const v1::ListAlarmsRequest* request,
                          v1::ListAlarmsResponse* response) override;
  grpc::Status AcknowledgeAlarm(
      grpc::ServerContext* context, const v1::AcknowledgeAlarmRequest* request,
      v1::AcknowledgeAlarmResponse* response) override;

 private:
  CallGate& gate_;
  AlarmsBackend& backend_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_ALARMS_SERVICE_H_
