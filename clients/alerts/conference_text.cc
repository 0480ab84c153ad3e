#include "clients/alerts/conference_text.h"

#include "absl/time/civil_time.h"
#include "clients/alerts/table.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// "tirsdag 01-12-2026 09:00".
std::string WhenText(const google::protobuf::Timestamp& start,
                     const TextStyle& style) {
  const absl::Time time = absl::FromUnixSeconds(start.seconds());
  constexpr const char* kDanish[] = {"mandag", "tirsdag", "onsdag", "torsdag",
                                     "fredag", "lørdag",  "søndag"};
  constexpr const char* kEnglish[] = {"Monday",   "Tuesday", "Wednesday",
                                      "Thursday", "Friday",  "Saturday",
                                      "Sunday"};
  const auto day = static_cast<std::size_t>(
      absl::GetWeekday(absl::ToCivilDay(time, style.zone)));
  return Cat(Say(style.language, kDanish[day], kEnglish[day]), " ",
             DateTimeText(start, style.zone));
}

std::string CasesText(const v1::Conference& conference) {
  return Cat(conference.cases(), "/", conference.max_cases());
}

std::string DayText(const std::string& day) {
  if (day.size() != 10) return day;
  return Cat(day.substr(8, 2), "-", day.substr(5, 2), "-", day.substr(0, 4));
}

std::string SourceText(const v1::AgendaItem& item, Language l) {
  std::string text;
  for (const std::string& source : item.sources()) {
    text += Cat(text.empty() ? "" : ", ",
                source == "matched"     ? Say(l, "sammenfald", "match")
                : source == "nominated" ? Say(l, "indstillet", "nominated")
                                        : source.c_str());
  }
  return text;
}

void AddItem(const v1::AgendaItem& item, Language l, std::string& out) {
  std::string departments;
  for (const std::string& name : item.departments()) {
    departments += Cat(departments.empty() ? "" : "; ", name);
  }
  const std::string number = Cat(item.number(), ".");
  out +=
      Cat("\n", std::string(number.size() < 4 ? 4 - number.size() : 0, ' '),
          number, " ", TerminalSafe(item.alert_id()), "  ",
          TerminalSafe(departments), "  (", TerminalSafe(SourceText(item, l)),
          ")\n     ", Say(l, "Handling: ", "Action: "));
  if (!item.has_action()) {
    out += "________________________________________________________\n";
    return;
  }
  const auto& action = item.action();
  out +=
      Cat(TerminalSafe(action.text()), "\n     ",
          Say(l, "Ansvarlig: ", "Responsible: "),
          TerminalSafe(action.department()), ", ", TerminalSafe(action.unit()),
          Say(l, "; senest ", "; by "), TerminalSafe(DayText(action.due_day())),
          action.has_done() ? Say(l, "; gjort", "; done") : "", "\n");
}

}  // namespace

std::string ConferenceStateText(v1::ConferenceState state, Language language) {
  switch (state) {
    case v1::CONFERENCE_STATE_PLANNED:
      return Say(language, "planlagt", "planned");
    case v1::CONFERENCE_STATE_HELD:
      return Say(language, "holdt", "held");
    case v1::CONFERENCE_STATE_CANCELLED:
      return Say(language, "aflyst", "cancelled");
    default:
      return Say(language, "ukendt", "unknown");
  }
}

std::string ConferenceTable(std::span<const v1::Conference> conferences,
                            const TextStyle& style) {
  const Language l = style.language;
  if (conferences.empty()) {
    return Say(l, "Ingen konferencer.\n", "No conferences.\n");
  }
  Table table({Say(l, "Konference", "Conference"), Say(l, "Tid", "Time"),
               Say(l, "Sted", "Place"), Say(l, "Mødeleder", "Leader"),
               Say(l, "Sager", "Cases"), Say(l, "Tilstand", "State")});
  for (const v1::Conference& conference : conferences) {
    table.AddRow({conference.conference_id(),
                  WhenText(conference.details().start(), style),
                  conference.details().place(), conference.details().leader(),
                  CasesText(conference),
                  ConferenceStateText(conference.state(), l)});
  }
  return table.Render();
}

std::string ConferencePage(const v1::Conference& conference,
                           std::span<const v1::AgendaItem> agenda,
                           const TextStyle& style) {
  const Language l = style.language;
  const auto& details = conference.details();
  std::string out =
      Cat(Say(l, "Ungekonference ", "Youth conference "),
          TerminalSafe(conference.conference_id()), ": ",
          WhenText(details.start(), style), ", ", details.minutes(),
          Say(l, " minutter", " minutes"), "\n");
  const auto line = [&](const char* label, std::string_view value) {
    if (!value.empty()) out += Cat(label, TerminalSafe(value), "\n");
  };
  line(Say(l, "Sted:      ", "Place:     "), details.place());
  line(Say(l, "Mødeleder: ", "Leader:    "), details.leader());
  std::string team;
  for (const std::string& member : details.team()) {
    team += Cat(team.empty() ? "" : ", ", member);
  }
  line(Say(l, "Team:      ", "Team:      "), team);
  line(Say(l, "Tilstand:  ", "State:     "),
       Cat(ConferenceStateText(conference.state(), l), ", revision ",
           conference.revision()));
  if (conference.has_changed()) {
    const std::string& by = conference.changed_by();
    line(Say(l, "Ændret:    ", "Changed:   "),
         Cat(DateTimeText(conference.changed(), style.zone),
             Say(l, " af ", " by "), by.substr(by.rfind('/') + 1)));
  }
  line(Say(l, "Sager:     ", "Cases:     "), CasesText(conference));
  for (const v1::AgendaItem& item : agenda) AddItem(item, l, out);
  if (!agenda.empty()) {
    out += Say(l,
               "\nHver afdeling finder sine egne sager ved advisnummeret i sin "
               "indbakke.\n",
               "\nEach department finds its own cases by the alert's number in "
               "its inbox.\n");
  }
  return out;
}

}  // namespace samkoer::clients
