#include "clients/alerts/html_page.h"
#include "clients/audit/processing_record.h"
#include "clients/audit/record_sections.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

std::string OrToFill(const std::string& text) {
  return text.empty() ? "(udfyldes af kommunen)" : text;
}

Html Purpose(const v1::Policy& policy) {
  Html items;
  for (const v1::PolicyRule& rule : policy.rules()) {
    items += Item(Cat(rule.text(), " (fra ", rule.age_from(), " og under ",
                      rule.age_below(), " år)"));
  }
  return Paragraph(Cat(
             "Formålet »", policy.purpose(),
             "«: at fortælle ungekoordinatoren, når en ung har åbne sager i "
             "flere afdelinger på samme tid, så indsatsen kan samordnes. Der "
             "tages ingen afgørelse, og ingen vægtes eller rangordnes. Et "
             "advis dannes efter disse regler:")) +
         Html::Element("ul", items) + Html("\n");
}

Html Recipients(const LogFacts& log) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& [role, times] : log.reads_by_role()) {
    rows.push_back({role, Cat(times)});
  }
  Html html = Paragraph(
      "Ungekoordinatoren ser advis. Hver afdeling ser, hvilke af dens egne "
      "sager der er indkaldt om. Databeskyttelsesrådgiveren ser loggen og, med "
      "begrundelse, hvad der er om én person. Systemet sender intet andre "
      "steder hen. Læsninger ifølge loggen, efter rolle:");
  html += HtmlTable({"Rolle", "Læsninger"}, rows);
  // What the system cannot know of itself.
  return html + FactTable({{"Databehandlere", OrToFill("")},
                           {"Andre modtagere", OrToFill("")},
                           {"Overførsel til tredjelande", OrToFill("")}});
}

}  // namespace

std::string Article30Page(const ProcessingRecord& record,
                          const TextStyle& style) {
  const v1::Policy& policy = record.described.policy();
  const char* title = "Fortegnelse over behandlingsaktivitet (artikel 30)";
  Html main = TextElement("h1", title) + Html("\n");
  main += MadeParagraph(record, style);
  main += Heading("Dataansvarlig");
  main += FactTable(
      {{"Kommune", policy.municipality()},
       {"Dataansvarlig", OrToFill(record.controller.controller)},
       {"Kontakt", OrToFill(record.controller.contact)},
       {"Databeskyttelsesrådgiver", OrToFill(record.controller.officer)}});
  main += Heading("Formål");
  main += Purpose(policy);
  main += Heading("Registrerede");
  main += Paragraph(
      "Unge med sager i de nævnte afdelinger, i den alder, som en hjemmel "
      "omfatter. Medarbejdere, hvis opslag står i loggen.");
  main += Heading("Kategorier af oplysninger");
  main += Paragraph(
      "Om hver sag (følsomme oplysninger kan fremgå af området). Navne, "
      "CPR-numre og sagernes indhold er ikke i systemet.");
  main += FieldsTable();
  main += Heading("Hvorfra oplysningerne kommer");
  main += DepartmentsTable(policy);
  main += Heading("Hjemmel");
  main += LegalBasesTable(policy);
  main += Heading("Modtagere");
  main += Recipients(record.log);
  main += Heading("Slettefrister");
  main += RetentionTable(policy);
  main += Heading("Sikkerhedsforanstaltninger");
  main += SecurityList(record, style);
  return HtmlPage(title, main, Language::kDanish);
}

}  // namespace samkoer::clients
