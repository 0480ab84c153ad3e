#include "clients/agent/config.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "clients/agent/config_checker.h"
#include "clients/agent/config_sources.h"
#include "clients/agent/text_decoder.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "clients/common/csv_reader.h"
#include "proto/limits.h"
#include "proto/plain_text.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::agent {
namespace {

constexpr std::uint32_t kDefaultRejectsLimitPercent = 5;
constexpr std::uint32_t kMaxAge = 120;
// Read by people on a sheet, never sent.
constexpr std::size_t kMaxContactTextBytes = 200;

bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                  c == '-';
         });
}

void CheckIdentity(const v1::AgentConfig& config, ConfigChecker& check) {
  constexpr std::string_view kIdRule =
      "must be 1 to 64 of a-z, 0-9 and '-', as in the policy";
  if (!IsId(config.department())) check.Refuse("department", kIdRule);
  if (!IsId(config.purpose())) check.Refuse("purpose", kIdRule);
  check.Need("matcher.address", config.matcher().address());
  check.Need("key_service.address", config.key_service().address());
  check.Need("tls.ca_file", config.tls().ca_file());
  check.Need("tls.certificate_file", config.tls().certificate_file());
  check.Need("tls.key_file", config.tls().key_file());
  check.Need("state_dir", config.state_dir());
  check.Need("cache_passphrase", config.cache_passphrase());
}

void CheckColumns(const v1::AgentConfig& config, ConfigChecker& check) {
  const v1::ColumnMap& columns = config.columns();
  check.Need("columns.cpr", columns.cpr());
  check.Need("columns.case_ref", columns.case_ref());
  check.Need("columns.opened", columns.opened());
  check.Need("columns.status", columns.status());
  if (columns.unit().empty() == config.fixed_unit().empty()) {
    check.Refuse(columns.unit().empty() ? "columns" : "fixed_unit",
                 "give either columns.unit or fixed_unit");
  }
  if (!columns.contact().empty() && !config.fixed_contact().empty()) {
    check.Refuse("fixed_contact", "give either columns.contact or this");
  }
  if (config.fixed_unit().size() > proto::kMaxUnitBytes) {
    check.Refuse("fixed_unit", "is longer than 64 bytes");
  }
  if (config.fixed_contact().size() > proto::kMaxContactBytes) {
    check.Refuse("fixed_contact", "is longer than 64 bytes");
  }
}

void CheckDialect(v1::AgentConfig& config, ConfigChecker& check,
                  DatePattern& date_pattern) {
  v1::CsvDialect& dialect = *config.mutable_dialect();
  if (dialect.delimiter().empty()) dialect.set_delimiter(";");
  if (dialect.encoding().empty()) dialect.set_encoding("utf-8");
  check.Refuse(
      "dialect.delimiter",
      clients::CsvReader::Create(dialect.delimiter(), nullptr).status());
  check.Refuse("dialect.encoding",
               TextDecoder::Create(dialect.encoding()).status());
  // A database and a workbook say themselves what is a day.
  if (dialect.date_format().empty() &&
      (config.has_odbc() || config.source_file().ends_with(".xlsx"))) {
    dialect.set_date_format("%Y-%m-%d");
  }
  check.Need("dialect.date_format", dialect.date_format());
  auto pattern = DatePattern::Parse(dialect.date_format());
  check.Refuse("dialect.date_format", pattern.status());
  if (pattern.ok()) date_pattern = *std::move(pattern);
}

void CheckWords(Config& out, ConfigChecker& check) {
  if (out.proto.open_words().empty()) {
    check.Refuse("open_words", "name at least one status word");
  }
  const auto add = [&](const auto& words, std::string_view field,
                       v1::CaseStatus status) {
    for (int i = 0; i < words.size(); ++i) {
      if (!out.status_words.emplace(FoldText(words[i]), status).second) {
        check.Refuse(clients::Cat(field, "[", i, "]"),
                     "the word stands twice (case does not matter)");
      }
    }
  };
  add(out.proto.open_words(), "open_words", v1::CASE_STATUS_OPEN);
  add(out.proto.closed_words(), "closed_words", v1::CASE_STATUS_CLOSED);
}

void CheckDomains(Config& out, ConfigChecker& check) {
  bool catch_all = false;
  for (int i = 0; i < out.proto.domains_size(); ++i) {
    const v1::DomainRule& rule = out.proto.domains(i);
    const std::string field = clients::Cat("domains[", i, "]");
    if (rule.domain() == v1::DOMAIN_UNSPECIFIED) {
      check.Refuse(field, "names no domain");
    }
    if (!out.domains.Add(rule.prefix(), rule.domain())) {
      check.Refuse(field, "the prefix stands twice");
    }
    catch_all = catch_all || rule.prefix().empty();
  }
  if (out.proto.domains().empty()) {
    check.Refuse("domains", "map at least one prefix to a domain");
  }
  if (out.proto.columns().kle().empty() && !catch_all) {
    check.Refuse("columns",
                 "without columns.kle, domains needs a rule with an empty "
                 "prefix that gives all rows their domain");
  }
}

