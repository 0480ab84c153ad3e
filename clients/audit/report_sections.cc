#include "clients/audit/report_sections.h"

#include <cstdint>
#include <string>

#include "clients/alerts/alert_words.h"
#include "clients/audit/coordination_section.h"
#include "clients/audit/leaf_filter.h"
#include "clients/audit/report_words.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

const char* YesNo(bool yes, Language l) {
  return yes ? Say(l, "ja", "yes") : Say(l, "nej", "no");
}

Html Row(std::string_view label, const Html& value) {
  return Html::Element("tr", TextElement("th scope=\"row\"", label) +
                                 Html::Element("td", value)) +
         Html("\n");
}
Html Row(std::string_view label, std::string_view value) {
  return Row(label, Html::Text(value));
}
Html ForeignRow(std::string_view label, std::string_view value) {
  return Row(label, value.empty() ? Html("–") : Html::Foreign(value));
}

std::string StatusText(const v1::HeldRecord& record, Language l) {
  switch (record.status()) {
    case v1::CASE_STATUS_OPEN:
      return Say(l, "åben", "open");
    case v1::CASE_STATUS_CLOSED:
      return record.closed_month() == 0 ? Say(l, "lukket", "closed")
                                        : Cat(Say(l, "lukket i ", "closed in "),
                                              MonthText(record.closed_month()));
    default:
      return Say(l, "ikke oplyst", "not stated");
  }
}

const char* ConsentText(v1::Consent consent, Language l) {
  switch (consent) {
    case v1::CONSENT_GIVEN:
      return Say(l, "du har sagt ja", "you agreed");
    case v1::CONSENT_REFUSED:
      return Say(l, "du har sagt nej", "you did not agree");
    default:
      return Say(l, "ikke oplyst", "not stated");
  }
}

std::string CriteriaText(const v1::HeldRecord& record) {
  std::string text;
  for (const std::string& code : record.criteria()) {
    text += Cat(text.empty() ? "" : ", ", code);
  }
  return text;
}

std::string PlanText(const v1::HeldRecord& record, Language l) {
  const v1::PlanPointer& plan = record.plan();
  std::string text = YesNo(plan.exists(), l);
  if (!plan.owner_unit().empty()) {
    text += Cat(Say(l, ", hos ", ", with "), plan.owner_unit());
  }
  if (plan.last_review_month() != 0) {
    text += Cat(Say(l, ", sidst gennemgået ", ", last reviewed "),
                MonthText(plan.last_review_month()));
  }
  return text;
}

Html LegalBases(const v1::HeldRecord& record, Language l) {
  if (record.legal_bases().empty()) {
    return Html::Text(
        Say(l,
            "Ingen hjemmel i den gældende politik; spørg kommunens "
            "databeskyttelsesrådgiver.",
            "No legal basis in the policy in force; ask the municipality's "
            "privacy officer."));
  }
  Html items;
  for (const v1::HeldLegalBasis& basis : record.legal_bases()) {
    items += Html::Element("li", Html::Foreign(basis.text()));
  }
  return Html::Element("ul", items);
}

