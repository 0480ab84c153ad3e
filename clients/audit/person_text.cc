#include "clients/audit/person_text.h"

#include "absl/time/civil_time.h"
#include "clients/alerts/alert_words.h"
#include "clients/alerts/table.h"
#include "clients/audit/leaf_filter.h"
#include "clients/audit/leaf_text.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

std::string StatusText(const v1::HeldRecord& record, Language l) {
  switch (record.status()) {
    case v1::CASE_STATUS_OPEN:
      return Say(l, "åben", "open");
    case v1::CASE_STATUS_CLOSED:
      return Cat(Say(l, "lukket ", "closed "),
                 MonthText(record.closed_month()));
    default:
      return "-";
  }
}

const char* ConsentText(v1::Consent consent, Language l) {
  switch (consent) {
    case v1::CONSENT_GIVEN:
      return Say(l, "givet", "given");
    case v1::CONSENT_REFUSED:
      return Say(l, "nægtet", "refused");
    default:
      return Say(l, "ikke oplyst", "not stated");
  }
}

std::string LegalBases(const v1::HeldRecord& record) {
  std::string text;
  for (const v1::HeldLegalBasis& basis : record.legal_bases()) {
    text += Cat(text.empty() ? "" : ", ", basis.text());
  }
  return text.empty() ? "-" : text;
}