void CheckPermitted(Config& out, ConfigChecker& check) {
  if (out.proto.permitted().empty()) {
    check.Refuse("permitted", "is missing: nothing may be sent");
  }
  for (int i = 0; i < out.proto.permitted_size(); ++i) {
    const v1::PermittedRange& range = out.proto.permitted(i);
    const std::string field = clients::Cat("permitted[", i, "]");
    if (range.age_from() >= range.age_below() || range.age_below() > kMaxAge) {
      check.Refuse(field, "age_from must be below age_below, at most 120");
    }
    for (const int domain : range.domains()) {
      if (domain == v1::DOMAIN_UNSPECIFIED) {
        check.Refuse(field, "names an unspecified domain");
      }
    }
  }
  out.permitted = Permitted::FromConfig(out.proto.permitted());
}

void CheckContacts(const v1::AgentConfig& config, ConfigChecker& check) {
  for (int i = 0; i < config.default_contacts_size(); ++i) {
    const v1::DefaultContact& one = config.default_contacts(i);
    const std::string field = clients::Cat("default_contacts[", i, "]");
    if (one.age_from() >= one.age_below() || one.age_below() > kMaxAge) {
      check.Refuse(field, "age_from must be below age_below, at most 120");
    }
    if (one.contact().empty() || one.contact().size() > kMaxContactTextBytes ||
        !proto::IsPlainLine(one.contact())) {
      check.Refuse(field, "contact must be one line of 1 to 200 bytes");
    }
    if (clients::ContainsCpr(one.contact())) {
      check.Refuse(field, "contact looks like a CPR number");
    }
    for (const int domain : one.domains()) {
      if (domain == v1::DOMAIN_UNSPECIFIED) {
        check.Refuse(field, "names an unspecified domain");
      }
    }
  }
}

// "file:PATH" is relative to the configuration too.
std::string ResolveSource(const std::string& path, const std::string& source) {
  constexpr std::string_view kFile = "file:";
  if (!source.starts_with(kFile)) return source;
  return clients::Cat(kFile,
                      clients::ResolvePath(path, source.substr(kFile.size())));
}

void ResolvePaths(const std::string& path, v1::AgentConfig& config) {
  const auto resolve = [&](std::string* value) {
    *value = clients::ResolvePath(path, *value);
  };
  if (config.rejects_file().empty()) {
    config.set_rejects_file(clients::Cat(config.state_dir(), "/rejects.csv"));
  }
  resolve(config.mutable_source_file());
  resolve(config.mutable_state_dir());
  resolve(config.mutable_rejects_file());
  resolve(config.mutable_number_map_file());
  resolve(config.mutable_tls()->mutable_ca_file());
  resolve(config.mutable_tls()->mutable_certificate_file());
  resolve(config.mutable_tls()->mutable_key_file());
  config.set_cache_passphrase(ResolveSource(path, config.cache_passphrase()));
  ResolveSourcePaths(path, config);
}

}  // namespace

absl::StatusOr<Config> ParseConfig(std::string_view text,
                                   const std::string& path) {
  Config out;
  if (absl::Status status = proto::ParseYaml(text, path, out.proto);
      !status.ok()) {
    return status;
  }
  ConfigChecker check(text, path);
  CheckIdentity(out.proto, check);
  CheckDialect(out.proto, check, out.date_pattern);
  CheckColumns(out.proto, check);
  CheckWords(out, check);
  CheckDomains(out, check);
  CheckPermitted(out, check);
  CheckContacts(out.proto, check);
  CheckSources(out.proto, check);
  CheckCriteria(out.proto, check);
  CheckRun(out.proto, check);
  if (!out.proto.has_rejects_limit_percent()) {
    out.proto.set_rejects_limit_percent(kDefaultRejectsLimitPercent);
  }
  if (out.proto.rejects_limit_percent() > 100) {
    check.Refuse("rejects_limit_percent", "must be 0 to 100");
  }
  if (out.proto.closed_cases() == v1::CLOSED_CASES_UNSPECIFIED) {
    out.proto.set_closed_cases(v1::CLOSED_CASES_OMIT);
  }
  if (!check.ok()) return check.status();
  ResolvePaths(path, out.proto);
  return out;
}

absl::StatusOr<Config> LoadConfig(const std::string& path) {
  auto text = clients::ReadSmallFile(path);
  if (!text.ok()) return text.status();
  return ParseConfig(*text, path);
}

}  // namespace samkoer::agent
