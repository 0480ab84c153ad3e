#include "clients/audit/report_html.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "clients/alerts/html.h"
#include "clients/alerts/html_page.h"
#include "clients/audit/leaf_filter.h"
#include "clients/audit/report_sections.h"
#include "clients/audit/report_words.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

std::string MunicipalityOf(const PersonReport& report) {
  // The officer's own look-up is the newest entry.
  for (const v1::LookUpPersonResponse& person : report.persons) {
    for (const v1::AccessRecord& access : person.accesses()) {
      const std::string_view found = clients::MunicipalityOf(access.actor());
      if (!found.empty()) return std::string(found);
    }
  }
  return "";
}

Html Introduction(const PersonReport& report, const TextStyle& style) {
  const Language l = style.language;
  Html html = Paragraph(
      Say(l,
          "Du har bedt om at få at vide, hvilke oplysninger kommunen har om "
          "dig i Samkør (databeskyttelsesforordningens artikel 15). Samkør er "
          "det system, der fortæller kommunens ungekoordinator, når en ung har "
          "åbne sager i flere afdelinger på samme tid. Her står alt, hvad "
          "systemet har om dig, også det, der kun står i dets log.",
          "You have asked which data the municipality holds about you in "
          "Samkør (article 15 of the General Data Protection Regulation). "
          "Samkør is the system that tells the municipality's youth "
          "coordinator when a young person has open cases in several "
          "departments at once. This is everything that the system holds about "
          "you, including what stands in its log alone."));
  const auto fact = [](std::string_view label, const Html& value) {
    return TextElement("dt", label) + Html::Element("dd", value) + Html("\n");
  };
  Html facts = fact(
      Say(l, "Udarbejdet", "Made"),
      Html::Text(absl::FormatTime("%d-%m-%Y %H:%M", report.made, style.zone)));
  const std::string municipality = MunicipalityOf(report);
  if (!municipality.empty()) {
    facts +=
        fact(Say(l, "Kommune", "Municipality"), Html::Foreign(municipality));
  }
  facts += fact(Say(l, "Anledning, som den står i loggen",
                    "Occasion, as it stands in the log"),
                Html::Foreign(report.reason));
  return html + Html::Element("dl", facts) + Html("\n");
}

std::set<std::string_view> DepartmentsOf(
    const v1::LookUpPersonResponse& person) {
  std::set<std::string_view> departments;
  for (const v1::HeldRecord& record : person.records()) {
    departments.insert(record.department());
  }
  return departments;
}

Html Objection(const v1::LookUpPersonResponse& person, Language l) {
  if (!person.objection()) return Html();
  return Paragraph(
      Say(l,
          "Din indsigelse er registreret: sender en afdeling oplysninger om "
          "dig, bliver de afvist.",
          "Your objection is registered: if a department sends data about you, "
          "it is refused."));
}

Html InShort(const v1::LookUpPersonResponse& person, Language l) {
  if (!person.known()) {
    return Objection(person, l) +
           Paragraph(
               Say(l,
                   "Der er ikke registreret nogen oplysninger om dig i Samkør. "
                   "Loggen "
                   "har et spor af dette opslag; det står nedenfor og kan ikke "
                   "føre "
                   "tilbage til dig.",
                   "No data about you is held in Samkør. The log has a trace "
                   "of this "
                   "look-up; it stands below and leads nobody back to you.")) +
           Paragraph(
               Say(l,
                   "Er nummeret slået op før, mens der intet var registreret, "
                   "eller før oplysningerne blev slettet, kan de opslag ikke "
                   "findes igen: loggen har kun tilfældige id'er, som intet "
                   "knytter til dig.",
                   "If the number was looked up before while nothing was held, "
                   "or before the data was deleted, those look-ups cannot be "
                   "found again: the log has random ids alone, which nothing "
                   "ties to you."));
  }
  Html items =
      Item(Cat(Say(l, "Registreret: ", "Held: "),
               CountText(static_cast<std::size_t>(person.records_size()),
                         Say(l, "sag fra ", "case from "),
                         Say(l, "sager fra ", "cases from ")),
               CountText(DepartmentsOf(person).size(),
                         Say(l, "afdeling.", "department."),
                         Say(l, "afdelinger.", "departments."))));
  items += Item(person.has_alert() ? Say(l, "Der er et advis om dig.",
                                         "There is an alert about you.")
                                   : Say(l, "Der er intet advis om dig.",
                                         "There is no alert about you."));
  items +=
      Item(Cat(Say(l, "Oplysninger om dig er set ", "Data about you was seen "),
               CountText(static_cast<std::size_t>(person.accesses_size()),
                         Say(l, "gang, dette opslag medregnet.",
                             "time, this look-up included."),
                         Say(l, "gange, dette opslag medregnet.",
                             "times, this look-up included."))));
  return Objection(person, l) + Html::Element("ul", items) + Html("\n");
}

