#include "clients/audit/coordination_section.h"

#include <string>
#include <string_view>
#include <utility>

#include "clients/alerts/coordination_text.h"
#include "clients/audit/report_words.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

const char* RoleText(v1::HandoverRole role, Language l) {
  switch (role) {
    case v1::HANDOVER_ROLE_GUIDE:
      return Say(l, "Ungeguiden", "The youth guide");
    case v1::HANDOVER_ROLE_CASEWORKER:
      return Say(l, "Den koordinerende sagsbehandler",
                 "The coordinating caseworker");
    case v1::HANDOVER_ROLE_CONTACT_PERSON:
      return Say(l, "Kontaktpersonen", "The contact person");
    default:
      return Say(l, "En anden opgave", "Another task");
  }
}

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

const char* DueText(v1::DueKind kind, Language l) {
  switch (kind) {
    case v1::DUE_KIND_OFFER:
      return Say(l, "du tilbydes en samlet indsats",
                 "you are offered one coordinated effort");
    case v1::DUE_KIND_CASEWORKER:
      return Say(l, "der udpeges en koordinerende sagsbehandler",
                 "a coordinating caseworker is appointed");
    case v1::DUE_KIND_CONTACT_PERSON:
      return Say(l, "der udpeges en kontaktperson",
                 "a contact person is appointed");
    case v1::DUE_KIND_CONFERENCE:
      return Say(l, "den første konference planlægges",
                 "the first conference is planned");
    case v1::DUE_KIND_ACTION:
      return Say(l, "den aftalte handling gøres",
                 "the agreed action is carried out");
    case v1::DUE_KIND_HANDOVER:
      return Say(l, "en overdragelse besvares", "a handover is answered");
    case v1::DUE_KIND_PLAN_REVIEW:
      return Say(l, "planen gennemgås", "the plan is reviewed");
    case v1::DUE_KIND_CONTACT_PERSON_ENDS:
      return Say(l, "kontaktpersonen ophører, medmindre andet aftales",
                 "the contact person ends unless agreed otherwise");
    default:
      return Say(l, "en anden frist", "another deadline");
  }
}

std::string Quoted(std::string_view text, Language l) {
  return Cat(Say(l, "»", "“"), text, Say(l, "«", "”"));
}

class Section {
 public:
  Section(const v1::LookUpPersonResponse& person, const TextStyle& style)
      : person_(person),
        c_(person.alert().coordination()),
        style_(style),
        l_(style.language) {}

  Html Rows() {
    Origin();
    Guide();
    Caseworker();
    ContactPerson();
    for (const v1::Handover& handover : c_.handovers()) Handover(handover);
    Plan();
    Conference();
    Ahead();
    return std::move(rows_);
  }

 private:
  void Row(std::string_view label, std::string_view value) {
    rows_ += Html::Element("tr", TextElement("th scope=\"row\"", label) +
                                     Html::Element("td", Html::Foreign(value)));
    rows_ += Html("\n");
  }
  const char* Word(const char* danish, const char* english) const {
    return Say(l_, danish, english);
  }
  std::string Date(const google::protobuf::Timestamp& time) const {
    return DateText(time, style_.zone);
  }
  // ", WORD 22-11-2026"; "" if the time is not set.
  std::string At(const char* word, bool set,
                 const google::protobuf::Timestamp& time) const {
    return set ? Cat(", ", word, " ", Date(time)) : std::string();
  }
  std::string Place(std::string_view department, std::string_view name,
                    std::string_view unit) const {
    std::string text =
        name.empty() ? DepartmentName(department, person_) : std::string(name);
    if (!unit.empty()) text += Cat(", ", unit);
    return text;
  }
  // Where somebody works, never who it is.
  std::string Where(const v1::Holder& holder) const {
    if (!holder.external().empty()) {
      return Cat(Word("en uden for kommunen: ", "outside the municipality: "),
                 holder.external());
    }
    return Cat(Word("en medarbejder i ", "an employee of "),
               Place(holder.department(), "", holder.unit()));
  }

