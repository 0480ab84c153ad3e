#include "clients/web/calls.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <vector>

#include "clients/alerts/alert_text.h"
#include "clients/alerts/text.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "clients/web/documents.h"
#include "clients/web/form_message.h"
#include "samkoer/v1/alerts.grpc.pb.h"
#include "samkoer/v1/conferences.grpc.pb.h"
#include "samkoer/v1/directory.grpc.pb.h"
#include "samkoer/v1/inquiries.grpc.pb.h"

namespace samkoer::clients {
namespace {

// As the servers read it (server/access.h).
constexpr char kOnBehalfOf[] = "samkoer-on-behalf-of";

// A time is no text of people, and can have ten digits that begin like a date.
bool IsTime(std::string_view name) { return name.ends_with(".seconds"); }

absl::Status Check(const Fields& fields) {
  for (const auto& [name, value] : fields) {
    if (name.ends_with("alert_id")) {
      if (absl::Status s = CheckAlertId(value, Language::kDanish); !s.ok()) {
        return s;
      }
    } else if (!IsTime(name) && ContainsCpr(value)) {
      return WithHint(
          absl::InvalidArgumentError("teksten indeholder et CPR-nummer"),
          "henvis til advisets nummer eller et sagsnummer i stedet");
    }
  }
  return absl::OkStatus();
}

template <typename Service, typename Request, typename Response>
Call Make(std::string_view verb, std::string_view path,
          grpc::Status (Service::StubInterface::*rpc)(grpc::ClientContext*,
                                                      const Request&,
                                                      Response*)) {
  return {verb, path,
          [rpc](const CallContext& call,
                const Fields& fields) -> absl::StatusOr<CallAnswer> {
            Request request;
            if (absl::Status s = Check(fields); !s.ok()) return s;
            if (absl::Status s = FillMessage(request, fields); !s.ok()) {
              return s;
            }
            grpc::ClientContext context;
            Prepare(call, context);
            const std::unique_ptr<typename Service::StubInterface> stub =
                Service::NewStub(call.channel);
            Response response;
            const grpc::Status status =
                ((*stub).*rpc)(&context, request, &response);
            if (!status.ok()) {
              return FromServer(status, Peer::kMatcher, Language::kDanish);
            }
            auto json = JsonText(response);
            if (!json.ok()) return json.status();
            return CallAnswer{*std::move(json)};
          }};
}

// What every page asks at once when it hears of a change.
Call Shared(Call call) {
  call.shared = true;
  return call;
}

}  // namespace

void Prepare(const CallContext& call, grpc::ClientContext& context) {
  SetDeadline(context);
  context.AddMetadata(kOnBehalfOf, call.person);
  for (const std::string& other : call.others) {
    context.AddMetadata(kOnBehalfOf, other);
  }
}

std::span<const Call> Calls() {
  using v1::Alerts, v1::Conferences, v1::Directory, v1::Inquiries;
  using AlertsStub = Alerts::StubInterface;
  using ConferencesStub = Conferences::StubInterface;
  using InquiriesStub = Inquiries::StubInterface;
  static const auto* calls = new std::vector<Call>{
      Shared(Make<Alerts>("GET", "/api/alerts", &AlertsStub::ListAlerts)),
      Make<Alerts>("GET", "/api/alerts/{alert_id}", &AlertsStub::GetAlert),
      Make<Alerts>("POST", "/api/alerts/{alert_id}/state",
                   &AlertsStub::SetAlertState),
      Make<Alerts>("POST", "/api/alerts/{alert_id}/step",
                   &AlertsStub::Coordinate),
      Shared(Make<Alerts>("GET", "/api/overview", &AlertsStub::GetOverview)),
      Make<Conferences>("GET", "/api/conferences",
                        &ConferencesStub::ListConferences),
      Make<Conferences>("POST", "/api/conferences",
                        &ConferencesStub::PlanConferences),
      Make<Conferences>("GET", "/api/conferences/{conference_id}",
                        &ConferencesStub::GetConference),
      Make<Conferences>("POST", "/api/conferences/{conference_id}",
                        &ConferencesStub::ChangeConference),
      Make<Inquiries>("GET", "/api/inquiries", &InquiriesStub::ListInquiries),
      Make<Inquiries>("POST", "/api/inquiries", &InquiriesStub::Answer),
      Make<Inquiries>("POST", "/api/inquiries/{inquiry_id}/deletion",
                      &InquiriesStub::DeleteInquiry),
      Make<Directory>("GET", "/api/units",
                      &Directory::StubInterface::ListUnits),
      CalendarCall(),
      StatisticsCall(),
      FiguresCall(),
      ReportCall(),
  };
  return *calls;
}

FoundCall FindCall(std::string_view verb, std::string_view path) {
  for (const Call& call : Calls()) {
    if (call.verb != verb) continue;
    std::string_view pattern = call.path, rest = path;
    Fields fields;
    bool fits = true;
    while (fits && !pattern.empty()) {
      if (pattern.front() == '{') {
        const std::size_t close = pattern.find('}');
        const std::size_t slash = std::min(rest.find('/'), rest.size());
        fits = slash > 0;
        fields.emplace_back(pattern.substr(1, close - 1),
                            rest.substr(0, slash));
        pattern.remove_prefix(close + 1);
        rest.remove_prefix(slash);
      } else {
        fits = !rest.empty() && rest.front() == pattern.front();
        pattern.remove_prefix(1);
        if (fits) rest.remove_prefix(1);
      }
    }
    if (fits && rest.empty()) return {&call, std::move(fields)};
  }
  return {};
}

}  // namespace samkoer::clients
