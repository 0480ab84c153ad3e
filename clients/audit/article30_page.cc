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

// What people write about an alert (proto/samkoer/v1/coordination.proto).
Html Coordination() {
  return Paragraph(
             "Om hvert advis og samordningen af indsatsen. Medarbejderes navne "
             "er med, og noter, begrundelser og aftaler er fri tekst: hvad der "
             "skrives om den unge, står der; kun CPR-numre afvises.") +
         FactTable(
             {{"Advis", "Regel, årsag, sager, tilstand og forløb"},
              {"Noter", "Medarbejderes fri tekst ved en ændret tilstand"},
              {"Indstillinger",
               "Hvilken sag, af hvilken afdeling og enhed, "
               "hvornår, og sagsbehandlerens begrundelse"},
              {"Ungeguide",
               "Navn, afdeling og enhed, om guiden har sagt ja og er ønsket af "
               "den unge"},
              {"Koordinerende sagsbehandler",
               "Navn, afdeling og enhed, siden hvornår"},
              {"Kontaktperson",
               "Navn, afdeling og enhed, siden hvornår, og hvorfor det "
               "ophørte"},
              {"Plan",
               "Om der er en, hvem der ejer den, og seneste opfølgning; "
               "aldrig dens indhold"},
              {"Samtykker", "Til hvilken indsats, givet eller ikke, hvornår"},
              {"Overdragelser", "Fra hvem til hvem, og svaret"},
              {"Halvår, mærker og overgange",
               "Planlagt halvår, STU, kommende alder og skoleslut"},
              {"Konferencer og frister",
               "Tid, sted, aftalte handlinger og hvornår noget skal ske"},
              {"Loggen",
               "Medarbejderes certifikater (med navn), handlinger og "
               "begrundelser"}});
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
      "Om hver sag (følsomme oplysninger kan fremgå af området). De unges "
      "navne og CPR-numre og sagernes indhold overføres ikke.");
  main += FieldsTable();
  main += Coordination();
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
