#include "clients/alerts/alert_words.h"

#include <iterator>
#include <span>

#include "absl/strings/ascii.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

template <typename E>
struct Word {
  E value;
  const char* danish;
  const char* english;
};

constexpr Word<v1::AlertState> kStates[] = {
    {v1::ALERT_STATE_IDENTIFIED, "identificeret", "identified"},
    {v1::ALERT_STATE_OFFERED, "tilbudt", "offered"},
    {v1::ALERT_STATE_NOMINATED, "indstillet", "nominated"},
    {v1::ALERT_STATE_CONFERENCE_PLANNED, "konference planlagt",
     "conference planned"},
    {v1::ALERT_STATE_GUIDE_ASSIGNED, "ungeguide tildelt", "guide assigned"},
    {v1::ALERT_STATE_PLAN_ACTIVE, "plan i gang", "plan active"},
    {v1::ALERT_STATE_CLOSED, "afsluttet", "closed"},
    {v1::ALERT_STATE_DECLINED, "afslået", "declined"},
    {v1::ALERT_STATE_WITHDRAWN, "trukket tilbage", "withdrawn"},
};

constexpr Word<v1::Domain> kDomains[] = {
    {v1::DOMAIN_EMPLOYMENT, "Beskæftigelse", "Employment"},
    {v1::DOMAIN_EDUCATION, "Uddannelse", "Education"},
    {v1::DOMAIN_FAMILY, "Familie", "Family"},
    {v1::DOMAIN_SOCIAL, "Social", "Social"},
    {v1::DOMAIN_DISABILITY_PSYCHIATRY, "Handicap og psykiatri",
     "Disability and psychiatry"},
    {v1::DOMAIN_HOUSING_ECONOMY, "Bolig og økonomi", "Housing and economy"},
    {v1::DOMAIN_CRIME_PREVENTION, "Kriminalitetsforebyggelse",
     "Crime prevention"},
};

constexpr Word<std::string_view> kEvents[] = {
    {"opened", "oprettet", "opened"},
    {"participants-changed", "sager ændret", "cases changed"},
    {"state-set", "tilstand sat", "state set"},
    {"withdrawn", "trukket tilbage", "withdrawn"},
    {"reopened", "genåbnet", "reopened"},
    {"rule-changed", "regel ændret", "rule changed"},
    {"nominated", "indstillet", "nominated"},
    {"nomination-ended", "indstilling bortfaldet", "nomination ended"},
    {"matched", "fundet ved sammenfald", "matched"},
    {"rule-ceased", "regel gælder ikke længere", "rule ceased"},
    {"offer", "tilbudt", "offered"},
    {"assign_guide", "ungeguide valgt", "guide assigned"},
    {"answer_guide", "ungeguide har svaret", "guide answered"},
    {"appoint_caseworker", "koordinerende sagsbehandler udpeget",
     "caseworker appointed"},
    {"appoint_contact_person", "kontaktperson udpeget",
     "contact person appointed"},
    {"continue_contact_person", "kontaktperson fortsætter",
     "contact person goes on"},
    {"end_contact_person", "kontaktperson ophørt", "contact person ended"},
    {"set_plan", "plan opdateret", "plan set"},
    {"record_consent", "samtykke noteret", "consent recorded"},
    {"join_measure", "indsats taget med", "measure joined"},
    {"leave_measure", "indsats taget ud igen", "measure left"},
    {"request_handover", "overdragelse ønsket", "handover requested"},
    {"handover-answered", "overdragelse besvaret", "handover answered"},
    {"plan_half_year", "halvår planlagt", "half-year planned"},
    {"set_marker", "mærke sat eller fjernet", "mark changed"},
    {"action_done", "handling gjort", "action done"},
    {"conference-added", "sat på konference", "put on a conference"},
    {"conference-removed", "taget af konference", "taken off a conference"},
    {"conference-rescheduled", "konferencen har fået ny tid eller nyt sted",
     "the conference has another time or place"},
    {"conference-moved", "flyttet til anden konference",
     "moved to another conference"},
    {"conference-action", "handling aftalt", "action agreed"},
    {"conference-held", "konference holdt", "conference held"},
    {"conference-cancelled", "konference aflyst", "conference cancelled"},
    {"due", "frist eller overgang markeret", "deadline or transition raised"},
};

// Lower case, word breaks as one space. The Danish letters in the words are
// ASCII-lowered only; "AFSLÅET" is covered by its own spelling below.
std::string Normalize(std::string_view word) {
  std::string out;
  for (char c : word) {
    if (c == '-' || c == '_' || c == ' ') {
      if (!out.empty() && out.back() != ' ') out += ' ';
    } else {
      out += absl::ascii_tolower(c);
    }
  }
  // "Å" in UTF-8; the last byte of "å" is another.
  for (std::size_t at; (at = out.find("\xC3\x85")) != std::string::npos;) {
    out[at + 1] = '\xA5';
  }
  return std::string(absl::StripAsciiWhitespace(out));
}

absl::StatusOr<v1::AlertState> ParseAmong(
    std::span<const Word<v1::AlertState>> states, std::string_view word,
    Language language) {
  std::string wanted = Normalize(word);
  if (wanted.starts_with("alert state ")) wanted.erase(0, 12);
  std::string known;
  for (const auto& state : states) {
    if (wanted == state.danish || wanted == state.english) return state.value;
    known += Cat(known.empty() ? "" : ", ",
                 Say(language, state.danish, state.english));
  }
  return WithHint(absl::InvalidArgumentError(Say(
                      language, "det er ingen tilstand", "this is no state")),
                  Cat(Say(language, "brug en af: ", "use one of: "), known));
}

}  // namespace

std::string StateText(v1::AlertState state, Language language) {
  for (const auto& word : kStates) {
    if (word.value == state) {
      return Say(language, word.danish, word.english);
    }
  }
  return Cat(Say(language, "ukendt tilstand ", "unknown state "),
             static_cast<int>(state));
}

std::string DomainText(v1::Domain domain, Language language) {
  for (const auto& word : kDomains) {
    if (word.value == domain) {
      return Say(language, word.danish, word.english);
    }
  }
  return Cat(Say(language, "ukendt område ", "unknown domain "),
             static_cast<int>(domain));
}

std::string EventText(std::string_view event, Language language) {
  for (const auto& word : kEvents) {
    if (word.value == event) {
      return Say(language, word.danish, word.english);
    }
  }
  return std::string(event);
}

absl::StatusOr<v1::AlertState> ParseState(std::string_view word,
                                          Language language) {
  return ParseAmong(kStates, word, language);
}

absl::StatusOr<v1::AlertState> ParseSettableState(std::string_view word,
                                                  Language language) {
  // The last one is the rule's alone.
  static_assert(std::end(kStates)[-1].value == v1::ALERT_STATE_WITHDRAWN);
  const std::span<const Word<v1::AlertState>> all(kStates);
  const auto state = ParseAmong(all.first(all.size() - 1), word, language);
  if (state.ok() || !ParseState(word, language).ok()) return state;
  return WithHint(absl::InvalidArgumentError(
                      Say(language, "den tilstand sætter kun reglen selv",
                          "the rule alone sets that state")),
                  HintOf(state.status()));
}

}  // namespace samkoer::clients
