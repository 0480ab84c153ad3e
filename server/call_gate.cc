#include "server/call_gate.h"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "crypto/absl_view.h"
#include "grpcpp/server_context.h"
#include "server/limits.h"
#include "server/log.h"
#include "server/metrics.h"
#include "server/refusals.h"
#include "server/status_conversion.h"

namespace samkoer::server {
namespace {

using crypto::AbslView;

constexpr std::string_view kUnknownMethod = "unknown";

std::string CodeName(const absl::Status& status) {
  return absl::StatusCodeToString(status.code());
}

// Ours or nobody's fault: not the caller's to answer for.
bool IsRefusal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
    case absl::StatusCode::kCancelled:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return false;
    default:
      return true;
  }
}

// The people that the call names in its header.
std::vector<std::string> OnBehalfOf(const grpc::ServerContextBase& context) {
  std::vector<std::string> named;
  const auto& headers = context.client_metadata();
  const auto [begin, end] = headers.equal_range(kOnBehalfOfHeader);
  for (auto header = begin; header != end; ++header) {
    named.emplace_back(header->second.data(), header->second.size());
  }
  return named;
}

bool IsOurFault(const absl::Status& status) {
  return status.code() == absl::StatusCode::kInternal ||
         status.code() == absl::StatusCode::kUnknown ||
         status.code() == absl::StatusCode::kDataLoss;
}

}  // namespace

std::int64_t CallGate::SteadyClock() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

CallGate::CallGate(const AccessControl& access, Metrics& metrics,
                   RefusalRecorder& refusals, Clock clock)
    : access_(access),
      metrics_(metrics),
      refusals_(refusals),
      clock_(std::move(clock)),
      logged_calls_({kLoggedCallsBurst, kLoggedCallsPerDay}) {}

absl::Status CallGate::Admit(const grpc::ServerContextBase& context,
                             std::string_view method, Call& call) {
  call.start = absl::Now();
  call.method = std::string(method);
  AccessControl::Decision decision =
      access_.Decide(*context.auth_context(), method);
  call.who = std::move(decision.identity);
  if (decision.permitted()) {
    decision.reason =
        access_.ActFor(OnBehalfOf(context), method, call.who, call.others);
  }
  if (!decision.permitted()) {
    const std::string_view reason = DenialReasonName(decision.reason);
    metrics_
        .AddCounter("samkoer_denials_total",
                    "Calls that the access rules refused, by reason.",
                    {{"reason", std::string(reason)}})
        .Increment();
    call.denial = std::string(reason);
    return NotPermitted();
  }
  if (decision.change) {
    if (absl::Status s = CheckChange(); !s.ok()) return s;
  }
  if (absl::Status ready = ready_(call.who, method); !ready.ok()) return ready;
  auto ticket = admission_.Enter(
      {{absl::StrCat("role/", AbslView(RoleName(call.who.role))),
        kMaxCallsPerRole},
       {absl::StrCat("certificate/",
                     AbslView(crypto::AsText(call.who.certificate_sha256))),
        kMaxCallsPerCertificate}});
  if (!ticket.ok()) return ticket.status();
  call.ticket = *std::move(ticket);
  if (!decision.logged) return absl::OkStatus();
  std::vector<std::string> people = {call.who.uri};
  for (const Identity& other : call.others) people.push_back(other.uri);
  std::size_t lacking = 0;
  absl::Status taken = logged_calls_.TakeOfEach(people, clock_(), lacking);
  // The refusal is told of whoever it is about.
  if (!taken.ok() && lacking > 0) {
    std::swap(call.who, call.others[lacking - 1]);
  }
  return taken;
}

grpc::Status CallGate::Run(
    const grpc::ServerContextBase& context, std::string_view method,
    absl::FunctionRef<absl::Status(const Identity& who)> handler) {
  Call call;
  absl::Status status = Admit(context, method, call);
  // The handler knows, and logs, one person only.
  if (status.ok() && !call.others.empty()) status = NotPermitted();
  if (status.ok()) status = handler(call.who);
  return Complete(call, status);
}

grpc::Status CallGate::RunShared(
    const grpc::ServerContextBase& context, std::string_view method,
    absl::FunctionRef<absl::Status(std::span<const Identity> people)> handler) {
  Call call;
  absl::Status status = Admit(context, method, call);
  if (status.ok()) {
    std::vector<Identity> people = {call.who};
    people.insert(people.end(), call.others.begin(), call.others.end());
    status = handler(people);
  }
  return Complete(call, status);
}

grpc::Status CallGate::RefuseUnknown(const grpc::ServerContextBase& context) {
  return Run(context, kUnknownMethod,
             [](const Identity&) { return NotPermitted(); });
}

grpc::Status CallGate::Complete(Call& call, const absl::Status& status) {
  call.ticket = Admission::Ticket();
  metrics_
      .AddCounter("samkoer_calls_total", "Ended calls by rpc and code.",
                  {{"rpc", call.method}, {"code", CodeName(status)}})
      .Increment();
  metrics_
      .AddHistogram("samkoer_call_seconds", "How long calls took, by rpc.",
                    LatencyBounds(), {{"rpc", call.method}})
      .Observe(absl::ToDoubleSeconds(absl::Now() - call.start));
  if (IsOurFault(status)) {
    log::Error(
        "call.failed",
        {{"method", call.method}, {"actor", call.who.uri}, {"status", status}});
  }
  if (IsRefusal(status)) {
    refusals_.Record({call.who.uri.empty() ? "unidentified" : call.who.uri,
                      call.who.certificate_sha256, call.method, status.code(),
                      1, call.denial});
  }
  return ToGrpcStatus(status);
}

}  // namespace samkoer::server
