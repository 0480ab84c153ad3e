#include "clients/agent/setup_proposal.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "clients/agent/domain_map.h"
#include "clients/agent/sample_facts.h"
#include "clients/agent/setup_columns.h"
#include "clients/agent/setup_words.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

using clients::Cat;

constexpr std::size_t kMostStatusWords = 12;
constexpr std::size_t kMostKinds = 2000;
// How a workbook and a database write days.
constexpr const char* kTyped = "%Y-%m-%d";
// Kinds that are no KLE codes, and are asked for one by one.
constexpr std::size_t kMostWordKinds = 20;
std::string DomainName(v1::Domain domain) {
  return v1::Domain_Name(domain).substr(std::string_view("DOMAIN_").size());
}

std::vector<std::string> DomainNames() {
  std::vector<std::string> names;
  for (int i = v1::Domain_MIN + 1; i <= v1::Domain_MAX; ++i) {
    if (v1::Domain_IsValid(i)) {
      names.push_back(DomainName(static_cast<v1::Domain>(i)));
    }
  }
  names.emplace_back("-");
  return names;
}

void ProposeIdentity(const SetupAnswers& answers, SetupProposal& proposal) {
  v1::AgentConfig& config = proposal.config;
  const auto ask = [&](const std::string& value, const char* key,
                       const char* text, const char* flag) {
    if (value.empty()) {
      proposal.questions.push_back({key, text, {}, "", flag});
    }
  };
  ask(config.tls().certificate_file(), "tls.certificate_file",
      "Your department's certificate (PEM file)?", "--certificate FILE");
  ask(config.tls().key_file(), "tls.key_file", "Its key (PEM file)?",
      "--key FILE");
  ask(config.tls().ca_file(), "tls.ca_file",
      "The municipality's CA certificate (PEM file)?", "--ca FILE");
  ask(config.matcher().address(), "matcher.address",
      "The matcher's address (host:port)?", "--matcher HOST:PORT");
  ask(config.key_service().address(), "key_service.address",
      "The key service's address (host:port)?", "--key-service HOST:PORT");
  ask(config.department(), "department",
      "Your department's id, as in the policy and the certificate?",
      "--department ID");
  ask(config.purpose(), "purpose",
      "The purpose, as in the policy (for example ungeindsats)?",
      "--purpose ID");
  if (config.state_dir().empty() && !config.department().empty()) {
    config.set_state_dir(Cat("/var/lib/samkoer-agent/", config.department()));
    proposal.findings.push_back(
        {"state_dir", config.state_dir(), "where the packages' units keep it"});
  }
  if (config.cache_passphrase().empty()) {
    config.set_cache_passphrase("credential:agent-passphrase");
    proposal.findings.push_back({"cache_passphrase", config.cache_passphrase(),
                                 "what the packages' units hand over"});
  }
  // What is permitted the law says, and the lawyers; no sample can.
  if (config.permitted().empty() || (config.permitted(0).age_from() == 0 &&
                                     answers.none.count("age_from") == 0)) {
    proposal.questions.push_back(
        {"age_from",
         "From which age may cases be sent (inclusive)?",
         {},
         "",
         "--age-from YEARS"});
  }
  if (config.permitted().empty() || config.permitted(0).age_below() == 0) {
    proposal.questions.push_back(
        {"age_below",
         "Below which age may cases be sent (exclusive)?",
         {},
         "",
         "--age-below YEARS"});
  }
}

