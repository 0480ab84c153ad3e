#include "server/matcher_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "matcher/matcher.h"
#include "matcher/policy.h"
#include "samkoer/v1/server_config.pb.h"
#include "server/caller_of.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"

namespace samkoer::server {
namespace {

// "/samkoer.v1.CaseIntake/Push" as "CaseIntake.Push".
std::string ShortName(const std::string& method) {
  return absl::StrReplaceAll(method, {{"/samkoer.v1.", ""}, {"/", "."}});
}

// A REFUSED leaf; how often stands behind the code.
absl::Status RecordRefusal(matcher::Matcher& matcher,
                           const RefusalReport& report) {
  matcher::Caller caller;
  caller.uri = report.actor;
  if (report.certificate_sha256 != crypto::Hash32{}) {
    caller.certificate_sha256 =
        std::string(crypto::AsText(report.certificate_sha256));
  }
  std::string code = absl::StatusCodeToString(report.code);
  if (report.count != 1) absl::StrAppend(&code, ", ", report.count, " times");
  matcher.RecordRefusal(caller, ShortName(report.method), code);
  return absl::OkStatus();
}

// What a store without an approved policy serves.
bool NeedsNoPolicy(std::string_view method) {
  if (method == "/samkoer.v1.Audit/LookUpPerson") return false;
  for (const std::string_view service :
       {"/samkoer.v1.Governance/", "/samkoer.v1.Alarms/", "/samkoer.v1.Audit/",
        "/samkoer.v1.Operations/", "/samkoer.v1.Witnesses/", "/grpc.health."}) {
    if (method.starts_with(service)) return true;
  }
  return false;
}

}  // namespace

MatcherServer::MatcherServer(std::unique_ptr<LiveIdentity> identity,
                             std::unique_ptr<RevocationList> revoked,
                             const std::string& municipality,
                             std::vector<std::string> portals,
                             matcher::Matcher& matcher, Metrics& metrics)
    : identity_(std::move(identity)),
      revoked_(std::move(revoked)),
      access_(municipality, revoked_.get(), std::move(portals)),
      refusals_([&matcher](const RefusalReport& report) {
        return RecordRefusal(matcher, report);
      }),
      gate_(access_, metrics, refusals_),
      watch_(access_),
      intake_(gate_, matcher, metrics),
      alerts_(gate_, matcher, watch_, metrics),
      directory_(gate_, matcher),
      conferences_(gate_, matcher),
      inquiries_(gate_, matcher),
      audit_backend_(matcher),
      audit_(gate_, audit_backend_, watch_),
      alarms_backend_(matcher),
      alarms_(gate_, alarms_backend_),
      rights_(gate_, matcher),
      governance_backend_(
          matcher,
          [this](const std::string& department) {
            log::Warning("department.suspended", {{"department", department}});
            intake_.EndPushesOf(department);
          }),
      governance_(gate_, governance_backend_),
      revoked_watch_(*revoked_, metrics),
      certificate_watch_(*identity_, metrics) {
  gate_.set_ready([&matcher](const Identity& who, std::string_view method) {
    if (NeedsNoPolicy(method)) return absl::OkStatus();
    if (absl::Status s = matcher.RequirePolicy(); !s.ok()) return s;
    // Whatever a department may call, now or in a later version.
    if (who.role != Role::kDepartment) return absl::OkStatus();
    return matcher.RequireDepartmentOn(who.name);
  });
}

absl::StatusOr<std::unique_ptr<MatcherServer>> MatcherServer::Start(
    const v1::MatcherdConfig& config, const matcher::CompiledPolicy& policy,
    std::unique_ptr<LiveIdentity> identity, matcher::Matcher& matcher,
    Metrics& metrics, KekRotation* kek, WitnessWatch* witness) {
  auto revoked = RevocationList::Load(config.tls().revoked_file());
  if (!revoked.ok()) return revoked.status();
  std::unique_ptr<MatcherServer> self(new MatcherServer(
      std::move(identity), *std::move(revoked), policy.proto().municipality(),
      {config.portals().begin(), config.portals().end()}, matcher, metrics));
  GrpcServer::Options options;
  options.listen = config.tls().listen();
  options.credentials = self->identity_->credentials();
  options.services = {&self->intake_,    &self->alerts_,    &self->conferences_,
                      &self->inquiries_, &self->directory_, &self->audit_,
                      &self->alarms_,    &self->rights_};
  self->reports_.emplace(self->gate_, matcher, kek);
  options.services.push_back(&*self->reports_);
  options.services.push_back(&self->governance_);
  if (kek != nullptr) {
    self->operations_.emplace(self->gate_, *kek,
                              [&matcher](const Identity& who) {
                                return matcher.ListEpochs(CallerOf(who));
                              });
    options.services.push_back(&*self->operations_);
  }
  if (witness != nullptr) {
    self->witnesses_.emplace(self->gate_, *witness);
    options.services.push_back(&*self->witnesses_);
    self->audit_.set_witness(witness);
    self->gate_.set_change_check([witness] { return witness->CheckChange(); });
  }
  options.gate = &self->gate_;
  auto server = GrpcServer::Start(options);
  if (!server.ok()) return server.status();
  self->server_ = *std::move(server);
  self->matcher_metrics_.emplace(matcher, self->intake_, metrics);
  self->revoked_watch_.Start();
  self->certificate_watch_.Start();
  return self;
}

void MatcherServer::Stop(absl::Duration grace) {
  if (server_ == nullptr) return;
  server_->SetServing(false);
  revoked_watch_.Stop();
  certificate_watch_.Stop();
  intake_.Stop();
  alerts_.Stop();
  server_->Shutdown(grace);
  refusals_.Stop();
  matcher_metrics_.reset();
}

}  // namespace samkoer::server