  void Origin() {
    Row(Word("Sådan blev du fundet", "How you were found"),
        c_.matched() && !c_.nominations().empty()
            ? Word("en regel passede på dine sager, og en afdeling har "
                   "indstillet dig",
                   "a rule fitted your cases, and a department nominated you")
        : c_.matched()
            ? Word("en regel passede på dine sager", "a rule fitted your cases")
        : !c_.nominations().empty() ? Word("en afdeling har indstillet dig",
                                           "a department nominated you")
                                    : Word("ikke oplyst", "not stated"));
    for (const v1::Nomination& n : c_.nominations()) {
      Row(Word("Indstilling til en ungeguide", "Nominated for a youth guide"),
          Cat(Place(n.department(), n.department_name(), n.unit()),
              Word(", sag ", ", case "), n.case_ref(), ", ", Date(n.time()),
              ": ", Quoted(n.reason(), l_)));
    }
    if (c_.has_route()) {
      const v1::Route& route = c_.route();
      Row(Word("Hvor politikken siger, at du hører til",
               "Where the policy says that you belong"),
          Cat(Place(route.department(), route.department_name(), route.unit()),
              ": ", route.text()));
    }
    if (c_.has_offered()) {
      Row(Word("Du blev tilbudt en samlet indsats",
               "You were offered one coordinated effort"),
          Date(c_.offered()));
    }
    if (c_.half_year() != 0) {
      Row(Word("Planlagt til", "Planned for"),
          HalfYearText(c_.half_year(), l_));
    }
    for (const int marker : c_.markers()) {
      Row(Word("Mærke", "Mark"),
          marker == v1::MARKER_STU
              ? std::string(Word("særligt tilrettelagt ungdomsuddannelse (STU) "
                                 "er bevilget",
                                 "special youth education (STU) was decided"))
              : Cat(Word("mærke nummer ", "mark number "), marker));
    }
  }

  void Guide() {
    if (!c_.has_guide()) return;
    const v1::YouthGuide& guide = c_.guide();
    std::string text = Where(guide.holder());
    const bool accepted = guide.state() == v1::GUIDE_STATE_ACCEPTED;
    text += At(accepted ? Word("har sagt ja", "agreed")
                        : Word("er spurgt", "was asked"),
               guide.has_since(), guide.since());
    if (guide.wished()) {
      text += Word(", du har selv ønsket vedkommende",
                   ", you wished for this guide");
    }
    if (!guide.conference_id().empty()) {
      text +=
          Cat(Word(", fundet på konferencen ", ", found at the conference "),
              guide.conference_id());
    }
    Row(Word("Ungeguide", "Youth guide"), text);
  }

  void Caseworker() {
    if (c_.has_caseworker()) {
      const v1::CoordinatingCaseworker& caseworker = c_.caseworker();
      std::string text = Where(caseworker.holder());
      text += At(Word("siden", "since"), caseworker.has_since(),
                 caseworker.since());
      if (!caseworker.decided_by().empty()) {
        text += Cat(Word(", besluttet af: ", ", decided by: "),
                    WhoText(caseworker.decided_by(), person_, l_));
      }
      Row(Word("Koordinerende sagsbehandler", "Coordinating caseworker"), text);
    }
    if (c_.has_suggestion()) {
      const v1::CaseworkerSuggestion& s = c_.suggestion();
      Row(Word("Politikkens forslag til, hvor den koordinerende sagsbehandler "
               "kan komme fra (et menneske beslutter)",
               "Where the policy suggests that the coordinating caseworker "
               "comes from (a person decides)"),
          Cat(Place(s.department(), s.department_name(), s.unit()), ": ",
              s.reason()));
    }
  }

  void ContactPerson() {
    if (!c_.has_contact_person()) return;
    const v1::ContactPerson& contact = c_.contact_person();
    std::string text = Where(contact.holder());
    text += At(Word("siden", "since"), contact.has_since(), contact.since());
    if (contact.extended()) {
      text += Word(", udvidet (Kontaktperson+)", ", extended (Kontaktperson+)");
    }
    if (contact.by_agreement()) {
      text += Word(", fortsætter efter aftale", ", goes on by agreement");
    }
    if (contact.reestablished() != 0) {
      text += Cat(Word(", etableret igen: ", ", established again: "),
                  CountText(contact.reestablished(), Word("gang", "time"),
                            Word("gange", "times")));
    }
    text += At(Word("ophørt", "ended"), contact.has_ended(), contact.ended());
    if (!contact.ended_reason().empty()) {
      text += Cat(": ", Quoted(contact.ended_reason(), l_));
    }
    Row(Word("Kontaktperson", "Contact person"), text);
  }

  void Handover(const v1::Handover& handover) {
    std::string text =
        Cat(RoleText(handover.role(), l_), Word(" fra ", " from "),
            Where(handover.from()), Word(" til ", " to "), Where(handover.to()),
            ": ", HandoverText(handover.state(), l_));
    text += At(Word("spurgt", "asked"), handover.has_requested(),
               handover.requested());
    text += At(Word("afgjort", "settled"), handover.has_answered(),
               handover.answered());
    if (!handover.answered_by().empty()) {
      text += Cat(Word(", skrevet af: ", ", written by: "),
                  WhoText(handover.answered_by(), person_, l_));
    }
    Row(Cat(Word("Overdragelse ", "Handover "), handover.handover_id()), text);
  }