// The pattern that reads the dates of the chosen columns, and the null words
// among them.
void ProposeDates(const SampleTable& sample,
                  const std::vector<ColumnFacts>& facts, const FoundColumns& at,
                  SetupProposal& proposal) {
  v1::CsvDialect& dialect = *proposal.config.mutable_dialect();
  ColumnFacts sum;
  std::set<std::string> nulls(dialect.null_words().begin(),
                              dialect.null_words().end());
  for (const int column : {at.opened, at.closed}) {
    if (column < 0) continue;
    const ColumnFacts& one = facts[static_cast<std::size_t>(column)];
    sum.filled += one.filled;
    for (std::size_t i = 0; i < sum.dates.size(); ++i) {
      sum.dates[i] += one.dates[i];
    }
    if (one.null_words == 0) continue;
    for (std::size_t row = 0; row < sample.rows(); ++row) {
      const std::string_view cell =
          sample.Cell(row, static_cast<std::size_t>(column));
      if (IsNullWord(cell) && nulls.insert(std::string(cell)).second) {
        dialect.add_null_words(std::string(cell));
        proposal.findings.push_back({"dialect.null_words", Cat("'", cell, "'"),
                                     "stands where a date is missing"});
      }
    }
  }
  if (!dialect.date_format().empty()) return;
  // A workbook and a database write the days of typed cells as the pattern
  // says, and the sample was read with this one.
  const bool typed = proposal.config.has_odbc() || proposal.config.has_xlsx();
  const std::size_t best = sum.BestFormat();
  std::size_t iso = 0;
  while (std::string_view(kDateFormats[iso]) != kTyped) ++iso;
  if (sum.dates[best] == 0) {
    if (typed && sum.filled == 0) {
      dialect.set_date_format(kTyped);
      return;
    }
    proposal.questions.push_back({"dialect.date_format",
                                  "How are dates written? (%d day, %m month, "
                                  "%B its Danish name, %Y year: "
                                  "%d-%m-%Y)",
                                  {},
                                  "",
                                  "--date-format PATTERN"});
    return;
  }
  // Typed days read as they are whatever the pattern: texts decide.
  std::size_t chosen = best;
  if (typed && best == iso) {
    std::size_t most = 0;
    for (std::size_t i = 0; i < sum.dates.size(); ++i) {
      if (i != iso && sum.dates[i] > most) {
        most = sum.dates[i];
        chosen = i;
      }
    }
  }
  dialect.set_date_format(kDateFormats[chosen]);
  proposal.findings.push_back(
      {"dialect.date_format", kDateFormats[chosen],
       Cat("reads ", sum.dates[best] + (chosen != best ? sum.dates[chosen] : 0),
           " of ", sum.filled, " dates")});
  const auto dates_of = [&](std::string_view format) {
    std::size_t i = 0;
    while (kDateFormats[i] != format) ++i;
    return sum.dates[i];
  };
  if (std::string_view(kDateFormats[chosen]) == "%d/%m/%Y" &&
      dates_of("%m/%d/%Y") == sum.dates[chosen]) {
    proposal.notes.push_back(
        "dialect.date_format: %m/%d/%Y reads the dates as well, since no day "
        "is after the 12th; --date-format if months stand first");
  }
}

// Has the case of a row ended by `day`? An end that is planned ("31-12-2099")
// says nothing, nor one that does not read.
std::function<bool(std::size_t)> EndsBy(const CivilDate& day,
                                        const SampleTable& sample, int closed,
                                        const v1::AgentConfig& config) {
  auto pattern = DatePattern::Parse(config.dialect().date_format());
  if (closed < 0 || !pattern.ok()) return {};
  const auto typed = DatePattern::Parse(kTyped);
  const bool has_typed = config.has_odbc() || config.has_xlsx();
  return [=, &sample, pattern = *std::move(pattern)](std::size_t row) {
    const std::string_view cell =
        sample.Cell(row, static_cast<std::size_t>(closed));
    auto end = pattern.Read(cell, day);
    if (!end.ok() && has_typed) end = typed->Read(cell, day);
    return end.ok() && *end <= day;
  };
}

// Asks what a word means that no list knows. Ends that lie in the past make a
// suggestion, and never more; that none has ended suggests nothing, since a
// case that was refused or made by mistake has no end either.
void AskStatus(const ColumnWord& word, const CivilDate& day,
               SetupProposal& proposal) {
  proposal.questions.push_back(
      {Cat("status.", word.text),
       Cat("Does the status '", word.text, "' (", word.count,
           " rows, of which ", word.ended, " have an end by ",
           FormatIsoDay(day),
           ") mean that a case is open or closed? (- sets such rows aside)"),
       {"open", "closed", "-"},
       word.ended == word.count ? "closed" : "",
       Cat("--open or --closed or --ignore-status '", word.text, "'")});
}

void ProposeStatus(const SetupAnswers& answers, const SampleTable& sample,
                   const FoundColumns& at, const CivilDate& day,
                   SetupProposal& proposal) {
  v1::AgentConfig& config = proposal.config;
  std::set<std::string> said;
  for (const auto* words : {&config.open_words(), &config.closed_words()}) {
    for (const std::string& word : *words) said.insert(FoldText(word));
  }
  if (at.status < 0) return;
  const auto words =
      WordsOf(sample, static_cast<std::size_t>(at.status), kMostStatusWords,
              {at.cpr, EndsBy(day, sample, at.closed, config)});
  if (words.empty()) {
    proposal.notes.push_back(
        Cat("columns.status: the column has no status words, or more than ",
            kMostStatusWords));
  }
  std::size_t hidden = 0;
  for (const ColumnWord& word : words) {
    if (said.count(FoldText(word.text)) != 0 ||
        answers.none.count(Cat("status.", FoldText(word.text))) != 0) {
      continue;
    }
    const v1::CaseStatus status = UsualStatus(word.text);
    if (status == v1::CASE_STATUS_UNSPECIFIED) {
      if (word.people < kShownFrom || !IsShowableWord(word.text)) {
        hidden += word.count;
      } else {
        AskStatus(word, day, proposal);
      }
      continue;
    }
    const bool open = status == v1::CASE_STATUS_OPEN;
    *(open ? config.add_open_words() : config.add_closed_words()) =
        std::string(word.text);
    proposal.findings.push_back(
        {open ? "open_words" : "closed_words", Cat("'", word.text, "'"),
         Cat(word.count, " rows; what the word means")});
  }
  if (hidden > 0) {
    proposal.notes.push_back(
        Cat(hidden,
            " rows have a status that is not shown (it stands with few "
            "people, or does not look like a status word): such rows are set "
            "aside, unless --open or --closed names it"));
  }
  const bool asked = std::any_of(
      proposal.questions.begin(), proposal.questions.end(),
      [](const SetupQuestion& one) { return one.key.starts_with("status."); });
  if (config.open_words().empty() && !asked) {
    proposal.questions.push_back(
        {"open_words", "Which status word means open?", {}, "", "--open WORD"});
  }
}

