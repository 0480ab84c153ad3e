#include "clients/audit/report_words.h"

#include "clients/alerts/alert_words.h"
#include "clients/audit/leaf_text.h"
#include "clients/audit/person_report.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

struct RoleWord {
  std::string_view role;
  const char* danish;
  const char* english;
};

constexpr RoleWord kRoles[] = {
    {"coordinator", "Ungekoordinatoren", "The youth coordinator"},
    {"privacy-officer", "Databeskyttelsesrådgiveren", "The privacy officer"},
    {"operator", "Driften", "The operator"},
    {"witness", "Et vidne, der kontrollerer loggen",
     "A witness that checks the log"},
};

struct StepWord {
  std::string_view step;
  const char* danish;
  const char* english;
};

// Steps of coordination, as AuditLeaf.detail names them.
constexpr StepWord kSteps[] = {
    {"offer", "Noterede, at du er tilbudt en samlet indsats",
     "Recorded that you were offered one coordinated effort"},
    {"assign_guide", "Spurgte eller valgte en ungeguide til dig",
     "Asked or chose a youth guide for you"},
    {"answer_guide", "Noterede ungeguidens svar",
     "Recorded the youth guide's answer"},
    {"appoint_caseworker", "Udpegede din koordinerende sagsbehandler",
     "Appointed your coordinating caseworker"},
    {"appoint_contact_person", "Udpegede din kontaktperson",
     "Appointed your contact person"},
    {"continue_contact_person", "Noterede, at din kontaktperson fortsætter",
     "Recorded that your contact person goes on"},
    {"end_contact_person", "Noterede, at din kontaktperson ophører",
     "Recorded that your contact person ends"},
    {"set_plan", "Noterede, hvor langt din plan er",
     "Recorded where your plan stands"},
    {"record_consent", "Noterede dit svar om en indsats i planen",
     "Recorded your answer about a measure in the plan"},
    {"join_measure", "Tog en indsats med, som du havde sagt ja til",
     "Let a measure join that you had said yes to"},
    {"leave_measure", "Tog en indsats ud af den samlede indsats igen",
     "Let a measure leave the coordinated effort again"},
    {"request_handover", "Bad en anden overtage en opgave om dig",
     "Asked somebody else to take over a task about you"},
    {"settle_handover", "Afgjorde en overdragelse af en opgave om dig",
     "Settled the handover of a task about you"},
    {"plan_half_year", "Planlagde, hvilket halvår din indsats hører til",
     "Planned the half-year of your effort"},
    {"set_marker", "Satte eller fjernede et mærke på adviset om dig",
     "Set or removed a mark on the alert about you"},
    {"action_done", "Noterede, at en aftalt handling er gjort",
     "Recorded that an agreed action was carried out"},
};

std::string CoordinatedText(const std::string& step, Language l) {
  for (const StepWord& word : kSteps) {
    if (word.step == step) return Say(l, word.danish, word.english);
  }
  std::string text = Say(l, "Ændrede, hvad der er aftalt om din indsats",
                         "Changed what was agreed about your effort");
  if (!step.empty()) text += Cat(" (", step, ")");
  return text;
}

std::string DepartmentNameIn(const v1::Coordination& coordination,
                             std::string_view id) {
  for (const v1::Nomination& n : coordination.nominations()) {
    if (n.department() == id) return n.department_name();
  }
  if (coordination.route().department() == id) {
    return coordination.route().department_name();
  }
  if (coordination.suggestion().department() == id) {
    return coordination.suggestion().department_name();
  }
  return "";
}

std::string Quoted(std::string_view text, Language l) {
  return Cat(Say(l, "»", "“"), text, Say(l, "«", "”"));
}