  void Plan() {
    if (c_.has_plan()) {
      const v1::PlanStatus& plan = c_.plan();
      std::string text = plan.exists() ? Word("findes", "there is one")
                                       : Word("findes ikke", "there is none");
      if (!plan.owner().empty()) {
        text += Cat(Word(", ejes af ", ", owned by "), plan.owner());
      }
      if (plan.last_review_month() != 0) {
        text += Cat(Word(", sidst gennemgået ", ", last reviewed "),
                    MonthText(plan.last_review_month()));
      }
      Row(Word("Din plan (aldrig dens indhold)",
               "Your plan (never its content)"),
          text);
    }
    if (!c_.plan_owner_by_policy().empty()) {
      Row(Word("Hvem politikken siger, at planen hører til",
               "Who owns the plan by the policy"),
          c_.plan_owner_by_policy());
    }
    for (const v1::MeasureConsent& consent : c_.consents()) {
      Row(Word("Dit svar på, om en indsats må tages med i planen",
               "Your answer about a measure in the plan"),
          Cat(Quoted(consent.measure(), l_), ": ",
              consent.given() ? Word("du har sagt ja", "you agreed")
                              : Word("du har sagt nej", "you did not agree"),
              At(Word("noteret", "recorded"), consent.has_time(),
                 consent.time())));
    }
  }

  void Conference() {
    if (!c_.has_conference()) return;
    const v1::ConferenceSeat& seat = c_.conference();
    std::string text = seat.conference_id();
    if (seat.has_start()) {
      text += Cat(", ", DateTimeText(seat.start(), style_.zone));
    }
    if (!seat.place().empty()) text += Cat(", ", seat.place());
    text += seat.held()
                ? Word(", holdt", ", held")
                : Word(", ikke noteret som holdt", ", not recorded as held");
    Row(Word("Konference, hvor din sag er med", "Conference about your cases"),
        text);
    if (!seat.has_action()) return;
    const v1::ConferenceAction& action = seat.action();
    text = Cat(Quoted(action.text(), l_), ", ",
               Place(action.department(), "", action.unit()),
               Word(", senest ", ", by "), DayText(action.due_day()));
    text += action.has_done()
                ? At(Word("gjort", "done"), true, action.done())
                : std::string(Word(", ikke gjort endnu", ", not done yet"));
    Row(Word("Aftalt handling", "Agreed action"), text);
  }

  void Ahead() {
    for (const v1::Transition& t : c_.transitions()) {
      std::string text = Cat(MonthText(t.month()), ": ");
      if (t.kind() == v1::TRANSITION_KIND_END_OF_SCHOOL) {
        text += Word("skolen slutter", "school ends");
        text += Cat(Word(" i det år, du fylder ", " in the year you turn "),
                    t.age());
      } else {
        text += Cat(Word("du fylder ", "you turn "), t.age());
      }
      text += At(Word("markeret", "raised"), t.has_raised(), t.raised());
      Row(Word("Overgang, der nærmer sig", "Transition ahead"), text);
    }
    for (const v1::Due& due : c_.dues()) {
      Row(Word("Kommunens frist", "The municipality's deadline"),
          Cat(DayText(due.day()), ": ", DueText(due.kind(), l_),
              due.overdue() ? Word(" (overskredet)", " (overdue)") : ""));
    }
  }

  const v1::LookUpPersonResponse& person_;
  const v1::Coordination& c_;
  const TextStyle& style_;
  const Language l_;
  Html rows_;
};

}  // namespace

Html CoordinationSection(const v1::LookUpPersonResponse& person,
                         const TextStyle& style) {
  const Language l = style.language;
  Html html = TextElement("h3", Say(l, "Hvad der er aftalt om koordineringen",
                                    "What was agreed about the coordination"));
  if (!person.alert().has_coordination()) {
    return html + Paragraph(Say(l, "Der er ikke skrevet nogen aftaler ned.",
                                "No agreements were written down."));
  }
  html += Paragraph(
      Say(l,
          "Medarbejdere er nævnt ved deres opgave og enhed. Spørg kommunen, "
          "hvis du vil vide, hvem det er.",
          "Employees are named by their task and unit. Ask the municipality "
          "if you want to know who it is."));
  const Html rows = Section(person, style).Rows();
  return html +
         Html::Element("table class=\"facts\"",
                       TextElement("caption", Say(l, "Koordineringen",
                                                  "The coordination")) +
                           rows) +
         Html("\n");
}

}  // namespace samkoer::clients