Html Case(const v1::HeldRecord& record, std::uint32_t policy_version,
          const TextStyle& style) {
  const Language l = style.language;
  const v1::Participant& p = record.participant();
  Html rows = Html::Element("caption", Html::Text(Say(l, "Sag ", "Case ")) +
                                           Html::Foreign(p.case_ref()));
  rows += ForeignRow(Say(l, "Enhed", "Unit"), p.unit());
  rows += Row(Say(l, "Område", "Domain"), DomainText(p.domain(), l));
  rows += Row(Say(l, "Sagens status", "Status"), StatusText(record, l));
  rows +=
      Row(Say(l, "Sagen begyndte", "Case opened"), MonthText(p.since_month()));
  rows += Row(Say(l, "I Samkør siden", "Held since"),
              DateTimeText(record.received(), style.zone));
  rows += Row(Say(l, "Sidst ændret", "Last changed"),
              record.has_changed() ? DateTimeText(record.changed(), style.zone)
                                   : Say(l, "aldrig", "never"));
  rows += Row(Say(l, "Din fødselsmåned", "Your month of birth"),
              MonthText(record.birth_month()));
  rows += ForeignRow(Say(l, "Kriterier", "Criteria"), CriteriaText(record));
  rows += Row(Say(l, "Samtykke til, at andre indsatser tages med i planen",
                  "Consent to other measures in the plan"),
              ConsentText(record.consent(), l));
  rows +=
      Row(Say(l, "Har allerede en koordinator", "Has a coordinator already"),
          YesNo(record.coordinator_exists(), l));
  rows +=
      ForeignRow(Say(l, "Uddannelses- og jobplan", "Education and job plan"),
                 PlanText(record, l));
  rows +=
      Row(Say(l, "Navne- og adressebeskyttelse", "Protected name and address"),
          YesNo(p.protected_identity(), l));
  rows += ForeignRow(Say(l, "Kontakt i afdelingen", "Contact"), p.contact());
  rows += Row(Say(l, "Hjemmel", "Legal basis"), LegalBases(record, l));
  rows += Row(Say(l, "Slettes", "Deleted"),
              RecordDeletionText(record, policy_version, l));
  return Html::Element("table class=\"facts\"", rows) + Html("\n");
}

const std::string& NameOf(const v1::HeldRecord& record) {
  return record.department_name().empty() ? record.department()
                                          : record.department_name();
}

const std::string& NameOf(const v1::Participant& participant) {
  return participant.department_name().empty() ? participant.department()
                                               : participant.department_name();
}

}  // namespace

Html RecordsSection(const v1::LookUpPersonResponse& person,
                    const TextStyle& style) {
  const Language l = style.language;
  if (person.records().empty()) {
    return Paragraph(Say(l, "Der er ikke registreret nogen sager om dig.",
                         "No cases about you are held."));
  }
  Html html;
  const std::string* department = nullptr;
  for (const v1::HeldRecord& record : person.records()) {
    if (department == nullptr || *department != record.department()) {
      html += Html::Element("h3", Html::Foreign(NameOf(record))) + Html("\n");
    }
    department = &record.department();
    html += Case(record, person.policy_version(), style);
  }
  return html;
}

