#include "clients/alerts/coordination_text.h"

#include <string_view>

#include "clients/alerts/alert_words.h"
#include "clients/alerts/table.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// "2026-11-22" as "22-11-2026".
std::string DayText(const std::string& day) {
  if (day.size() != 10) return day;
  return Cat(day.substr(8, 2), "-", day.substr(5, 2), "-", day.substr(0, 4));
}

std::string HolderText(const v1::Holder& holder) {
  const std::string where = holder.external().empty()
                                ? Cat(holder.department(), ", ", holder.unit())
                                : holder.external();
  return Cat(holder.name(), " (", where, ")");
}

const char* RoleText(v1::HandoverRole role, Language l) {
  switch (role) {
    case v1::HANDOVER_ROLE_GUIDE:
      return Say(l, "ungeguide", "youth guide");
    case v1::HANDOVER_ROLE_CASEWORKER:
      return Say(l, "koordinerende sagsbehandler", "coordinating caseworker");
    default:
      return Say(l, "kontaktperson", "contact person");
  }
}

const char* DueText(v1::DueKind kind, Language l) {
  switch (kind) {
    case v1::DUE_KIND_OFFER:
      return Say(l, "tilbud om en samlet indsats", "the offer");
    case v1::DUE_KIND_CASEWORKER:
      return Say(l, "koordinerende sagsbehandler udpeges",
                 "appoint the coordinating caseworker");
    case v1::DUE_KIND_CONTACT_PERSON:
      return Say(l, "kontaktperson udpeges", "appoint the contact person");
    case v1::DUE_KIND_CONFERENCE:
      return Say(l, "første konference", "the first conference");
    case v1::DUE_KIND_ACTION:
      return Say(l, "aftalt handling", "the agreed action");
    case v1::DUE_KIND_HANDOVER:
      return Say(l, "svar på overdragelse", "the answer to a handover");
    case v1::DUE_KIND_PLAN_REVIEW:
      return Say(l, "planen gennemgås", "review the plan");
    case v1::DUE_KIND_CONTACT_PERSON_ENDS:
      return Say(l, "kontaktpersonen ophører, medmindre andet aftales",
                 "the contact person ends unless agreed otherwise");
    default:
      return Say(l, "ukendt frist", "unknown deadline");
  }
}

class Page {
 public:
  Page(const v1::Coordination& coordination, const TextStyle& style)
      : c_(coordination), style_(style), l_(style.language) {}

  std::string Make() {
    Source();
    if (c_.has_route()) {
      Line(Say(l_, "Hører til", "Belongs to"),
           Cat(c_.route().department_name(),
               c_.route().unit().empty() ? "" : ", ", c_.route().unit(), ": ",
               c_.route().text()));
    }
    if (c_.has_offered()) {
      Line(Say(l_, "Tilbudt", "Offered"), Date(c_.offered()));
    }
    if (c_.half_year() != 0) {
      Line(Say(l_, "Planlagt til", "Planned for"),
           HalfYearText(c_.half_year(), l_));
    }
    People();
    Plan();
    for (const auto& consent : c_.consents()) {
      Line(Say(l_, "Samtykke", "Consent"),
           Cat(consent.measure(), ": ",
               consent.given() ? Say(l_, "ja", "yes") : Say(l_, "nej", "no"),
               ", ", Date(consent.time()),
               consent.has_joined() ? Cat(Say(l_, "; med i indsatsen siden ",
                                              "; a part of the effort since "),
                                          Date(consent.joined()))
                                    : std::string()));
    }
    for (const int marker : c_.markers()) {
      if (marker == v1::MARKER_STU) {
        Line(Say(l_, "Mærke", "Mark"), Say(l_, "STU er bevilget", "STU"));
      }
    }
    Conference();
    Ahead();
    return std::move(out_);
  }

 private:
  void Line(std::string_view label, std::string_view value) {
    std::string padded(label);
    if (const std::size_t width = DisplayWidth(label); width < 16) {
      padded.append(16 - width, ' ');
    }
    out_ += Cat("  ", padded, " ", TerminalSafe(value), "\n");
  }
  std::string Date(const google::protobuf::Timestamp& time) const {
    return DateText(time, style_.zone);
  }