// "2027-05-01" of the wire as the language writes it.
std::string DeletionText(const std::string& wire, Language l) {
  absl::CivilDay day;
  if (l == Language::kEnglish || !absl::ParseCivilTime(wire, &day)) return wire;
  return absl::FormatTime("%d-%m-%Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

std::string NoDayYet(bool known, std::uint32_t months, Language l) {
  if (!known) return Say(l, "ingen dag endnu", "no day yet");
  return Cat(months,
             Say(l, " måneder efter afslutning", " months after its end"));
}

// What a record holds beyond the table's columns.
std::string DetailLine(const v1::HeldRecord& record, Language l) {
  const char* yes = Say(l, "ja", "yes");
  const char* no = Say(l, "nej", "no");
  std::string criteria;
  for (const std::string& code : record.criteria()) {
    criteria += Cat(criteria.empty() ? "" : " ", code);
  }
  std::string line = Cat(
      record.participant().case_ref(), Say(l, ": fødselsmåned ", ": born "),
      MonthText(record.birth_month()), Say(l, "; kriterier ", "; criteria "),
      criteria.empty() ? "-" : criteria, Say(l, "; samtykke ", "; consent "),
      ConsentText(record.consent(), l),
      Say(l, "; har koordinator: ", "; has a coordinator: "),
      record.coordinator_exists() ? yes : no, Say(l, "; plan: ", "; plan: "),
      record.plan().exists() ? yes : no);
  if (record.plan().exists()) {
    line += Cat(" (", record.plan().owner_unit(), ", ",
                MonthText(record.plan().last_review_month()), ")");
  }
  line +=
      Cat(Say(l, "; beskyttet: ", "; protected: "),
          record.participant().protected_identity() ? yes : no,
          Say(l, "; kontakt: ", "; contact: "), record.participant().contact(),
          Say(l, "; hjemmel: ", "; legal basis: "), LegalBases(record),
          Say(l, "; slettes: ", "; deleted: "),
          record.deleted_on().empty()
              ? NoDayYet(record.has_kept_months(), record.kept_months(), l)
              : DeletionText(record.deleted_on(), l));
  return Cat("  ", TerminalSafe(line), "\n");
}

std::string RecordsText(const v1::LookUpPersonResponse& person,
                        const TextStyle& style) {
  const Language l = style.language;
  Table table({Say(l, "Afdeling", "Department"), Say(l, "Enhed", "Unit"),
               Say(l, "Område", "Domain"), Say(l, "Sagsnummer", "Case"),
               Say(l, "Status", "Status"), Say(l, "Sag siden", "Case since"),
               Say(l, "Modtaget", "Received"), Say(l, "Ændret", "Changed")});
  std::string details;
  for (const v1::HeldRecord& record : person.records()) {
    const v1::Participant& p = record.participant();
    table.AddRow({p.department_name().empty() ? record.department()
                                              : p.department_name(),
                  p.unit(), DomainText(p.domain(), l), p.case_ref(),
                  StatusText(record, l), MonthText(p.since_month()),
                  DateTimeText(record.received(), style.zone),
                  DateTimeText(record.changed(), style.zone)});
    details += DetailLine(record, l);
  }
  return Cat(table.Render(), details);
}

// The action; of a step of coordination also which.
std::string DoneText(v1::AuditAction action, const v1::AccessRecord& access,
                     Language l) {
  std::string text = ActionText(action, l);
  if (action == v1::AUDIT_ACTION_COORDINATED && !access.detail().empty()) {
    text += Cat(": ", EventText(access.detail(), l));
  }
  return text;
}

std::string AccessText(const v1::LookUpPersonResponse& person,
                       const TextStyle& style) {
  const Language l = style.language;
  Table table({Say(l, "Indgang", "Entry"), Say(l, "Tid", "Time"),
               Say(l, "Hvem", "Who"), Say(l, "Hvad", "What"),
               Say(l, "Begrundelse", "Reason")});
  for (const v1::AccessRecord& access : person.accesses()) {
    v1::AuditAction action = v1::AUDIT_ACTION_UNSPECIFIED;
    const bool known = v1::AuditAction_Parse(access.action(), &action);
    table.AddRow({Cat(access.leaf_index()),
                  DateTimeText(access.time(), style.zone), access.actor(),
                  known ? DoneText(action, access, l) : access.action(),
                  access.reason()});
  }
  return table.Render();
}

}  // namespace

std::string PersonPage(const v1::LookUpPersonResponse& person,
                       const TextStyle& style) {
  const Language l = style.language;
  if (!person.known()) {
    return Cat(Say(l,
                   "Matcheren har ingen oplysninger om personen. Opslaget er "
                   "ført i loggen; tidligere opslag af et nummer, der ikke er "
                   "registreret, kan ikke findes igen.",
                   "The matcher holds nothing about the person. The look-up "
                   "stands in the log; earlier look-ups of a number that is "
                   "not held cannot be found again."),
               "\n",
               person.objection()
                   ? Say(l,
                         "Personen har gjort indsigelse: sager om personen "
                         "tages ikke imod.\n",
                         "The person has objected: records of the person are "
                         "not taken in.\n")
                   : "");
  }
  std::string out =
      Cat(Say(l, "Person-id i loggen  ", "Subject id in the log  "),
          SubjectText(person.subject_id()), "\n\n",
          Say(l, "Registrerede sager", "Records"), "\n",
          RecordsText(person, style), "\n");
  if (person.has_alert()) {
    out += AlertPage(person.alert(), style);
    out += Cat(Say(l, "Adviset slettes: ", "The alert is deleted: "),
               person.alert_deleted_on().empty()
                   ? NoDayYet(person.alert_kept_months() != 0,
                              person.alert_kept_months(), l)
                   : TerminalSafe(DeletionText(person.alert_deleted_on(), l)),
               "\n");
  } else {
    out += Cat(Say(l, "Intet advis.", "No alert."), "\n");
  }
  out += Cat("\n", Say(l, "Hvem har set det", "Who has seen it"), "\n");
  if (person.accesses_cut()) {
    out += Cat(Say(l,
                   "Listen er afkortet: de ældste opslag mangler. Hele loggen "
                   "har dem: samkoer-audit log --limit 0 --subject ",
                   "The list is cut: the oldest accesses are missing. The "
                   "whole log has them: samkoer-audit log --limit 0 "
                   "--subject "),
               SubjectText(person.subject_id()), "\n");
  }
  return Cat(out, AccessText(person, style));
}

}  // namespace samkoer::clients