std::string EventSentence(const v1::AlertHistoryEntry& step,
                          const v1::LookUpPersonResponse& person, Language l) {
  const std::string& event = step.event();
  if (event == "opened") {
    return Say(l, "Reglen passede på dine sager, og adviset blev oprettet.",
               "The rule fitted your cases, and the alert was opened.");
  }
  if (event == "participants-changed") {
    return Say(l, "Der kom sager til eller gik sager fra.",
               "Cases were added or went.");
  }
  if (event == "withdrawn") {
    return Say(l,
               "Reglen passede ikke længere, og adviset blev trukket tilbage.",
               "The rule no longer fitted, and the alert was withdrawn.");
  }
  if (event == "reopened") {
    return Say(l, "Reglen passede igen, og adviset blev genåbnet.",
               "The rule fitted again, and the alert was reopened.");
  }
  if (event == "rule-changed") {
    return Say(l, "Adviset kom til at følge en anden regel.",
               "The alert came to follow another rule.");
  }
  if (event == "state-set") {
    return Cat(WhoText(step.actor(), person, l),
               Say(l, " satte tilstanden til ", " set the state to "),
               Quoted(StateText(step.state(), l), l), ".");
  }
  return Cat(WhoText(step.actor(), person, l), ": ", EventText(event, l), " (",
             StateText(step.state(), l), ").");
}

}  // namespace

std::string DepartmentName(std::string_view id,
                           const v1::LookUpPersonResponse& person) {
  for (const v1::HeldRecord& record : person.records()) {
    if (record.department() == id && !record.department_name().empty()) {
      return record.department_name();
    }
  }
  for (const v1::Participant& p : person.alert().participants()) {
    if (p.department() == id && !p.department_name().empty()) {
      return p.department_name();
    }
  }
  const std::string agreed =
      DepartmentNameIn(person.alert().coordination(), id);
  return agreed.empty() ? std::string(id) : agreed;
}

std::string CountText(std::size_t count, const char* one, const char* many) {
  return Cat(count, " ", count == 1 ? one : many);
}

std::string WhoText(std::string_view actor,
                    const v1::LookUpPersonResponse& person, Language l) {
  if (actor == "matcher" || actor == "keyd") {
    return Say(l, "Systemet selv", "The system itself");
  }
  const std::string_view role = RoleOf(actor);
  for (const RoleWord& word : kRoles) {
    if (word.role == role) return Say(l, word.danish, word.english);
  }
  if (const std::string_view id = DepartmentOf(actor); !id.empty()) {
    return Cat(Say(l, "Afdelingen ", "The department "),
               DepartmentName(id, person));
  }
  return std::string(actor);
}

std::string WhatText(const v1::AccessRecord& access, Language l) {
  v1::AuditAction action = v1::AUDIT_ACTION_UNSPECIFIED;
  if (!v1::AuditAction_Parse(access.action(), &action)) return access.action();
  switch (action) {
    case v1::AUDIT_ACTION_ALERTS_READ:
      return Say(l, "Læste adviset om dig", "Read the alert about you");
    case v1::AUDIT_ACTION_FEED_READ:
      return Say(l, "Modtog ændringer af adviset om dig",
                 "Received changes of the alert about you");
    case v1::AUDIT_ACTION_INBOX_READ:
      return Say(l, "Læste sit eget sagsnummer i adviset om dig",
                 "Read its own case number in the alert about you");
    case v1::AUDIT_ACTION_PERSON_LOOKED_UP:
      return Say(l, "Slog op, hvad der er registreret om dig",
                 "Looked up what is held about you");
    case v1::AUDIT_ACTION_ALERT_STATE_SET: {
      std::string text =
          Say(l, "Ændrede advisets tilstand", "Changed the alert's state");
      v1::AlertState state = v1::ALERT_STATE_UNSPECIFIED;
      if (v1::AlertState_Parse(access.detail(), &state)) {
        text += Cat(Say(l, " til ", " to "), Quoted(StateText(state, l), l));
      }
      return text;
    }
    case v1::AUDIT_ACTION_COORDINATED:
      return CoordinatedText(access.detail(), l);
    case v1::AUDIT_ACTION_NOMINATED:
      return Say(l, "Indstillede dig til en ungeguide",
                 "Nominated you for a youth guide");
    case v1::AUDIT_ACTION_HANDOVER_ANSWERED:
      return Say(l, "Svarede på en overdragelse af en opgave om dig",
                 "Answered the handover of a task about you");
    case v1::AUDIT_ACTION_CONFERENCE_CHANGED:
      return Say(l,
                 "Planlagde eller ændrede en konference, hvor din sag er med",
                 "Planned or changed a conference about your cases");
    case v1::AUDIT_ACTION_CONFERENCES_READ:
      return Say(l, "Så en konference, hvor din sag er med",
                 "Saw a conference about your cases");
    default:
      return ActionText(action, l);
  }
}