  void Source() {
    if (c_.matched()) {
      Line(Say(l_, "Kilde", "Source"), Say(l_, "sammenfald", "match"));
    }
    for (const auto& nomination : c_.nominations()) {
      Line(Say(l_, "Kilde", "Source"),
           Cat(Say(l_, "indstillet af ", "nominated by "),
               nomination.department_name(), ", ", nomination.unit(), " (",
               nomination.case_ref(), ") ", Date(nomination.time()), ": ",
               nomination.reason()));
    }
  }

  void People() {
    if (c_.has_guide()) {
      Line(
          Say(l_, "Ungeguide", "Youth guide"),
          Cat(HolderText(c_.guide().holder()), ", ",
              c_.guide().state() == v1::GUIDE_STATE_ACCEPTED
                  ? Say(l_, "siden ", "since ")
                  : Say(l_, "spurgt ", "asked "),
              Date(c_.guide().since()),
              c_.guide().wished() ? Say(l_, ", den unges ønske", ", wished for")
                                  : ""));
    }
    if (c_.has_caseworker()) {
      Line(Say(l_, "Koordinerende", "Coordinating"),
           Cat(HolderText(c_.caseworker().holder()),
               Say(l_, ", siden ", ", since "), Date(c_.caseworker().since())));
    } else if (c_.has_suggestion()) {
      Line(Say(l_, "Forslag", "Suggestion"),
           Cat(c_.suggestion().department_name(), ", ", c_.suggestion().unit(),
               ": ", c_.suggestion().reason()));
    }
    if (c_.has_contact_person()) {
      const auto& contact = c_.contact_person();
      Line(Say(l_, "Kontaktperson", "Contact person"),
           Cat(HolderText(contact.holder()), Say(l_, ", siden ", ", since "),
               Date(contact.since()),
               contact.extended() ? Say(l_, ", udvidet", ", extended") : "",
               contact.by_agreement()
                   ? Say(l_, ", fortsætter efter aftale", ", by agreement")
                   : "",
               contact.has_ended() ? Say(l_, ", ophørt ", ", ended ") : "",
               contact.has_ended() ? Date(contact.ended()) : ""));
    }
    for (const auto& handover : c_.handovers()) {
      Line(Cat(Say(l_, "Overdragelse ", "Handover "), handover.handover_id()),
           Cat(RoleText(handover.role(), l_), Say(l_, " fra ", " from "),
               HolderText(handover.from()), Say(l_, " til ", " to "),
               HolderText(handover.to()), ": ",
               HandoverText(handover.state(), l_)));
    }
  }

  void Plan() {
    if (!c_.has_plan()) return;
    const std::string owner = c_.plan().owner().empty()
                                  ? c_.plan_owner_by_policy()
                                  : c_.plan().owner();
    std::string text = c_.plan().exists() ? Say(l_, "findes", "exists")
                                          : Say(l_, "findes ikke", "none");
    if (!owner.empty())
      text += Cat(Say(l_, ", ejes af ", ", owned by "), owner);
    if (c_.plan().last_review_month() != 0) {
      text += Cat(Say(l_, ", sidst gennemgået ", ", last reviewed "),
                  MonthText(c_.plan().last_review_month()));
    }
    Line(Say(l_, "Plan", "Plan"), text);
  }

  void Conference() {
    if (!c_.has_conference()) return;
    const auto& seat = c_.conference();
    Line(
        Say(l_, "Konference", "Conference"),
        Cat(seat.conference_id(), ", ", DateTimeText(seat.start(), style_.zone),
            seat.place().empty() ? "" : ", ", seat.place(),
            seat.held() ? Say(l_, ", holdt", ", held") : ""));
    if (seat.has_action()) {
      const auto& action = seat.action();
      Line(Say(l_, "Handling", "Action"),
           Cat(action.text(), " (", action.department(), ", ", action.unit(),
               Say(l_, ", senest ", ", by "), DayText(action.due_day()),
               action.has_done() ? Say(l_, ", gjort", ", done") : "", ")"));
    }
  }

