// The matcher behind its gRPC server: all services, their limits and what they
// share.
#ifndef SAMKOER_SERVER_MATCHER_SERVER_H_
#define SAMKOER_SERVER_MATCHER_SERVER_H_

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/access.h"
#include "server/alerts_service.h"
#include "server/audit_service.h"
#include "server/call_gate.h"
#include "server/certificate_watch.h"
#include "server/conferences_service.h"
#include "server/directory_service.h"
#include "server/governance_service.h"
#include "server/grpc_server.h"
#include "server/inquiries_service.h"
#include "server/intake_service.h"
#include "server/live_identity.h"
#include "server/matcher_alarms_backend.h"
#include "server/matcher_audit_backend.h"
#include "server/matcher_governance_backend.h"
#include "server/matcher_metrics.h"
#include "server/operations_service.h"
#include "server/refusals.h"
#include "server/reports_service.h"
#include "server/revocation.h"
#include "server/revocation_watch.h"
#include "server/rights_service.h"
#include "server/stream_watch.h"
#include "server/witness_service.h"

namespace samkoer::matcher {
class CompiledPolicy;
class Matcher;
}  // namespace samkoer::matcher
namespace samkoer::v1 {
class MatcherdConfig;
}

namespace samkoer::server {

class Metrics;

class MatcherServer {
 public:
  // Listens and serves; the service Operations only with a `kek`, Witnesses
  // only with a `witness`. `matcher`, `metrics`, `kek` and `witness` must
  // outlive this; the matcher
  // must be stopped (not destroyed) before this is destroyed, because it still
  // answers what was handed over. Errors: of the revocation list and the
  // address.
  static absl::StatusOr<std::unique_ptr<MatcherServer>> Start(
      const v1::MatcherdConfig& config, const matcher::CompiledPolicy& policy,
      std::unique_ptr<LiveIdentity> identity, matcher::Matcher& matcher,
      Metrics& metrics, KekRotation* kek = nullptr,
      WitnessWatch* witness = nullptr);

  int port() const { return server_->port(); }

  // Asks streams to end, takes no new calls, waits up to `grace` for the
  // running ones, then writes the last refusals. May be repeated.
  void Stop(absl::Duration grace);

  CallGate& gate() { return gate_; }
  RevocationList& revoked() { return *revoked_; }

 private:
  MatcherServer(std::unique_ptr<LiveIdentity> identity,
                std::unique_ptr<RevocationList> revoked,
                const std::string& municipality,
                std::vector<std::string> portals, matcher::Matcher& matcher,
                Metrics& metrics);

  const std::unique_ptr<LiveIdentity> identity_;
  const std::unique_ptr<RevocationList> revoked_;
  const AccessControl access_;
  RefusalRecorder refusals_;
  CallGate gate_;
  StreamWatch watch_;
  IntakeService intake_;
  AlertsService alerts_;
  DirectoryService directory_;
  ConferencesService conferences_;
  InquiriesService inquiries_;
  MatcherAuditBackend audit_backend_;
  AuditService audit_;
  MatcherAlarmsBackend alarms_backend_;
  AlarmsService alarms_;
  RightsService rights_;
  std::optional<ReportsService> reports_;
  MatcherGovernanceBackend governance_backend_;
  GovernanceService governance_;
  std::optional<OperationsService> operations_;
  std::optional<WitnessService> witnesses_;
  std::unique_ptr<GrpcServer> server_;
  std::optional<MatcherMetrics> matcher_metrics_;
  RevocationWatch revoked_watch_;
  CertificateWatch certificate_watch_;
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_MATCHER_SERVER_H_