std::string WhyText(const v1::AccessRecord& access, std::string_view purpose,
                    Language l) {
  if (!access.reason().empty()) return access.reason();
  return Cat(Say(l, "Arbejde til formålet ", "Work for the purpose "),
             Quoted(purpose, l));
}

std::string StepText(const v1::AlertHistoryEntry& step,
                     const v1::LookUpPersonResponse& person, Language l) {
  std::string text = EventSentence(step, person, l);
  if (!step.note().empty()) {
    text += Cat(Say(l, " Note: ", " Note: "), Quoted(step.note(), l));
  }
  return text;
}

namespace {

// "6 hele måneder efter".
std::string MonthsAfter(std::uint32_t months, Language l) {
  if (months == 0) return Say(l, "ved udgangen af", "at the end of");
  return Cat(months, " ",
             months == 1 ? Say(l, "hel måned", "whole month")
                         : Say(l, "hele måneder", "whole months"),
             Say(l, " efter", " after"));
}

}  // namespace

std::string RecordDeletionText(const v1::HeldRecord& record,
                               std::uint32_t policy_version, Language l) {
  if (!record.deleted_on().empty()) {
    return Cat(Say(l, "Den ", "On "), DayText(record.deleted_on()),
               Say(l, "; straks, hvis afdelingen trækker sagen tilbage.",
                   "; at once if the department withdraws the case."));
  }
  if (record.has_kept_months()) {
    return Cat(
        Say(l, "Ikke, så længe sagen er åben. Når den er lukket, slettes den ",
            "Not while the case is open. Once it is closed, it is deleted "),
        MonthsAfter(record.kept_months(), l),
        Say(l, " den måned, hvor den blev lukket (politikkens version ",
            " the month in which it was closed (version "),
        policy_version,
        Say(l, "). Trækker afdelingen sagen tilbage, slettes den straks.",
            " of the policy). If the department withdraws the case, it is "
            "deleted at once."));
  }
  // A matcher of before does not say how many.
  return Cat(
      Say(l,
          "Ikke, så længe sagen er åben. Når den er lukket, slettes den efter "
          "det antal måneder, som politikkens version ",
          "Not while the case is open. Once it is closed, it is deleted after "
          "the number of months that version "),
      policy_version,
      Say(l,
          " sætter for lukkede sager (kommunen kan sige hvor mange), og dagen "
          "står her. Trækker afdelingen sagen tilbage, slettes den straks.",
          " of the policy sets for closed cases (the municipality can say how "
          "many), and the day stands here. If the department withdraws the "
          "case, it is deleted at once."));
}

std::string AlertDeletionText(const v1::LookUpPersonResponse& person,
                              Language l) {
  if (!person.alert_deleted_on().empty()) {
    return Cat(Say(l, "Den ", "On "), DayText(person.alert_deleted_on()),
               Say(l, ", hvis intet ændrer sig inden da.",
                   ", if nothing changes before."));
  }
  if (person.alert_kept_months() != 0) {
    return Cat(
        Say(l,
            "Ikke endnu. Når arbejdet er afsluttet, og reglen ikke længere "
            "passer på dine sager, slettes det senest ",
            "Not yet. Once the work is done and the rule no longer fits your "
            "cases, it is deleted at the latest "),
        MonthsAfter(person.alert_kept_months(), l),
        Say(l, " den måned, hvor det sidst blev ændret (politikkens version ",
            " the month of its last change (version "),
        person.policy_version(), Say(l, ").", " of the policy)."));
  }
  return Cat(
      Say(l,
          "Ikke endnu. Når arbejdet er afsluttet, og reglen ikke længere "
          "passer på dine sager, slettes det efter det antal måneder uden "
          "ændringer, som politikkens version ",
          "Not yet. Once the work is done and the rule no longer fits your "
          "cases, it is deleted after the number of months without a change "
          "that version "),
      person.policy_version(),
      Say(l,
          " sætter for afsluttede advis (kommunen kan sige hvor mange), og "
          "dagen står her.",
          " of the policy sets for ended alerts (the municipality can say how "
          "many), and the day stands here."));
}

std::string DayText(std::string_view iso_day) {
  if (iso_day.size() != 10 || iso_day[4] != '-' || iso_day[7] != '-') {
    return std::string(iso_day);
  }
  return Cat(iso_day.substr(8), "-", iso_day.substr(5, 2), "-",
             iso_day.substr(0, 4));
}

}  // namespace samkoer::clients