// All that is about one number. `which` tells two apart.
Html PersonPart(const v1::LookUpPersonResponse& person,
                const PersonReport& report, const std::string& which,
                const TextStyle& style) {
  const Language l = style.language;
  Html html = Heading(Cat(Say(l, "Kort fortalt", "In short"), which));
  html += InShort(person, l);
  if (person.known()) {
    html += Heading(
        Cat(Say(l, "Hvad der er registreret om dig", "What is held about you"),
            which));
    html += RecordsSection(person, style);
    html += Heading(Cat(Say(l, "Advis om dig", "Alerts about you"), which));
    html += AlertSection(person, style);
  }
  html += Heading(Cat(
      Say(l, "Hvem har set oplysninger om dig", "Who has seen data about you"),
      which));
  html += Paragraph(Say(
      l,
      "Hver gang nogen ser oplysninger om dig, skrives det i systemets "
      "log. Oplysningerne i loggen hører med til din indsigt (Datatilsynet, "
      "j.nr. 2024-32-0283). Medarbejdere er nævnt ved deres funktion.",
      "Each time somebody sees data about you, the system's log says so. "
      "What stands in the log is part of your access (Datatilsynet, file "
      "number 2024-32-0283). Employees are named by their function."));
  return html + AccessSection(person, report.purpose, style);
}

Html WhyPart(const PersonReport& report, Language l) {
  Html html = Heading(Say(l, "Formål, hjemmel og modtagere",
                          "Purpose, legal basis and recipients"));
  Html items = Item(Cat(Say(l, "Formål: ", "Purpose: "), report.purpose,
                        Say(l, ". Oplysningerne må ikke bruges til andet.",
                            ". The data must not be used for anything else.")));
  const bool cases = std::any_of(
      report.persons.begin(), report.persons.end(),
      [](const v1::LookUpPersonResponse& p) { return p.records_size() > 0; });
  items += Item(Cat(
      cases
          ? Say(l,
                "Hjemmel: står ved hver sag. Reglerne er fastlagt i en "
                "politik; nu gælder version ",
                "Legal basis: stands with each case. The rules are laid down "
                "in a policy; in force is version ")
          : Say(l,
                "Hjemmel: der er ingen sager om dig, så intet behandles efter "
                "nogen. Reglerne er fastlagt i en politik; nu gælder version ",
                "Legal basis: there are no cases about you, so that nothing "
                "is processed under any. The rules are laid down in a "
                "policy; in force is version "),
      report.persons.front().policy_version(), "."));
  items += Item(
      Say(l,
          "Kilde: de afdelinger i kommunen, som er nævnt ved sagerne. Dit "
          "CPR-nummer og dit navn bliver i afdelingerne; Samkør har dem ikke.",
          "Source: the departments of the municipality that stand with the "
          "cases. Your CPR number and your name stay with them; Samkør does "
          "not have them."));
  items += Item(
      Say(l,
          "Modtagere: ungekoordinatoren ser advis. En afdeling ser kun sit "
          "eget sagsnummer, og først når ungekoordinatoren indkalder den. "
          "Databeskyttelsesrådgiveren kan slå op med en begrundelse.",
          "Recipients: the youth coordinator sees alerts. A department sees "
          "its own case number alone, and only when the youth coordinator "
          "convenes it. The privacy officer may look up, with a reason."));
  items += Item(
      Say(l,
          "Der træffes ingen automatiske afgørelser om dig, og der beregnes "
          "ingen point og ingen risiko (artikel 22).",
          "No automated decisions are made about you, and neither points nor "
          "risks are computed (article 22)."));
  return html + Html::Element("ul", items) + Html("\n");
}

Html DeletionPart(Language l) {
  return Heading(
             Say(l, "Hvornår oplysningerne slettes", "When data is deleted")) +
         Paragraph(
             Say(l,
                 "Ved hver sag og ved adviset står, hvornår de slettes. "
                 "Sletningen sker af sig selv. Loggen bevares, så det altid "
                 "kan kontrolleres, hvad der er sket; den nævner dig kun ved "
                 "tilfældige id'er, og når oplysningerne om dig er slettet, "
                 "peger ingen af dem længere på dig.",
                 "With each case and with the alert stands when they are "
                 "deleted. That happens by itself. The log is kept, so that it "
                 "can always be checked what was done; it names you by random "
                 "ids alone, and once the data about you is deleted none of "
                 "them leads to you."));
}