Html AlertSection(const v1::LookUpPersonResponse& person,
                  const TextStyle& style) {
  const Language l = style.language;
  if (!person.has_alert()) {
    return Paragraph(
        Say(l, "Der er intet advis om dig.", "There is no alert about you."));
  }
  const v1::Alert& alert = person.alert();
  Html rows = TextElement("caption", Say(l, "Adviset", "The alert"));
  rows += ForeignRow(Say(l, "Nummer", "Id"), alert.alert_id());
  rows += Row(Say(l, "Tilstand", "State"), StateText(alert.state(), l));
  rows += ForeignRow(
      Say(l, "Regel", "Rule"),
      alert.rule().empty()
          ? std::string(Say(l, "ingen; du er indstillet af en afdeling",
                            "none; a department nominated you"))
          : Cat(alert.rule(),
                Say(l, ", politikkens version ", ", version of the policy "),
                alert.rule_version()));
  rows += Row(Say(l, "Oprettet", "Opened"),
              DateTimeText(alert.created(), style.zone));
  rows += Row(Say(l, "Sidst ændret", "Last changed"),
              DateTimeText(alert.updated(), style.zone));
  rows += Row(Say(l, "Slettes", "Deleted"), AlertDeletionText(person, l));
  Html html = Paragraph(
      Say(l,
          "Et advis fortæller ungekoordinatoren, at en ung har åbne sager i "
          "flere afdelinger, eller at en afdeling har indstillet en ung. Det "
          "dannes af en fast regel eller af en medarbejders indstilling og "
          "afgør intet: et menneske beslutter, hvad der skal ske.",
          "An alert tells the youth coordinator that a young person has open "
          "cases in several departments, or that a department nominated one. "
          "A fixed rule or an employee's nomination makes it, and it decides "
          "nothing: a person decides what is to be done."));
  html += Html::Element("table class=\"facts\"", rows) + Html("\n");
  html += TextElement("h3", Say(l, "Begrundelse", "Reasons"));
  Html reasons;
  for (const v1::Reason& reason : alert.reasons()) {
    reasons += Html::Element("li", Html::Foreign(reason.text()));
  }
  html += alert.reasons().empty() && alert.rule().empty()
              ? Paragraph(Say(l, "Begrundelsen står ved indstillingen.",
                              "The reason stands with the nomination."))
          : alert.reasons().empty()
              ? Paragraph(Say(l, "Reglen passer ikke længere på dine sager.",
                              "The rule no longer fits your cases."))
              : Html::Element("ul", reasons) + Html("\n");
  if (!alert.participants().empty()) {
    html += TextElement("h3", Say(l, "Sager i adviset", "Cases in it"));
    Html cases;
    for (const v1::Participant& p : alert.participants()) {
      cases += Html::Element("li", Html::Foreign(NameOf(p)) + Html(", ") +
                                       Html::Foreign(p.unit()) +
                                       Html::Text(Say(l, ": sag ", ": case ")) +
                                       Html::Foreign(p.case_ref()));
    }
    html += Html::Element("ul", cases) + Html("\n");
  }
  html += CoordinationSection(person, style);
  html += TextElement("h3", Say(l, "Hvad der er sket", "What has happened"));
  Html steps;
  for (const v1::AlertHistoryEntry& step : alert.history()) {
    steps += Html::Element(
        "li", Html::Text(Cat(DateTimeText(step.time(), style.zone), ": ")) +
                  Html::Foreign(StepText(step, person, l)));
  }
  return html + Html::Element("ol", steps) + Html("\n");
}

Html AccessSection(const v1::LookUpPersonResponse& person,
                   std::string_view purpose, const TextStyle& style) {
  const Language l = style.language;
  Html html;
  if (person.accesses_cut()) {
    html += Paragraph(
        Say(l,
            "Listen er afkortet: de ældste opslag mangler. Bed kommunen om "
            "hele listen; den står i loggen.",
            "The list is cut: the oldest accesses are missing. Ask the "
            "municipality for the whole list; it stands in the log."));
  }
  const auto head = [](std::string_view label) {
    return TextElement("th scope=\"col\"", label);
  };
  Html rows = Html::Element(
      "tr", head(Say(l, "Hvornår", "When")) + head(Say(l, "Hvem", "Who")) +
                head(Say(l, "Hvad", "What")) + head(Say(l, "Hvorfor", "Why")) +
                head(Say(l, "Indgang i loggen", "Entry in the log")));
  Html body;
  for (const v1::AccessRecord& access : person.accesses()) {
    const auto cell = [](const Html& inner) {
      return Html::Element("td", inner);
    };
    body +=
        Html::Element(
            "tr", cell(Html::Text(DateTimeText(access.time(), style.zone))) +
                      cell(Html::Foreign(WhoText(access.actor(), person, l))) +
                      cell(Html::Foreign(WhatText(access, l))) +
                      cell(Html::Foreign(WhyText(access, purpose, l))) +
                      cell(Html::Text(Cat(access.leaf_index())))) +
        Html("\n");
  }
  html += Html::Element(
      "table", TextElement("caption", Say(l, "Opslag, de ældste først",
                                          "Accesses, the oldest first")) +
                   Html::Element("thead", rows) + Html::Element("tbody", body));
  html += Paragraph(Cat(Say(l, "I loggen har du dette tilfældige id: ",
                            "In the log you have this random id: "),
                        SubjectText(person.subject_id()), "."));
  return html;
}

}  // namespace samkoer::clients
