#include "clients/alerts/coordinate_command.h"

#include <grpcpp/client_context.h>

#include <charconv>
#include <optional>
#include <ostream>
#include <utility>

#include "clients/alerts/coordination_text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"

namespace samkoer::clients {
namespace {

absl::Status Wrong(Language l, const char* danish, const char* english) {
  return absl::InvalidArgumentError(Say(l, danish, english));
}

std::optional<std::uint32_t> Number(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return value;
}

// "2027-1" as 20271, "2026-11" as 202611; "" as 0.
std::optional<std::uint32_t> YearAnd(std::string_view text,
                                     std::uint32_t digits) {
  if (text.empty()) return 0;
  const std::size_t dash = text.find('-');
  if (dash != 4 || text.size() != 5 + digits) return {};
  const auto year = Number(text.substr(0, 4));
  const auto part = Number(text.substr(5));
  if (!year || !part) return {};
  return *year * (digits == 1 ? 10 : 100) + *part;
}

v1::Holder HolderOf(const StepArguments& arguments) {
  v1::Holder holder;
  holder.set_name(arguments.name);
  holder.set_department(arguments.department);
  holder.set_unit(arguments.unit);
  holder.set_external(arguments.external);
  return holder;
}

absl::StatusOr<bool> YesOrNo(const StepArguments& arguments, Language l) {
  if (arguments.answer == "ja" || arguments.answer == "yes") return true;
  if (arguments.answer == "nej" || arguments.answer == "no") return false;
  return Wrong(l, "svaret er ja eller nej", "the answer is yes or no");
}

absl::StatusOr<v1::HandoverRole> RoleOf(const StepArguments& arguments,
                                        Language l) {
  if (arguments.role == "guide") return v1::HANDOVER_ROLE_GUIDE;
  if (arguments.role == "caseworker") return v1::HANDOVER_ROLE_CASEWORKER;
  if (arguments.role == "contact") return v1::HANDOVER_ROLE_CONTACT_PERSON;
  return Wrong(l, "opgaven er guide, caseworker eller contact",
               "the task is guide, caseworker or contact");
}

absl::Status MakeHandover(const StepArguments& a, Language l,
                          v1::CoordinateRequest& request) {
  auto role = RoleOf(a, l);
  if (!role.ok()) return role.status();
  request.mutable_request_handover()->set_role(*role);
  *request.mutable_request_handover()->mutable_to() = HolderOf(a);
  return absl::OkStatus();
}

absl::Status MakeSettlement(const StepArguments& a, Language l,
                            v1::CoordinateRequest& request) {
  auto& settle = *request.mutable_settle_handover();
  settle.set_handover_id(a.number);
  if (a.answer == "tilbage" || a.answer == "back") {
    settle.set_state(v1::HANDOVER_STATE_TAKEN_BACK);
    return absl::OkStatus();
  }
  auto yes = YesOrNo(a, l);
  if (!yes.ok()) {
    return Wrong(l, "svaret er ja, nej eller tilbage",
                 "the answer is yes, no or back");
  }
  settle.set_state(*yes ? v1::HANDOVER_STATE_ACCEPTED
                        : v1::HANDOVER_STATE_REFUSED);
  return absl::OkStatus();
}

absl::Status MakeGuide(const StepArguments& a, v1::CoordinateRequest& request) {
  auto& guide = *request.mutable_assign_guide();
  *guide.mutable_holder() = HolderOf(a);
  guide.set_accepted(a.flag);
  guide.set_wished(a.second);
  guide.set_at_conference(a.third);
  return absl::OkStatus();
}

absl::Status MakePlan(const StepArguments& a, Language l,
                      v1::CoordinateRequest& request) {
  const auto month = YearAnd(a.answer, 2);
  if (!month) {
    return Wrong(l, "måneden skrives som 2026-11",
                 "a month is written as 2026-11");
  }
  auto& plan = *request.mutable_set_plan();
  plan.set_exists(a.flag);
  plan.set_owner(a.text);
  plan.set_last_review_month(*month);
  return absl::OkStatus();
}

absl::Status Make(std::string_view command, const StepArguments& a, Language l,
                  v1::CoordinateRequest& request) {
  if (command == "offer") {
    request.mutable_offer();
  } else if (command == "guide") {
    return MakeGuide(a, request);
  } else if (command == "guide-answer") {
    auto yes = YesOrNo(a, l);
    if (!yes.ok()) return yes.status();
    request.mutable_answer_guide()->set_accepted(*yes);
  } else if (command == "caseworker") {
    *request.mutable_appoint_caseworker()->mutable_holder() = HolderOf(a);
  } else if (command == "contact") {
    auto& contact = *request.mutable_appoint_contact_person();
    *contact.mutable_holder() = HolderOf(a);
    contact.set_by_agreement(a.flag);
    contact.set_extended(a.second);
  } else if (command == "contact-continue") {
    request.mutable_continue_contact_person();
  } else if (command == "contact-end") {
    request.mutable_end_contact_person()->set_reason(a.text);
  } else if (command == "plan") {
    return MakePlan(a, l, request);
  } else if (command == "consent") {
    auto yes = YesOrNo(a, l);
    if (!yes.ok()) return yes.status();
    request.mutable_record_consent()->set_measure(a.text);
    request.mutable_record_consent()->set_given(*yes);
  } else if (command == "measure-join") {
    request.mutable_join_measure()->set_measure(a.text);
  } else if (command == "measure-leave") {
    request.mutable_leave_measure()->set_measure(a.text);
  } else if (command == "handover") {
    return MakeHandover(a, l, request);
  } else if (command == "handover-answer") {
    return MakeSettlement(a, l, request);
  } else if (command == "half-year") {
    const auto half_year =
        a.text == "ingen" || a.text == "none" ? 0 : YearAnd(a.text, 1);
    if (!half_year) {
      return Wrong(l, "halvåret skrives som 2027-1, eller ingen",
                   "a half-year is written as 2027-1, or none");
    }
    request.mutable_plan_half_year()->set_half_year(*half_year);
  } else if (command == "stu") {
    request.mutable_set_marker()->set_marker(v1::MARKER_STU);
    request.mutable_set_marker()->set_set(!a.flag);
  } else if (command == "action-done") {
    request.mutable_action_done();
  } else {
    return absl::InternalError("no such command");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::CoordinateRequest> MakeStep(std::string_view command,
                                               const StepArguments& arguments,
                                               Language language) {
  v1::CoordinateRequest request;
  if (absl::Status s = Make(command, arguments, language, request); !s.ok()) {
    return s;
  }
  request.set_note(arguments.note);
  return request;
}

absl::Status RunStep(v1::Alerts::StubInterface& stub, std::string_view command,
                     const StepArguments& arguments,
                     const AlertsOutput& output) {
  const Language l = output.style.language;
  // Whatever is typed here must not leave the machine with a CPR number.
  for (const std::string* text :
       {&arguments.note, &arguments.name, &arguments.text, &arguments.external,
        &arguments.unit}) {
    if (absl::Status s = CheckNote(*text, l); !s.ok()) return s;
  }
  auto request = MakeStep(command, arguments, l);
  if (!request.ok()) return request.status();
  request->set_alert_id(arguments.alert_id);
  request->set_expected_revision(arguments.revision);
  if (arguments.revision == 0) {
    auto before = FetchAlert(stub, arguments.alert_id, l);
    if (!before.ok()) return before.status();
    request->set_expected_revision(before->revision());
  }
  grpc::ClientContext context;
  SetDeadline(context);
  v1::CoordinateResponse response;
  const grpc::Status status = stub.Coordinate(&context, *request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  return PrintAlert(response.alert(), output);
}

absl::Status ShowOverview(v1::Alerts::StubInterface& stub,
                          const AlertsOutput& output) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetOverviewResponse response;
  const grpc::Status status = stub.GetOverview(&context, {}, &response);
  if (!status.ok()) {
    return FromServer(status, Peer::kMatcher, output.style.language);
  }
  if (output.format == OutputFormat::kJson) {
    absl::StatusOr<std::string> json = JsonText(response, /*pretty=*/true);
    if (!json.ok()) return json.status();
    output.out << *json;
  } else {
    output.out << OverviewText(response, output.style);
  }
  return Written(output.out, output.style.language);
}

}  // namespace samkoer::clients
