#include "clients/alerts/html_page.h"
#include "clients/audit/processing_record.h"
#include "clients/audit/record_sections.h"
#include "clients/common/cat.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

std::string YearsText(std::uint64_t years) {
  return years == 0 ? "under et år" : Cat(years, " år");
}

Html Flows() {
  return HtmlTable(
      {"Fra", "Til", "Hvad", "Ser aldrig"},
      {{"Afdelingens agent", "Nøgletjenesten",
        "Blændede CPR-numre: tilfældige punkter, uanset nummeret",
        "CPR-numre, pseudonymer, sager"},
       {"Afdelingens agent", "Matcheren", "Pseudonymer og sager som nedenfor",
        "CPR-numre, de unges navne, titler, sagers indhold"},
       {"Matcheren", "Ungekoordinatoren",
        "Advis: sagsreferencer, årsag, og hvad der er aftalt om samordningen",
        "CPR-numre, pseudonymer"},
       {"Ungekoordinatoren", "Matcheren",
        "Tilstand, noter, ungeguide, sagsbehandler og kontaktperson (navne på "
        "medarbejdere), plan, samtykker, overdragelser og konferencer",
        "Sagers indhold, ud over hvad der skrives i noter"},
       {"Matcheren", "Afdelingen",
        "Hvilke af dens egne sager der er indkaldt om, egen sagsreference",
        "Andre afdelingers sager, hverken før eller efter, der er "
        "indkaldt"},
       {"Begge tjenester", "Databeskyttelsesrådgiveren",
        "Loggen; og hvad der er om én person, hvis nummer er tastet",
        "Nøgletjenestens nøgle"}});
}

Html Limits() {
  return FactTable(
      {{"Sager i et bundt", Cat(proto::kMaxBatchRecords)},
       {"CPR-numre i en forespørgsel til nøgletjenesten",
        Cat(proto::kMaxOprfElements)},
       {"Tegn (bytes) i en sagsreference", Cat(proto::kMaxCaseRefBytes)},
       {"Bytes i en kontakt", Cat(proto::kMaxContactBytes)},
       {"Kriteriekoder på en sag", Cat(proto::kMaxCriteria)},
       {"Bytes i en note eller begrundelse", Cat(proto::kMaxNoteBytes)}});
}

Html Risks(const ProcessingRecord& record) {
  const QuotaFacts& quota = record.quota;
  const std::string tried =
      Cat(YearsText(YearsToTry(kPlausibleNumbers, quota)), " for de ",
          kPlausibleNumbers / 1'000'000, ",", kPlausibleNumbers / 100'000 % 10,
          " mio. numre, der består modulus 11; ",
          YearsText(YearsToTry(kPossibleNumbers, quota)), " for alle ",
          kPossibleNumbers / 1'000'000, " mio.");
  return HtmlTable(
      {"Risiko", "Hvad der står imod", "Tal"},
      {{"Et stjålet afdelingscertifikat bruges til at gætte CPR-numre",
        "Nøgletjenestens kvote, og at hver forespørgsel står i dens log",
        quota.burst == 0
            ? "Kvoten i kraft slås op med »samkoer-audit quota list«; med "
              "--quota regnes tiden ud"
            : Cat("Med ", quota.burst, " på én gang og ", quota.per_day,
                  " om dagen: ", tried)},
       {"Matcherens maskine overtages",
        "Pseudonymer kan ikke dannes uden nøgletjenesten; angriberen ser "
        "sager og sammenhænge, mens den kører",
        "0 CPR-numre; kvoten gælder også her"},
       {"Nøgletjeneste og matcher overtages sammen",
        "Ingen teknik i løsningen; adskilte maskiner og administratorer",
        "Alle numre på under en time på én kerne"},
       {"En disk eller sikkerhedskopi stjæles",
        "Lageret er forseglet; nøglen ligger uden for det og skiftes",
        Cat("Nøglens generation: ", record.described.kek_generation())},
       {"En medarbejder ser mere, end arbejdet kræver",
        "Hver læsning står i loggen; alarmer og årlig stikprøve",
        Cat("Læsninger af advis eller opslag i loggen: ",
            record.log.Of(v1::AUDIT_ACTION_ALERTS_READ).times +
                record.log.Of(v1::AUDIT_ACTION_PERSON_LOOKED_UP).times,
            "; afviste kald: ", record.log.Of(v1::AUDIT_ACTION_REFUSED).times)},
       {"Statistik røber en enkelt person",
        "Afrunding nedad, tilbageholdte små tal og summer af de viste tal; "
        "samme tabeller hele måneden",
        Cat("Grænse i politikken: ",
            record.described.policy().withhold_below() == 0
                ? 5
                : record.described.policy().withhold_below())},
       {"Oplysninger beholdes for længe", "Daglig oprydning, som står i loggen",
        Cat("Oprydninger i loggen: ",
            record.log.Of(v1::AUDIT_ACTION_SWEEP).times,
            "; slettede efter "
            "artikel 17: ",
            record.log.erasures())}});
}

}  // namespace

std::string DpiaPage(const ProcessingRecord& record, const TextStyle& style) {
  const v1::Policy& policy = record.described.policy();
  const char* title =
      "Grundlag for konsekvensanalyse (artikel 35), fra det kørende system";
  Html main = TextElement("h1", title) + Html("\n");
  main += MadeParagraph(record, style);
  main += Paragraph(
      "Siden har det, som systemet selv kan sige. Vurderingen af nødvendighed "
      "og proportionalitet er kommunens.");
  main += Heading("Datastrømme");
  main += Flows();
  main += Heading("Oplysninger om en sag");
  main += FieldsTable();
  main += Heading("Hvem der sender");
  main += DepartmentsTable(policy);
  main += Heading("Hjemmel");
  main += LegalBasesTable(policy);
  main += Heading("Slettefrister");
  main += RetentionTable(policy);
  main += Heading("Grænser, som systemet håndhæver");
  main += Limits();
  main += Heading("Sikkerhedsforanstaltninger");
  main += SecurityList(record, style);
  main += Heading("Tilbageværende risici");
  main += Risks(record);
  return HtmlPage(title, main, Language::kDanish);
}

}  // namespace samkoer::clients
