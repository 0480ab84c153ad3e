// The Alerts rpcs: shells over the matcher, and the live feed.
#ifndef SAMKOER_SERVER_ALERTS_SERVICE_H_
#define SAMKOER_SERVER_ALERTS_SERVICE_H_

#include <atomic>
#include <cstdint>

#include "absl/time/time.h"
#include "matcher/coordination_facade.h"
#include "samkoer/v1/alerts.grpc.pb.h"
#include "server/call_gate.h"
#include "server/stream_watch.h"

namespace samkoer::matcher {
class Matcher;
}

namespace samkoer::server {

class Gauge;
class Metrics;

class AlertsService final : public v1::Alerts::Service {
 public:
  // All must outlive this.
  AlertsService(CallGate& gate, matcher::Matcher& matcher, StreamWatch& watch,
                Metrics& metrics);

  grpc::Status ListAlerts(grpc::ServerContext* context,
                          const v1::ListAlertsRequest* request,
                          v1::ListAlertsResponse* response) override;
  grpc::Status GetAlert(grpc::ServerContext* context,
                        const v1::GetAlertRequest* request,
                        v1::GetAlertResponse* response) override;
  grpc::Status SetAlertState(grpc::ServerContext* context,
                             const v1::SetAlertStateRequest* request,
                             v1::SetAlertStateResponse* response) override;
  grpc::Status Coordinate(grpc::ServerContext* context,
                          const v1::CoordinateRequest* request,
                          v1::CoordinateResponse* response) override;
  grpc::Status GetOverview(grpc::ServerContext* context,
                           const v1::GetOverviewRequest* request,
                           v1::GetOverviewResponse* response) override;
  grpc::Status Follow(grpc::ServerContext* context,
                      const v1::FollowRequest* request,
                      grpc::ServerWriter<v1::FeedEvent>* writer) override;

  // Lets followers end with UNAVAILABLE within kStreamLook.
  void Stop() { stopping_ = true; }

 private:
  absl::Status Feed(const Identity& who, std::uint64_t after,
                    grpc::ServerContext& context,
                    grpc::ServerWriter<v1::FeedEvent>& writer);

  CallGate& gate_;
  matcher::Matcher& matcher_;
  matcher::CoordinationFacade coordination_;
  StreamWatch& watch_;
  Gauge& followers_;
  Gauge& lag_;
  std::atomic<bool> stopping_ = false;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_ALERTS_SERVICE_H_
