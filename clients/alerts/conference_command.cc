#include "clients/alerts/conference_command.h"

#include <grpcpp/client_context.h>

#include <ostream>
#include <utility>

#include "absl/time/clock.h"
#include "clients/alerts/calendar_text.h"
#include "clients/alerts/conference_text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"

namespace samkoer::clients {
namespace {

// A server that never ends its pages must not hold us for ever.
constexpr int kMaxPages = 1000;

absl::Status Wrong(Language l, const char* danish, const char* english) {
  return absl::InvalidArgumentError(Say(l, danish, english));
}

// As CheckAlertId, with a K.
absl::Status CheckConferenceId(std::string_view id, Language l) {
  if (!id.empty() && (id[0] == 'K' || id[0] == 'k')) {
    std::string as_alert(id);
    as_alert[0] = 'A';
    if (CheckAlertId(as_alert, l).ok()) return absl::OkStatus();
  }
  return Wrong(l, "det er ikke et konferencenummer; de ser ud som K-7K3M-9QXD",
               "that is no conference's id; they look like K-7K3M-9QXD");
}

absl::Status CheckWords(const ConferenceArguments& a, Language l) {
  for (const std::string* text :
       {&a.reason, &a.place, &a.leader, &a.text, &a.unit, &a.department}) {
    if (absl::Status s = CheckNote(*text, l); !s.ok()) return s;
  }
  for (const std::string& member : a.team) {
    if (absl::Status s = CheckNote(member, l); !s.ok()) return s;
  }
  return absl::OkStatus();
}

absl::Status SetStart(const std::string& text, const TextStyle& style,
                      v1::ConferenceDetails& details) {
  absl::Time time;
  std::string error;
  for (const char* form : {"%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"}) {
    if (!absl::ParseTime(form, text, style.zone, &time, &error)) continue;
    details.mutable_start()->set_seconds(absl::ToUnixSeconds(time));
    return absl::OkStatus();
  }
  return Wrong(style.language, "tiden skrives som \"2026-12-01 09:00\"",
               "a time is written as \"2026-12-01 09:00\"");
}

// What was given takes the place of what is there.
absl::Status SetDetails(const ConferenceArguments& a, const TextStyle& style,
                        v1::ConferenceDetails& details) {
  if (!a.start.empty()) {
    if (absl::Status s = SetStart(a.start, style, details); !s.ok()) return s;
  }
  if (a.minutes != 0) details.set_minutes(a.minutes);
  if (!a.place.empty()) details.set_place(a.place);
  if (!a.leader.empty()) details.set_leader(a.leader);
  if (!a.team.empty()) {
    details.mutable_team()->Assign(a.team.begin(), a.team.end());
  }
  return absl::OkStatus();
}

absl::Status PrintTable(const std::vector<v1::Conference>& conferences,
                        const AlertsOutput& output) {
  if (output.format == OutputFormat::kJson) {
    return PrintArray(conferences, output);
  }
  output.out << ConferenceTable(conferences, output.style);
  return Written(output.out, output.style.language);
}

template <typename Response>
absl::Status PrintPage(const Response& response, const AlertsOutput& output) {
  if (output.format == OutputFormat::kJson) {
    auto json = JsonText(response, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    const std::vector<v1::AgendaItem> agenda(response.agenda().begin(),
                                             response.agenda().end());
    output.out << ConferencePage(response.conference(), agenda, output.style);
  }
  return Written(output.out, output.style.language);
}

absl::StatusOr<std::vector<v1::Conference>> FetchAll(
    v1::Conferences::StubInterface& stub, bool past, Language l) {
  std::vector<v1::Conference> all;
  v1::ListConferencesRequest request;
  request.set_include_past(past);
  for (int page = 0; page < kMaxPages; ++page) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListConferencesResponse response;
    const grpc::Status status =
        stub.ListConferences(&context, request, &response);
    if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
    for (v1::Conference& conference : *response.mutable_conferences()) {
      all.push_back(std::move(conference));
    }
    request.set_page_token(response.next_page_token());
    if (request.page_token().empty()) return all;
  }
  return absl::InternalError(Say(l, "serveren bliver ved med at give sider",
                                 "the server's pages do not end"));
}

absl::StatusOr<v1::GetConferenceResponse> Fetch(
    v1::Conferences::StubInterface& stub, const std::string& id, Language l) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetConferenceRequest request;
  request.set_conference_id(id);
  v1::GetConferenceResponse response;
  const grpc::Status status = stub.GetConference(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  return response;
}

absl::Status Plan(v1::Conferences::StubInterface& stub,
                  const ConferenceArguments& a, const AlertsOutput& output) {
  v1::PlanConferencesRequest request;
  if (absl::Status s = SetDetails(a, output.style, *request.mutable_details());
      !s.ok()) {
    return s;
  }
  request.set_count(a.count);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::PlanConferencesResponse response;
  const grpc::Status status =
      stub.PlanConferences(&context, request, &response);
  if (!status.ok()) {
    return FromServer(status, Peer::kMatcher, output.style.language);
  }
  return PrintTable(
      {response.conferences().begin(), response.conferences().end()}, output);
}

// Of the alert as this agenda has it; 0 if it is not there.
std::uint64_t RevisionOnAgenda(const v1::GetConferenceResponse& read,
                               std::string_view alert_id) {
  for (const v1::AgendaItem& item : read.agenda()) {
    if (item.alert_id() == alert_id) return item.alert_revision();
  }
  return 0;
}

void SetAlertRevision(std::uint64_t revision,
                      v1::ChangeConferenceRequest& request) {
  switch (request.change_case()) {
    case v1::ChangeConferenceRequest::kAdd:
      request.mutable_add()->set_expected_alert_revision(revision);
      break;
    case v1::ChangeConferenceRequest::kRemove:
      request.mutable_remove()->set_expected_alert_revision(revision);
      break;
    case v1::ChangeConferenceRequest::kMove:
      request.mutable_move()->set_expected_alert_revision(revision);
      break;
    case v1::ChangeConferenceRequest::kAction:
      request.mutable_action()->set_expected_alert_revision(revision);
      break;
    default:
      break;
  }
}

absl::Status Change(v1::Conferences::StubInterface& stub,
                    std::string_view command, const ConferenceArguments& a,
                    const AlertsOutput& output) {
  const Language l = output.style.language;
  // Colleagues' words are not replaced unseen.
  const std::string seen =
      Cat(Say(l, "se den med: samkoer-alerts conferences show ",
              "look at it with: samkoer-alerts conferences show "),
          TerminalSafe(a.conference_id),
          Say(l, ", og giv dens revision med --revision",
              ", and give its revision with --revision"));
  if (command == "change" && a.revision == 0) {
    return WithHint(Wrong(l,
                          "revisionen mangler: en kollega kan have ændret "
                          "konferencen",
                          "the revision is missing: a colleague may have "
                          "changed the conference"),
                    seen);
  }
  const bool first_action = command == "action" && a.revision == 0;
  v1::GetConferenceResponse read;
  if ((a.revision == 0 && !first_action) || command == "change") {
    auto fetched = Fetch(stub, a.conference_id, l);
    if (!fetched.ok()) return fetched.status();
    read = *std::move(fetched);
  }
  auto request =
      MakeChange(command, a, read.conference().details(), output.style);
  if (!request.ok()) return request.status();
  request->set_conference_id(a.conference_id);
  request->set_expected_revision(a.revision == 0 ? read.conference().revision()
                                                 : a.revision);
  SetAlertRevision(a.alert_revision == 0 ? RevisionOnAgenda(read, a.alert_id)
                                         : a.alert_revision,
                   *request);
  request->set_reason(a.reason);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ChangeConferenceResponse response;
  const grpc::Status status =
      stub.ChangeConference(&context, *request, &response);
  if (!status.ok()) {
    const absl::Status refused = FromServer(status, Peer::kMatcher, l);
    return first_action && absl::IsFailedPrecondition(refused)
               ? WithHint(refused, seen)
               : refused;
  }
  return PrintPage(response, output);
}

}  // namespace

absl::StatusOr<v1::ChangeConferenceRequest> MakeChange(
    std::string_view command, const ConferenceArguments& a,
    const v1::ConferenceDetails& present, const TextStyle& style) {
  const Language l = style.language;
  v1::ChangeConferenceRequest request;
  if (command == "add" || command == "remove" || command == "move" ||
      command == "action") {
    if (absl::Status s = CheckAlertId(a.alert_id, l); !s.ok()) return s;
  }
  if (command == "add") {
    request.mutable_add()->set_alert_id(a.alert_id);
  } else if (command == "remove") {
    request.mutable_remove()->set_alert_id(a.alert_id);
  } else if (command == "move") {
    if (absl::Status s = CheckConferenceId(a.to_conference_id, l); !s.ok()) {
      return s;
    }
    request.mutable_move()->set_alert_id(a.alert_id);
    request.mutable_move()->set_to_conference_id(a.to_conference_id);
  } else if (command == "action") {
    auto& action = *request.mutable_action();
    action.set_alert_id(a.alert_id);
    action.mutable_action()->set_text(a.text);
    action.mutable_action()->set_department(a.department);
    action.mutable_action()->set_unit(a.unit);
    action.mutable_action()->set_due_day(a.due_day);
  } else if (command == "change") {
    *request.mutable_details() = present;
    if (absl::Status s = SetDetails(a, style, *request.mutable_details());
        !s.ok()) {
      return s;
    }
  } else if (command == "close") {
    request.mutable_close();
  } else if (command == "cancel") {
    request.mutable_cancel();
  } else {
    return absl::InternalError("no such command");
  }
  return request;
}

absl::Status RunConferences(v1::Conferences::StubInterface& stub,
                            std::string_view command,
                            const ConferenceArguments& arguments,
                            const AlertsOutput& output) {
  const Language l = output.style.language;
  // Whatever is typed here must not leave the machine with a CPR number.
  if (absl::Status s = CheckWords(arguments, l); !s.ok()) return s;
  if (command == "plan") return Plan(stub, arguments, output);
  if (command == "list" || command == "calendar") {
    auto all = FetchAll(stub, arguments.past || command == "calendar", l);
    if (!all.ok()) return all.status();
    if (command == "list") return PrintTable(*all, output);
    output.out << CalendarText(*all, absl::Now(), l);
    return Written(output.out, output.style.language);
  }
  if (absl::Status s = CheckConferenceId(arguments.conference_id, l); !s.ok()) {
    return s;
  }
  if (command != "show") return Change(stub, command, arguments, output);
  auto response = Fetch(stub, arguments.conference_id, l);
  if (!response.ok()) return response.status();
  return PrintPage(*response, output);
}

}  // namespace samkoer::clients
