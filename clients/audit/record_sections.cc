#include "clients/audit/record_sections.h"

#include "clients/alerts/alert_words.h"
#include "clients/alerts/html_page.h"
#include "clients/audit/report_words.h"
#include "clients/common/cat.h"
#include "samkoer/v1/intake.pb.h"

namespace samkoer::clients {
namespace {

struct FieldWord {
  const char* field;
  const char* meaning;
};

// Every field of samkoer.v1.CaseRecord; a test holds that none is missing.
constexpr FieldWord kFields[] = {
    {"pseudonym",
     "Pseudonym af CPR-numret. Kan ikke regnes tilbage uden nøgletjenesten; "
     "matcheren gemmer kun et aftryk af det under sin egen nøgle"},
    {"case_ref", "Afdelingens egen sagsreference, uden CPR-nummer"},
    {"unit", "Den enhed i afdelingen, der har sagen"},
    {"domain", "Sagens område, groft inddelt"},
    {"status", "Om sagen er åben eller lukket"},
    {"opened_month", "Måned, hvor sagen blev åbnet"},
    {"closed_month", "Måned, hvor sagen blev lukket"},
    {"birth_month",
     "Fødselsmåned; afgør, om en hjemmel og en regel omfatter "
     "den unge"},
    {"criteria", "Koder for forhold, som afdelingen selv har vurderet"},
    {"consent", "Om den unge har samtykket til, at andre indsatser deltager"},
    {"coordinator_exists", "Om den unge allerede har en koordinator"},
    {"plan",
     "Om der er en plan, hvem der ejer den, og hvornår den sidst blev "
     "fulgt op; aldrig dens indhold"},
    {"protected_identity", "Om navn og adresse er beskyttet"},
    {"contact", "Hvem man kan spørge, for eksempel et teams postkasse"},
    {"previous_pseudonym",
     "Samme persons pseudonym under den forrige nøgle; bruges, når en nøgle "
     "skiftes, og gemmes ikke"},
};

std::string DomainsText(const google::protobuf::RepeatedField<int>& domains) {
  std::string text;
  for (const int domain : domains) {
    text += Cat(text.empty() ? "" : ", ",
                DomainText(static_cast<v1::Domain>(domain)));
  }
  return text;
}

const char* KindText(v1::UnitKind kind) {
  return kind == v1::UNIT_KIND_PROVIDER ? "udfører" : "myndighed";
}

std::string MonthsText(std::uint32_t months) {
  return Cat(months, months == 1 ? " hel måned" : " hele måneder");
}

}  // namespace

std::string_view FieldMeaning(std::string_view field) {
  for (const FieldWord& word : kFields) {
    if (field == word.field) return word.meaning;
  }
  return "";
}

std::string DomainText(v1::Domain domain) {
  switch (domain) {
    case v1::DOMAIN_EMPLOYMENT:
      return "beskæftigelse";
    case v1::DOMAIN_EDUCATION:
      return "uddannelse";
    case v1::DOMAIN_FAMILY:
      return "familie";
    case v1::DOMAIN_SOCIAL:
      return "social";
    case v1::DOMAIN_DISABILITY_PSYCHIATRY:
      return "handicap og psykiatri";
    case v1::DOMAIN_HOUSING_ECONOMY:
      return "bolig og økonomi";
    case v1::DOMAIN_CRIME_PREVENTION:
      return "kriminalitetsforebyggelse";
    default:
      return v1::Domain_Name(domain);
  }
}

Html MadeParagraph(const ProcessingRecord& record, const TextStyle& style) {
  const v1::DescribeProcessingResponse& described = record.described;
  const LogFacts::Place policy =
      record.log.Policy(described.policy().version());
  std::string text =
      Cat("Udarbejdet ",
          absl::FormatTime("%d-%m-%Y %H:%M", record.made, style.zone),
          " af det kørende system. Politikkens version er ",
          described.policy().version());
  if (policy.times > 0) {
    text +=
        Cat(", i kraft siden ",
            absl::FormatTime("%d-%m-%Y", absl::FromUnixSeconds(policy.seconds),
                             style.zone),
            " ifølge indgang ", policy.index, " i loggen");
  } else {
    text += "; loggen har ingen indgang om, at den er trådt i kraft";
  }
  text +=
      Cat(". Alle ", record.log.size(), " indgange i loggen er kontrolleret.");
  return Paragraph(text);
}

Html DepartmentsTable(const v1::Policy& policy) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::PolicyDepartment& department : policy.departments()) {
    std::string units;
    for (const v1::PolicyUnit& unit : department.units()) {
      units += Cat(units.empty() ? "" : ", ", unit.name());
    }
    rows.push_back({department.name(), KindText(department.kind()), units,
                    DomainsText(department.domains())});
  }
  return HtmlTable({"Afdeling", "Rolle", "Enheder", "Områder"}, rows);
}

