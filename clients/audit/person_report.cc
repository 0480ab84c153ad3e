#include "clients/audit/person_report.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "clients/alerts/alert_text.h"
#include "clients/common/cat.h"
#include "google/protobuf/wrappers.pb.h"

namespace samkoer::clients {
namespace {

constexpr std::string_view kScheme = "samkoer://";

// Municipality, role and name; empty if it is no certificate's URI.
std::array<std::string_view, 3> Parts(std::string_view actor) {
  if (!actor.starts_with(kScheme)) return {};
  actor.remove_prefix(kScheme.size());
  const std::size_t first = actor.find('/');
  if (first == std::string_view::npos) return {actor, "", ""};
  const std::size_t second = actor.find('/', first + 1);
  if (second == std::string_view::npos) {
    return {actor.substr(0, first), actor.substr(first + 1), ""};
  }
  return {actor.substr(0, first), actor.substr(first + 1, second - first - 1),
          actor.substr(second + 1)};
}

std::string WithoutName(const std::string& actor) {
  const auto [municipality, role, name] = Parts(actor);
  if (name.empty() || role == "department") return actor;
  return Cat(kScheme, municipality, "/", role);
}

void ForgetNames(v1::Coordination& c) {
  if (c.has_guide()) c.mutable_guide()->mutable_holder()->clear_name();
  if (c.has_caseworker()) {
    v1::CoordinatingCaseworker& caseworker = *c.mutable_caseworker();
    caseworker.mutable_holder()->clear_name();
    caseworker.set_decided_by(WithoutName(caseworker.decided_by()));
  }
  if (c.has_contact_person()) {
    c.mutable_contact_person()->mutable_holder()->clear_name();
  }
  for (v1::Handover& handover : *c.mutable_handovers()) {
    handover.mutable_from()->clear_name();
    handover.mutable_to()->clear_name();
    handover.set_answered_by(WithoutName(handover.answered_by()));
  }
}

absl::StatusOr<std::string> JsonString(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  return JsonText(value);
}

}  // namespace

std::string_view RoleOf(std::string_view actor) { return Parts(actor)[1]; }

std::string_view MunicipalityOf(std::string_view actor) {
  return Parts(actor)[0];
}

std::string_view DepartmentOf(std::string_view actor) {
  const auto parts = Parts(actor);
  return parts[1] == "department" ? parts[2] : std::string_view();
}

void PrepareForCitizen(v1::LookUpPersonResponse& answer) {
  answer.clear_padding();
  for (v1::AccessRecord& access : *answer.mutable_accesses()) {
    access.set_actor(WithoutName(access.actor()));
  }
  if (answer.has_alert()) {
    for (v1::AlertHistoryEntry& step :
         *answer.mutable_alert()->mutable_history()) {
      step.set_actor(WithoutName(step.actor()));
    }
    if (answer.alert().has_coordination()) {
      ForgetNames(*answer.mutable_alert()->mutable_coordination());
    }
  }
  std::sort(answer.mutable_records()->begin(), answer.mutable_records()->end(),
            [](const v1::HeldRecord& a, const v1::HeldRecord& b) {
              return std::tie(a.department(), a.participant().case_ref()) <
                     std::tie(b.department(), b.participant().case_ref());
            });
}

absl::StatusOr<std::string> ReportJson(const PersonReport& report) {
  auto purpose = JsonString(report.purpose);
  if (!purpose.ok()) return purpose.status();
  auto reason = JsonString(report.reason);
  if (!reason.ok()) return reason.status();
  auto officer = JsonString(report.officer);
  if (!officer.ok()) return officer.status();
  std::string out = Cat(
      "{\n\"report\": \"samkoer-person-report\",\n\"version\": 1,\n\"made\": "
      "\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", report.made, absl::UTCTimeZone()),
      "\",\n\"purpose\": ", *purpose, ",\n\"reason\": ", *reason,
      ",\n\"officer\": ", *officer, ",\n\"persons\": [");
  for (std::size_t i = 0; i < report.persons.size(); ++i) {
    auto held = JsonText(report.persons[i], /*pretty=*/true);
    if (!held.ok()) return held.status();
    // Its length alone has a meaning, and that on the wire. Within a value no
    // line ends and no quotation mark stands alone.
    constexpr std::string_view kPadding = ",\n \"padding\": \"\"";
    if (const auto at = held->rfind(kPadding); at != std::string::npos) {
      held->erase(at, kPadding.size());
    }
    out += Cat(i == 0 ? "" : ",", "\n{\"number\": \"",
               i == 0 ? "present" : "former", "\",\n\"held\": ", *held, "}");
  }
  return Cat(out, "\n]}\n");
}

}  // namespace samkoer::clients
