#include "clients/alerts/commands.h"

#include <grpcpp/client_context.h>

#include <ostream>

#include "clients/alerts/alert_words.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cpr.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

// A server that never ends its pages must not hold us for ever.
constexpr int kMaxPages = 100000;
constexpr std::uint32_t kLargestPage = 1000;

}  // namespace

absl::Status PrintAlert(const v1::Alert& alert, const AlertsOutput& output) {
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(alert, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << AlertPage(alert, output.style);
  }
  return Written(output.out, output.style.language);
}

absl::StatusOr<v1::Alert> FetchAlert(v1::Alerts::StubInterface& stub,
                                     const std::string& id, Language language) {
  if (absl::Status s = CheckAlertId(id, language); !s.ok()) return s;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetAlertRequest request;
  request.set_alert_id(id);
  v1::GetAlertResponse response;
  const grpc::Status status = stub.GetAlert(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, language);
  return std::move(*response.mutable_alert());
}

absl::Status CheckNote(const std::string& note, Language language) {
  if (note.size() > proto::kMaxNoteBytes) {
    return absl::InvalidArgumentError(
        Cat(Say(language, "noten er for lang: ", "the note is too long: "),
            note.size(),
            Say(language, " bytes; højst tilladt: ", " bytes; at most: "),
            proto::kMaxNoteBytes));
  }
  if (ContainsCpr(note)) {
    return WithHint(
        absl::InvalidArgumentError(Say(language,
                                       "noten indeholder et CPR-nummer",
                                       "the note holds a CPR number")),
        Say(language, "henvis til advis-id'et eller et sagsnummer i stedet",
            "refer to the alert's id or a case number instead"));
  }
  return absl::OkStatus();
}

absl::Status ListAlerts(v1::Alerts::StubInterface& stub,
                        const ListOptions& options,
                        const AlertsOutput& output) {
  if (ContainsCpr(options.number)) {
    return WithHint(
        absl::InvalidArgumentError(Say(output.style.language,
                                       "--number ligner et CPR-nummer",
                                       "--number looks like a CPR number")),
        Say(output.style.language,
            "søg efter et sagsnummer; her er ingen CPR-numre",
            "search for a case number; there are no CPR numbers here"));
  }
  v1::ListAlertsRequest request;
  for (v1::AlertState state : options.states) request.add_states(state);
  request.set_department(options.department);
  request.set_overdue_only(options.overdue);
  request.set_without_guide(options.without_guide);
  request.set_transition_ahead(options.transition);
  request.set_nominated_only(options.nominated);
  request.set_guide_unit(options.guide_unit);
  request.set_handover_waits(options.handover_waits);
  request.set_number(options.number);
  request.set_page_size(options.page_size != 0 ? options.page_size
                        : options.all          ? kLargestPage
                                               : 0);
  std::vector<v1::Alert> alerts;
  bool more = true;
  for (int page = 0; more && page < (options.all ? kMaxPages : 1); ++page) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListAlertsResponse response;
    const grpc::Status status = stub.ListAlerts(&context, request, &response);
    if (!status.ok()) {
      return FromServer(status, Peer::kMatcher, output.style.language);
    }
    for (v1::Alert& alert : *response.mutable_alerts()) {
      alerts.push_back(std::move(alert));
    }
    request.set_page_token(response.next_page_token());
    more = !response.next_page_token().empty();
  }
  if (more) {
    output.notices << Say(output.style.language,
                          "Der er flere advis; brug --all for at se dem.\n",
                          "There are more alerts; use --all to see them.\n");
  }
  if (output.format == OutputFormat::kJson) return PrintArray(alerts, output);
  output.out << AlertTable(alerts, output.style);
  return Written(output.out, output.style.language);
}

absl::Status ShowAlert(v1::Alerts::StubInterface& stub, const std::string& id,
                       const AlertsOutput& output) {
  absl::StatusOr<v1::Alert> alert = FetchAlert(stub, id, output.style.language);
  if (!alert.ok()) return alert.status();
  return PrintAlert(*alert, output);
}

absl::Status SetAlertState(v1::Alerts::StubInterface& stub,
                           const SetOptions& options,
                           const AlertsOutput& output) {
  const Language language = output.style.language;
  if (absl::Status s = CheckAlertId(options.alert_id, language); !s.ok()) {
    return s;
  }
  if (absl::Status s = CheckNote(options.note, language); !s.ok()) return s;
  v1::SetAlertStateRequest request;
  request.set_alert_id(options.alert_id);
  request.set_state(options.state);
  request.set_note(options.note);
  request.set_expected_revision(options.revision);
  if (options.revision == 0) {
    absl::StatusOr<v1::Alert> before =
        FetchAlert(stub, options.alert_id, language);
    if (!before.ok()) return before.status();
    request.set_expected_revision(before->revision());
  }
  grpc::ClientContext context;
  SetDeadline(context);
  v1::SetAlertStateResponse response;
  const grpc::Status status = stub.SetAlertState(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, language);
  return PrintAlert(response.alert(), output);
}

}  // namespace samkoer::clients