Html LegalBasesTable(const v1::Policy& policy) {
  std::vector<std::vector<std::string>> rows;
  for (const v1::LegalBasis& basis : policy.legal_bases()) {
    std::string departments;
    for (const std::string& department : basis.departments()) {
      departments += Cat(departments.empty() ? "" : ", ", department);
    }
    rows.push_back(
        {basis.text(), DomainsText(basis.domains()),
         Cat("fra ", basis.age_from(), " og under ", basis.age_below(), " år"),
         departments.empty() ? "alle" : departments});
  }
  return HtmlTable({"Hjemmel", "Områder", "Alder", "Afdelinger"}, rows);
}

Html RetentionTable(const v1::Policy& policy) {
  const v1::Retention& retention = policy.retention();
  std::vector<std::pair<std::string, std::string>> facts = {
      {"Åbne sager", "så længe de er åbne og har hjemmel"},
      {"Lukkede sager",
       Cat(MonthsText(retention.closed_case_months()), " efter lukningen")}};
  for (const v1::DomainRetention& domain : retention.domains()) {
    facts.emplace_back(
        Cat("Lukkede sager, ", DomainText(domain.domain())),
        Cat(MonthsText(domain.closed_case_months()), " efter lukningen"));
  }
  facts.emplace_back("Advis",
                     Cat(MonthsText(retention.ended_alert_months()),
                         " efter, at det er afsluttet og reglen er ophørt"));
  for (const v1::StateRetention& state : retention.states()) {
    facts.emplace_back(
        Cat("Advis, ", StateText(state.state(), Language::kDanish)),
        Cat(MonthsText(state.ended_alert_months()), " efter"));
  }
  facts.emplace_back("Loggen",
                     "uden frist; den nævner kun tilfældige id'er, som ingen "
                     "kan føre tilbage, når en person er slettet");
  return FactTable(facts);
}

Html FieldsTable() {
  std::vector<std::vector<std::string>> rows;
  const auto* record = v1::CaseRecord::descriptor();
  for (int i = 0; i < record->field_count(); ++i) {
    const std::string& name = record->field(i)->name();
    rows.push_back({name, std::string(FieldMeaning(name))});
  }
  return HtmlTable({"Felt", "Betydning"}, rows);
}

Html SecurityList(const ProcessingRecord& record, const TextStyle& style) {
  const v1::DescribeProcessingResponse& described = record.described;
  std::string key =
      Cat("Lageret er forseglet (XChaCha20-Poly1305) under en "
          "nøgle, der ligger uden for det; generation ",
          described.kek_generation());
  if (described.has_kek_since()) {
    key += Cat(", i brug siden ", DateText(described.kek_since(), style.zone));
  }
  Html items = Item(
      "CPR-numre forlader ikke afdelingen: de blændes der og bliver til "
      "pseudonymer (RFC 9497), som matcheren ikke selv kan danne");
  items += Item(key +
                ". Hver person har sin egen nøgle, som destrueres ved "
                "sletning");
  items += Item(
      "Alle forbindelser er TLS 1.3 med certifikat i begge ender, og "
      "hver rolle kan kun det, den skal");
  items +=
      Item(Cat("Hver læsning står i en log, der ikke kan ændres uset; der "
               "er ",
               record.log.size(), " indgange"));
  items +=
      Item(Cat("Udløbne oplysninger slettes dagligt; loggen har ",
               record.log.Of(v1::AUDIT_ACTION_SWEEP).times, " oprydninger"));
  items += Item(
      "Nøgletjeneste og matcher er hver sin tjeneste. Kommunen bekræfter, at "
      "de drives på hver sin maskine og af hver sin administrator (systemet "
      "kan ikke se det): (udfyldes af kommunen)");
  return Html::Element("ul", items) + Html("\n");
}

}  // namespace samkoer::clients