void ProposeDomains(const SetupAnswers& answers, const SampleTable& sample,
                    const std::vector<ColumnFacts>& facts,
                    const FoundColumns& at, SetupProposal& proposal) {
  v1::AgentConfig& config = proposal.config;
  DomainMap said;
  for (const v1::DomainRule& rule : config.domains()) {
    said.Add(rule.prefix(), rule.domain());
  }
  if (at.kind < 0) {
    if (said.Find("") == v1::DOMAIN_UNSPECIFIED &&
        config.columns().kle().empty()) {
      proposal.questions.push_back({"domain.", "Of which domain are all cases?",
                                    DomainNames(), "", "--domain =DOMAIN"});
    }
    return;
  }
  const ColumnFacts& column = facts[static_cast<std::size_t>(at.kind)];
  const bool codes = column.Mostly(column.kle, 60);
  const auto words = WordsOf(sample, static_cast<std::size_t>(at.kind),
                             codes ? kMostKinds : kMostWordKinds, {at.cpr, {}});
  std::map<std::string, std::size_t> settled, open, finer;
  std::map<std::string, v1::Domain> usual;
  std::size_t hidden = words.empty() ? column.filled : 0;
  for (const ColumnWord& word : words) {
    if (said.Find(word.text) != v1::DOMAIN_UNSPECIFIED) continue;
    if (codes && IsKle(word.text)) {
      if (const auto found = FindUsualDomain(word.text)) {
        settled[std::string(found->prefix)] += word.count;
        usual[std::string(found->prefix)] = found->domain;
      } else {
        open[std::string(word.text.substr(0, 5))] += word.count;
        ++finer[std::string(word.text.substr(0, 5))];
      }
    } else if (!codes && word.people >= kShownFrom &&
               IsShowableWord(word.text)) {
      open[std::string(word.text)] += word.count;
    } else {
      hidden += word.count;
    }
  }
  for (const auto& [prefix, count] : settled) {
    v1::DomainRule& rule = *config.add_domains();
    rule.set_prefix(prefix);
    rule.set_domain(usual[prefix]);
    proposal.findings.push_back(
        {"domains", Cat("'", prefix, "' is ", DomainName(rule.domain())),
         Cat(count, " rows; what the group commonly is")});
  }
  for (const auto& [prefix, count] : open) {
    if (answers.none.count(Cat("domain.", FoldText(prefix))) != 0) continue;
    proposal.questions.push_back(
        {Cat("domain.", prefix),
         Cat("Of which domain is '", prefix, "' (", count, " rows",
             finer[prefix] > 1 ? Cat(" of ", finer[prefix],
                                     " codes; a longer start names one of them")
             : codes           ? ""
                               : ", and whatever else begins so",
             ")? (- sets such rows aside)"),
         DomainNames(), "",
         Cat("--domain '", prefix, "=DOMAIN', or --domain '", prefix, "=-'")});
  }
  if (hidden == 0) return;
  proposal.notes.push_back(
      Cat(hidden,
          " rows have a kind that is not shown (it stands with few people, "
          "there are too many, or it looks like no kind): such rows are set "
          "aside, unless --domain names the start of it"));
  if (config.domains().empty() && open.empty()) {
    proposal.questions.push_back({"domain.",
                                  "Of which domain are all other cases?",
                                  DomainNames(), "", "--domain =DOMAIN"});
  }
}

}  // namespace

SetupProposal Propose(const SetupAnswers& answers, const SampleTable& sample,
                      const CivilDate& day) {
  SetupProposal proposal;
  proposal.config = answers.config;
  ProposeIdentity(answers, proposal);
  const auto facts = LookAtColumns(sample, day);
  const FoundColumns at = ProposeColumns(answers, sample, facts, proposal);
  ProposeDates(sample, facts, at, proposal);
  ProposeStatus(answers, sample, at, day, proposal);
  ProposeDomains(answers, sample, facts, at, proposal);
  return proposal;
}

}  // namespace samkoer::agent
