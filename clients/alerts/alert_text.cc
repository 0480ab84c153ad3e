#include "clients/alerts/alert_text.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_join.h"
#include "clients/alerts/alert_words.h"
#include "clients/alerts/coordination_text.h"
#include "clients/alerts/table.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "google/protobuf/util/json_util.h"
#include "google/protobuf/wrappers.pb.h"

namespace samkoer::clients {
namespace {

const std::string& NameOf(const v1::Participant& participant) {
  return participant.department_name().empty() ? participant.department()
                                               : participant.department_name();
}

std::string Departments(const v1::Alert& alert) {
  std::vector<std::string> names;
  for (const v1::Participant& participant : alert.participants()) {
    const std::string& name = NameOf(participant);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  for (const v1::Nomination& nomination : alert.coordination().nominations()) {
    const std::string& name = nomination.department_name();
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      names.push_back(name);
    }
  }
  // Not a comma: names have them ("Handicap og Psykiatri, myndighed").
  return absl::StrJoin(names, " + ");
}

std::string RuleText(const v1::Alert& alert) {
  // Nobody but a caseworker has named the person.
  if (alert.rule().empty()) return "-";
  return Cat(alert.rule(), " v", alert.rule_version());
}

// The last part of "samkoer://viborg/coordinator/anna", or the whole.
std::string ActorName(const std::string& actor, Language language) {
  if (actor == "matcher") return Say(language, "reglen", "rule");
  const std::size_t slash = actor.find_last_of('/');
  return slash == std::string::npos ? actor : actor.substr(slash + 1);
}

std::string OrDash(const std::string& text) {
  return text.empty() ? "-" : text;
}

std::string ParticipantTable(const v1::Alert& alert, Language language) {
  Table table(
      {Say(language, "Afdeling", "Department"), Say(language, "Enhed", "Unit"),
       Say(language, "Område", "Domain"), Say(language, "Sagsnummer", "Case"),
       Say(language, "Kontakt", "Contact"), Say(language, "Siden", "Since")});
  for (const v1::Participant& p : alert.participants()) {
    table.AddRow({NameOf(p), OrDash(p.unit()), DomainText(p.domain(), language),
                  OrDash(p.case_ref()), OrDash(p.contact()),
                  MonthText(p.since_month())});
  }
  return table.Render();
}

std::string HistoryTable(const v1::Alert& alert, const TextStyle& style) {
  Table table({Say(style.language, "Tid", "Time"),
               Say(style.language, "Hændelse", "Event"),
               Say(style.language, "Tilstand", "State"),
               Say(style.language, "Af", "By"),
               Say(style.language, "Note", "Note")});
  for (const v1::AlertHistoryEntry& step : alert.history()) {
    table.AddRow({DateTimeText(step.time(), style.zone),
                  EventText(step.event(), style.language),
                  StateText(step.state(), style.language),
                  ActorName(step.actor(), style.language), step.note()});
  }
  return table.Render();
}

std::string TombstoneText(v1::TombstoneCause cause, Language l) {
  switch (cause) {
    case v1::TOMBSTONE_CAUSE_ERASURE:
      return Say(l, "slettet: personen er slettet; slet også kopier",
                 "deleted: the person was erased; delete copies, too");
    case v1::TOMBSTONE_CAUSE_RETENTION:
      return Say(l, "slettet: opbevaringstiden er udløbet; slet også kopier",
                 "deleted: its time of retention is over; delete copies, too");
    default:
      return Say(l, "slettet; slet også kopier", "deleted; delete copies, too");
  }
}

bool AnyProtected(const v1::Alert& alert) {
  return std::any_of(
      alert.participants().begin(), alert.participants().end(),
      [](const v1::Participant& p) { return p.protected_identity(); });
}

}  // namespace

std::string AlertTable(std::span<const v1::Alert> alerts,
                       const TextStyle& style) {
  const Language l = style.language;
  if (alerts.empty()) return Cat(Say(l, "Ingen advis.", "No alerts."), "\n");
  Table table({Say(l, "Advis", "Alert"), Say(l, "Tilstand", "State"),
               Say(l, "Oprettet", "Opened"), Say(l, "Sager", "Cases"),
               Say(l, "Afdelinger", "Departments"), Say(l, "Regel", "Rule")});
  for (const v1::Alert& alert : alerts) {
    table.AddRow(
        {alert.alert_id(), StateText(alert.state(), l),
         DateText(alert.created(), style.zone),
         Cat(alert.participants_size(), AnyProtected(alert) ? " !" : ""),
         Departments(alert), RuleText(alert)});
  }
  std::string out = table.Render();
  if (std::any_of(alerts.begin(), alerts.end(), AnyProtected)) {
    out += Cat(Say(l, "\n! = navne- og adressebeskyttelse\n",
                   "\n! = protected name and address\n"));
  }
  return out;
}

std::string AlertPage(const v1::Alert& alert, const TextStyle& style) {
  const Language l = style.language;
  const auto line = [](std::string_view label, std::string_view value) {
    return Cat(label, value, "\n");
  };
  std::string out = line(Say(l, "Advis       ", "Alert       "),
                         TerminalSafe(alert.alert_id()));
  out +=
      line(Say(l, "Tilstand    ", "State       "), StateText(alert.state(), l));
  out += line(Say(l, "Regel       ", "Rule        "),
              TerminalSafe(Cat(alert.rule(), Say(l, ", version ", ", version "),
                               alert.rule_version())));
  out += line(Say(l, "Oprettet    ", "Opened      "),
              DateTimeText(alert.created(), style.zone));
  out += line(Say(l, "Ændret      ", "Changed     "),
              Cat(DateTimeText(alert.updated(), style.zone),
                  Say(l, " (revision ", " (revision "), alert.revision(), ")"));
  if (AnyProtected(alert)) {
    out += Cat(
        "\n",
        Say(l,
            "ADVARSEL: Den unge har navne- og adressebeskyttelse. Del ikke "
            "navn, adresse eller opholdssted.",
            "WARNING: The young person's name and address are protected. Do "
            "not share name, address or whereabouts."),
        "\n");
  }
  out += Cat("\n", Say(l, "Hvorfor", "Why"), "\n");
  for (const v1::Reason& reason : alert.reasons()) {
    out += Cat("  * ", TerminalSafe(reason.text()), "\n");
  }
  out += Cat("\n", Say(l, "Sager", "Cases"), "\n", ParticipantTable(alert, l));
  if (alert.has_coordination()) {
    out += Cat("\n", Say(l, "Koordinering", "Coordination"), "\n",
               CoordinationText(alert.coordination(), style));
  }
  out += Cat("\n", Say(l, "Historik", "History"), "\n",
             HistoryTable(alert, style));
  return out;
}

std::string FeedLine(const v1::FeedEntry& entry, const TextStyle& style) {
  const std::string head =
      Cat(entry.sequence(), "  ", DateTimeText(entry.time(), style.zone), "  ");
  if (entry.has_tombstone()) {
    return TerminalSafe(
        Cat(head, entry.tombstone().alert_id(), "  ",
            TombstoneText(entry.tombstone().cause(), style.language)));
  }
  if (!entry.has_alert()) {
    return Cat(head, "-  ",
               Say(style.language, "indholdet er slettet siden",
                   "its contents were deleted since"));
  }
  const v1::Alert& alert = entry.alert();
  const std::string event =
      alert.history().empty()
          ? "-"
          : EventText(alert.history().rbegin()->event(), style.language);
  return TerminalSafe(Cat(head, alert.alert_id(), "  ", event, "  [",
                          StateText(alert.state(), style.language), "]  ",
                          Departments(alert)));
}

absl::StatusOr<std::string> JsonString(const std::string& text) {
  google::protobuf::StringValue value;
  value.set_value(text);
  return JsonText(value);
}

absl::StatusOr<std::string> JsonText(const google::protobuf::Message& message,
                                     bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string json;
  const auto status =
      google::protobuf::util::MessageToJsonString(message, &json, options);
  if (!status.ok()) {
    return absl::InternalError(
        Cat("cannot write ", message.GetTypeName(), " as JSON"));
  }
  return json;
}

}  // namespace samkoer::clients