  void Ahead() {
    for (const auto& transition : c_.transitions()) {
      const bool school =
          transition.kind() == v1::TRANSITION_KIND_END_OF_SCHOOL;
      Line(Say(l_, "Overgang", "Transition"),
           Cat(MonthText(transition.month()), ": ",
               school ? Say(l_, "skolen slutter", "school ends")
                      : Say(l_, "fylder ", "turns "),
               school ? "" : Cat(transition.age(), Say(l_, " år", ""))));
    }
    for (const auto& due : c_.dues()) {
      Line(due.overdue() ? Say(l_, "OVERSKREDET", "OVERDUE")
                         : Say(l_, "Frist", "Due"),
           Cat(DayText(due.day()), ": ", DueText(due.kind(), l_)));
    }
  }

  const v1::Coordination& c_;
  const TextStyle& style_;
  const Language l_;
  std::string out_;
};

}  // namespace

const char* HandoverText(v1::HandoverState state, Language l) {
  switch (state) {
    case v1::HANDOVER_STATE_REQUESTED:
      return Say(l, "venter på svar", "waits for an answer");
    case v1::HANDOVER_STATE_ACCEPTED:
      return Say(l, "taget imod", "accepted");
    case v1::HANDOVER_STATE_REFUSED:
      return Say(l, "afvist", "refused");
    case v1::HANDOVER_STATE_TAKEN_BACK:
      return Say(l, "trukket tilbage", "taken back");
    default:
      return Say(l, "ukendt", "unknown");
  }
}

std::string HalfYearText(std::uint32_t half_year, Language language) {
  if (half_year == 0) return "-";
  return Cat(half_year % 10, Say(language, ". halvår ", ". half of "),
             half_year / 10);
}

std::string CoordinationText(const v1::Coordination& coordination,
                             const TextStyle& style) {
  return Page(coordination, style).Make();
}

std::string OverviewText(const v1::GetOverviewResponse& overview,
                         const TextStyle& style) {
  const Language l = style.language;
  Table states({Say(l, "Tilstand", "State"), Say(l, "Advis", "Alerts")});
  for (const auto& count : overview.states()) {
    states.AddRow({StateText(count.state(), l), Cat(count.alerts())});
  }
  std::string out = states.Render();
  const auto line = [&](const char* label, std::uint64_t value) {
    out += Cat(label, value, "\n");
  };
  out += "\n";
  line(Say(l, "Med en overskredet frist:     ", "Overdue:          "),
       overview.overdue());
  line(Say(l, "Med en overgang forude:       ", "Transition ahead: "),
       overview.transitions());
  line(Say(l, "Kun fundet ved sammenfald:    ", "Matched alone:    "),
       overview.matched_only());
  line(Say(l, "Kun indstillet:               ", "Nominated alone:  "),
       overview.nominated_only());
  line(Say(l, "Både fundet og indstillet:    ", "Both:             "),
       overview.matched_and_nominated());
  Table guides({Say(l, "Ungeguidens enhed", "Guide's unit"),
                Say(l, "Unge", "Young people")});
  for (const auto& count : overview.guides()) {
    guides.AddRow({count.department_name().empty()
                       ? Say(l, "(ingen)", "(none)")
                       : Cat(count.department_name(),
                             count.unit().empty() ? "" : ", ", count.unit()),
                   Cat(count.alerts())});
  }
  out += Cat("\n", guides.Render());
  Table planned({Say(l, "Planlagt til", "Planned for"),
                 Say(l, "Med guide", "With guide"),
                 Say(l, "Venter", "Waiting")});
  for (const auto& count : overview.half_years()) {
    planned.AddRow({HalfYearText(count.half_year(), l), Cat(count.assigned()),
                    Cat(count.backlog())});
  }
  out += Cat("\n", planned.Render());
  if (overview.months().empty()) return out;  // a server of before
  Table months({Say(l, "Måned", "Month"), Say(l, "Nye", "New"),
                Say(l, "Med guide", "With guide"),
                Say(l, "Venter", "Waiting")});
  for (const auto& count : overview.months()) {
    months.AddRow({MonthText(count.month()), Cat(count.added()),
                   Cat(count.assigned()), Cat(count.backlog())});
  }
  return out +
         Cat("\n", months.Render(),
             Say(l,
                 "Ved månedens udgang; den sidste måned, som den står "
                 "nu.\n",
                 "At the month's end; the last month as it stands now.\n"));
}

}  // namespace samkoer::clients