Html RightsPart(const std::string& officer, Language l) {
  Html items = Item(
      Say(l,
          "Ret til at få rettet (artikel 16): Er noget forkert, så sig det til "
          "den afdeling, det kommer fra. Når den retter sin sag, rettes det "
          "også her.",
          "Right to rectification (article 16): If anything is wrong, tell the "
          "department that it comes from. When it corrects its case, it is "
          "corrected here, too."));
  items += Item(
      Say(l,
          "Ret til sletning (artikel 17): Du kan bede om, at oplysningerne "
          "slettes. Kommunen svarer dig og begrunder det, hvis den siger nej.",
          "Right to erasure (article 17): You can ask for the data to be "
          "erased. The municipality answers, and gives its reasons if it says "
          "no."));
  items += Item(
      Say(l,
          "Ret til indsigelse (artikel 21): Du kan sige nej til, at "
          "oplysninger om dig bruges her. Siger kommunen ja til det, tages de "
          "ikke ind igen.",
          "Right to object (article 21): You can object to data about you "
          "being used here. If the municipality agrees, it is not taken in "
          "again."));
  items += Item(
      Say(l,
          "Ret til begrænsning (artikel 18): Du kan bede om, at oplysningerne "
          "ikke bruges, mens en af delene afklares.",
          "Right to restriction (article 18): You can ask that the data is "
          "not used while any of this is being settled."));
  items += Html::Element(
      "li",
      Html::Text(Say(l,
                     "Skriv til kommunens databeskyttelsesrådgiver om "
                     "det",
                     "Write to the municipality's privacy officer about "
                     "it")) +
          (officer.empty() ? Html() : Html(": ") + Html::Foreign(officer)) +
          Html::Text(
              Say(l, ". Det koster ikke noget.", ". It is free of charge.")));
  Html complaint = Html::Element(
      "p", Html::Text(Say(l, "Du kan klage til Datatilsynet: ",
                          "You can complain to Datatilsynet: ")) +
               Html("Datatilsynet, Carl Jacobsens Vej 35, 2500 Valby, "
                    "33 19 32 00, dt@datatilsynet.dk, "
                    "<a href=\"https://www.datatilsynet.dk\">"
                    "https://www.datatilsynet.dk</a>."));
  return Heading(Say(l, "Dine rettigheder", "Your rights")) +
         Html::Element("ul", items) + complaint + Html("\n");
}

Html CheckPart(const PersonReport& report, Language l) {
  Html html =
      Heading(Say(l, "Sådan kan det kontrolleres", "How this can be checked"));
  html += Paragraph(
      Say(l,
          "Hvert opslag ovenfor har et nummer: det er indgangens plads i "
          "loggen. Loggen kan ikke ændres, uden at det opdages, for hver "
          "indgang indgår i en underskrevet sum af dem alle (RFC 6962). "
          "Kommunens databeskyttelsesrådgiver kan vise dig indgangene og "
          "bevise, at loggen er hel:",
          "Each access above has a number: the entry's place in the log. The "
          "log cannot be changed unnoticed, because each entry is part of a "
          "signed sum of them all (RFC 6962). The municipality's privacy "
          "officer can show you the entries and prove that the log is "
          "whole:"));
  html += Paragraph("samkoer-audit verify");
  for (const v1::LookUpPersonResponse& person : report.persons) {
    html += Paragraph(Cat("samkoer-audit log --limit 0 --subject ",
                          SubjectText(person.subject_id())));
  }
  return html;
}

}  // namespace

std::string ReportPage(const PersonReport& report, const TextStyle& style) {
  const Language l = style.language;
  const char* title = Say(l, "Indsigt i oplysninger om dig i Samkør",
                          "Access to data about you in Samkør");
  Html main = TextElement("h1", title) + Html("\n");
  main += Introduction(report, style);
  const bool two = report.persons.size() > 1;
  for (std::size_t i = 0; i < report.persons.size(); ++i) {
    const char* which = !two     ? ""
                        : i == 0 ? Say(l, " (dit nuværende CPR-nummer)",
                                       " (your present CPR number)")
                                 : Say(l, " (dit tidligere CPR-nummer)",
                                       " (your former CPR number)");
    main += PersonPart(report.persons[i], report, which, style);
  }
  main += WhyPart(report, l);
  main += DeletionPart(l);
  main += RightsPart(report.officer, l);
  main += CheckPart(report, l);
  return HtmlPage(title, main, l);
}

}  // namespace samkoer::clients
