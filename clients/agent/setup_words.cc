#include "clients/agent/setup_words.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>

#include "clients/agent/words.h"
#include "proto/plain_text.h"

namespace samkoer::agent {
namespace {

struct Names {
  Column column;
  // Folded, without '.', '-', '_' and spaces; the most telling first.
  std::initializer_list<std::string_view> names;
};

const std::array<Names, kColumns> kNames = {{
    {Column::kCpr,
     {"cpr", "cprnr", "cprnummer", "personnummer", "borgercpr", "borgercprnr",
      "borgerenscpr", "borgerenscprnr", "barnetscpr", "barncpr", "ungecpr",
      "elevcpr", "borgercprnummer", "personnr", "pnr"}},
    {Column::kCaseRef,
     {"sagsnr", "sagsnummer", "sagsid", "sagid", "sagnr", "sagnummer", "sag",
      "sagsref", "journalnr", "journalnummer", "ref", "reference", "caseid",
      "borgerid", "klientid", "løbenr", "løbenummer", "id"}},
    {Column::kUnit,
     {"enhed", "enhedsnavn", "enhednavn", "team", "teamnavn", "afdeling",
      "afdelingnavn", "afdelingsnavn", "gruppe", "område", "tilbud",
      "tilbudsnavn", "center", "distrikt", "orgenhed", "organisation",
      "ansvarligenhed", "unit"}},
    {Column::kKind,
     {"kle", "klenummer", "klenr", "kleemne", "emne", "emneord", "paragraf",
      "indsats", "ydelse", "sagstype", "sagtype", "kategori", "sagsområde"}},
    {Column::kOpened,
     {"oprettet",
      "oprettelsesdato",
      "oprettetdato",
      "opstartsdato",
      "opstartdato",
      "opstart",
      "startdato",
      "start",
      "henvendelsesdato",
      "henvendelse",
      "modtaget",
      "åbnet",
      "åbningsdato",
      "indskrevet",
      "indskrivningsdato",
      "begyndt",
      "fra",
      "fradato",
      "datofra",
      "opened"}},
    {Column::kClosed,
     {"lukket", "lukkedato", "slutdato", "slut", "afsluttet", "afslutningsdato",
      "afslutdato", "ophørt", "ophør", "ophørsdato", "udskrevet",
      "udskrivningsdato", "stoppet", "til", "tildato", "datotil", "closed"}},
    {Column::kStatus,
     {"status", "sagsstatus", "sagstatus", "sagstilstand", "tilstand",
      "fremdrift", "sagsfremdrift", "åben", "aktiv", "eraktiv", "eråben"}},
    {Column::kContact,
     {"kontakt", "kontaktperson", "sagsbehandler", "primæransvarlig",
      "ansvarlig", "vejleder", "rådgiver", "ejer", "sagsejer",
      "primærsagsbehandler", "teammail", "contact"}},
    {Column::kCriteria, {"kriterier", "kriterium", "kriteriekoder"}},
    {Column::kProtected,
     {"navneogadressebeskyttelse", "adressebeskyttelse", "navnebeskyttelse",
      "beskyttet", "beskyttetadresse", "hemmeligadresse"}},
    {Column::kCoordinator,
     {"harkoordinator", "koordinatorfindes", "harkoordinerendesagsbehandler"}},
    {Column::kConsent, {"samtykke", "samtykkegivet", "harsamtykke"}},
}};

std::string Squeezed(std::string_view name) {
  std::string out;
  for (const char c : FoldText(name)) {
    if (c != '.' && c != '-' && c != '_' && c != ' ') out += c;
  }
  return out;
}

bool HoldsAny(std::string_view name,
              std::initializer_list<std::string_view> parts) {
  const std::string text = FoldText(name);
  return std::any_of(parts.begin(), parts.end(), [&](std::string_view part) {
    return text.find(part) != std::string::npos;
  });
}

bool IsOneOf(std::string_view text,
             std::initializer_list<std::string_view> words) {
  const std::string folded = FoldText(text);
  return std::find(words.begin(), words.end(), folded) != words.end();
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

int NameRank(Column column, std::string_view name) {
  const std::string text = Squeezed(name);
  const auto& names = kNames[static_cast<std::size_t>(column)].names;
  const auto hit = std::find(names.begin(), names.end(), text);
  return hit == names.end() ? 0 : static_cast<int>(hit - names.begin()) + 1;
}

bool IsKnownName(std::string_view name) {
  return std::any_of(kNames.begin(), kNames.end(), [&](const Names& one) {
    return NameRank(one.column, name) > 0;
  });
}

bool NamesSomebodyElse(std::string_view name) {
  return HoldsAny(name, {"mor", "far", "foræld", "værge", "ægtefælle",
                         "partner", "samlever", "søskende", "pårørende",
                         "medarbejder", "sagsbehandler", "kontakt", "pleje",
                         "parent", "mother", "father", "guardian"});
}

bool NamesBirth(std::string_view name) {
  return HoldsAny(name, {"fødsel", "født", "birth"});
}

v1::CaseStatus UsualStatus(std::string_view word) {
  if (IsOneOf(
          word,
          {"åben",         "åbent",    "åbnet",           "aktiv",
           "aktivt",       "aktive",   "igang",           "i gang",
           "igangværende", "igangsat", "opstaaet",        "opstået",
           "oplyst",       "afgjort",  "bestilt",         "udfoert",
           "udført",       "bevilget", "under udredning", "under behandling",
           "venter",       "oprettet", "indskrevet",      "ny",
           "løbende",      "open",     "active"})) {
    return v1::CASE_STATUS_OPEN;
  }
  if (IsOneOf(word, {"lukket", "afsluttet", "ophørt", "stoppet", "inaktiv",
                     "udskrevet", "annulleret", "arkiveret", "henlagt",
                     "passiv", "closed", "inactive"})) {
    return v1::CASE_STATUS_CLOSED;
  }
  return v1::CASE_STATUS_UNSPECIFIED;
}

std::optional<UsualDomain> FindUsualDomain(std::string_view kle) {
  static constexpr std::array<UsualDomain, 13> kUsual = {{
      {"15.", v1::DOMAIN_EMPLOYMENT},
      {"17.", v1::DOMAIN_EDUCATION},
      {"27.12", v1::DOMAIN_SOCIAL},
      {"27.24", v1::DOMAIN_FAMILY},
      {"27.27", v1::DOMAIN_FAMILY},
      {"27.51", v1::DOMAIN_DISABILITY_PSYCHIATRY},
      {"27.57", v1::DOMAIN_SOCIAL},
      {"29.21", v1::DOMAIN_EDUCATION},
      {"32.21", v1::DOMAIN_HOUSING_ECONOMY},
      {"32.24", v1::DOMAIN_EMPLOYMENT},
      {"34.", v1::DOMAIN_FAMILY},
      {"54.18.08", v1::DOMAIN_EDUCATION},
      {"03.", v1::DOMAIN_HOUSING_ECONOMY},
  }};
  for (const UsualDomain& usual : kUsual) {
    if (kle.starts_with(usual.prefix)) return usual;
  }
  return std::nullopt;
}

bool IsKle(std::string_view text) {
  if (text.size() != 5 && text.size() != 8 && text.size() < 12) return false;
  for (std::size_t i = 0; i < std::min<std::size_t>(text.size(), 8); ++i) {
    if (i % 3 == 2 ? text[i] != '.' : !IsDigit(text[i])) return false;
  }
  if (text.size() <= 8) return true;
  // "-G01"; the letter may be of two bytes.
  const std::string_view facet = text.substr(8);
  return facet.size() <= 5 && facet.front() == '-' && !IsDigit(facet[1]) &&
         IsDigit(facet[facet.size() - 2]) && IsDigit(facet.back());
}

bool IsNullWord(std::string_view text) {
  return IsOneOf(text, {"null", "(null)", "<null>", "n/a", "na", "nan", "nat",
                        "none", "-", "–", "ingen", "tom", "(tom)"});
}

bool IsShowableWord(std::string_view text) {
  if (!LooksLikeColumnName(text) || !proto::IsPlainLine(text)) return false;
  // "Ida Kjær": two words that begin with a capital.
  int capitals = 0;
  bool begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool danish = text[i] == '\xC3' && i + 1 < text.size() &&
                        (text[i + 1] == '\x86' || text[i + 1] == '\x98' ||
                         text[i + 1] == '\x85' || text[i + 1] == '\x89');
    if (begins && ((text[i] >= 'A' && text[i] <= 'Z') || danish)) ++capitals;
    begins = text[i] == ' ' || text[i] == '-' || text[i] == ',';
  }
  return capitals < 2;
}

}  // namespace samkoer::agent
