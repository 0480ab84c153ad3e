#include "clients/agent/config_sources.h"

#include <algorithm>
#include <set>

#include "clients/agent/odbc_source.h"
#include "clients/agent/words.h"
#include "proto/limits.h"

namespace samkoer::agent {
namespace {

constexpr std::uint32_t kMaxDays = 36'525;
constexpr std::uint32_t kMaxAge = 120;

bool IsWord(std::string_view text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_';
         });
}

bool IsCode(std::string_view text) {
  return !text.empty() && text.size() <= proto::kMaxCriterionBytes &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
         });
}

void CheckOdbc(const v1::OdbcSource& odbc, bool needs_query,
               ConfigChecker& check) {
  check.Need("odbc.connection", odbc.connection());
  check.Refuse("odbc.connection", CheckConnection(odbc.connection()));
  check.Refuse("odbc.password", CheckPassword(odbc.password()));
  if (needs_query || !odbc.query().empty()) {
    check.Need("odbc.query", odbc.query());
    check.Refuse("odbc.query", CheckQuery(odbc.query()));
  }
  constexpr std::uint32_t kMostSeconds = 24 * 3600;
  if (odbc.timeout_seconds() > kMostSeconds) {
    check.Refuse("odbc.timeout_seconds", "is more than a day");
  }
  if (odbc.connect_seconds() > kMostSeconds) {
    check.Refuse("odbc.connect_seconds", "is more than a day");
  }
}

// Kinds that a condition names, all of which must be known.
class KindChecker {
 public:
  KindChecker(const v1::LifeEvents& events, ConfigChecker& check)
      : check_(check) {
    for (const auto& one : events.kinds()) known_.insert(one.kind());
    known_.erase("");
  }
  template <typename Kinds>
  void Check(const std::string& field, const Kinds& kinds) {
    if (kinds.empty()) check_.Refuse(field, "name at least one kind");
    for (const std::string& kind : kinds) {
      if (known_.count(kind) == 0) {
        check_.Refuse(field,
                      clients::Cat("'", kind, "' is no kind of events.kinds"));
      }
    }
  }

 private:
  std::set<std::string> known_;
  ConfigChecker& check_;
};

void CheckDays(const std::string& field, std::uint32_t days, bool needed,
               ConfigChecker& check) {
  if (needed && days == 0) check.Refuse(field, "within_days is missing");
  if (days > kMaxDays) check.Refuse(field, "within_days is over 100 years");
}

void CheckCondition(const std::string& field,
                    const v1::CriterionCondition& condition, KindChecker& kinds,
                    ConfigChecker& check) {
  const int given = condition.has_not_straight_into() +
                    condition.has_interrupted() + condition.has_without() +
                    condition.has_shifts();
  if (given != 1) {
    check.Refuse(field,
                 "give one of not_straight_into, interrupted, without, shifts");
    return;
  }
  if (condition.has_not_straight_into()) {
    const auto& rule = condition.not_straight_into();
    kinds.Check(field, rule.after());
    kinds.Check(field, rule.into());
    CheckDays(field, rule.within_days(), true, check);
  } else if (condition.has_interrupted()) {
    kinds.Check(field, condition.interrupted().kinds());
    CheckDays(field, condition.interrupted().within_days(), false, check);
  } else if (condition.has_without()) {
    kinds.Check(field, condition.without().kinds());
  } else {
    const auto& rule = condition.shifts();
    kinds.Check(field, rule.kinds());
    CheckDays(field, rule.within_days(), false, check);
    if (rule.at_least() == 0) check.Refuse(field, "at_least is missing");
  }
}

void CheckEvents(const v1::AgentConfig& config, ConfigChecker& check) {
  const v1::LifeEvents& events = config.events();
  if (events.file().empty() == events.query().empty()) {
    check.Refuse("events", "give either file or query");
  }
  if (!events.query().empty()) {
    check.Refuse("events.query", CheckQuery(events.query()));
    if (!config.has_odbc()) {
      check.Refuse("events.query", "needs `odbc`, which names the database");
    }
  }
  check.Need("events.columns.cpr", events.columns().cpr());
  check.Need("events.columns.kind", events.columns().kind());
  check.Need("events.columns.from", events.columns().from());
  if (events.kinds().empty()) {
    check.Refuse("events", "kinds: map at least one prefix to a kind");
  }
  std::set<std::string> seen;
  for (int i = 0; i < events.kinds_size(); ++i) {
    const auto& one = events.kinds(i);
    const std::string field = clients::Cat("events.kinds[", i, "]");
    if (!one.kind().empty() && !IsWord(one.kind())) {
      check.Refuse(field, "kind must be of a-z, 0-9, '-' and '_'");
    }
    if (!seen.insert(FoldText(one.prefix())).second) {
      check.Refuse(field, "the prefix stands twice");
    }
  }
  if (!events.completed_words().empty() && events.columns().outcome().empty()) {
    check.Refuse("events.completed_words", "needs events.columns.outcome");
  }
}

}  // namespace

void CheckSources(v1::AgentConfig& config, ConfigChecker& check) {
  const int given = !config.source_file().empty() + config.has_drop() +
                    !config.odbc().query().empty();
  if (given == 0) {
    check.Refuse("source_file",
                 "is missing; give it, or odbc with a query, or drop");
  }
  if (given > 1) {
    check.Refuse(config.has_drop() ? "drop" : "odbc",
                 "give one of source_file, odbc.query and drop");
  }
  if (config.has_odbc()) {
    CheckOdbc(config.odbc(), config.events().query().empty(), check);
  }
  std::set<std::string> files;
  for (int i = 0; i < config.joined_size(); ++i) {
    v1::JoinedFile& file = *config.mutable_joined(i);
    const std::string field = clients::Cat("joined[", i, "]");
    if (file.file().empty()) check.Refuse(field, "file is missing");
    if (file.key().empty()) check.Refuse(field, "key is missing");
    if (file.file_key().empty()) file.set_file_key(file.key());
    if (!files.insert(file.file() + '\n' + file.sheet()).second) {
      check.Refuse(field, "the file is joined twice");
    }
  }
  if (!config.has_drop()) return;
  v1::DropFolder& drop = *config.mutable_drop();
  check.Need("drop.folder", drop.folder());
  if (drop.pattern().empty()) drop.set_pattern("*");
  if (drop.pattern().find('/') != std::string::npos) {
    check.Refuse("drop.pattern", "is for names, and must not hold '/'");
  }
  if (drop.quiet_seconds() == 0) drop.set_quiet_seconds(60);
  if (drop.keep_days() == 0) drop.set_keep_days(30);
  if (drop.keep_days() > kMaxDays) check.Refuse("drop.keep_days", "too long");
}

void CheckCriteria(const v1::AgentConfig& config, ConfigChecker& check) {
  if (config.criteria().empty()) {
    if (config.has_events()) {
      check.Refuse("events", "is read for criteria, and there are none");
    }
    return;
  }
  if (!config.has_events()) {
    check.Refuse("criteria", "needs `events`, from which it is judged");
    return;
  }
  CheckEvents(config, check);
  KindChecker kinds(config.events(), check);
  std::set<std::string> codes;
  for (int i = 0; i < config.criteria_size(); ++i) {
    const v1::CriterionRule& rule = config.criteria(i);
    const std::string field = clients::Cat("criteria[", i, "]");
    if (!IsCode(rule.code())) {
      check.Refuse(field,
                   "code must be 1 to 32 of letters, digits, '.', '_', '-'");
    }
    if (!codes.insert(rule.code()).second) {
      check.Refuse(field, "the code stands twice; use `any`");
    }
    if (rule.age_from() >= rule.age_below() || rule.age_below() > kMaxAge) {
      check.Refuse(field, "age_from must be below age_below, at most 120");
    }
    if (rule.all().empty() && rule.any().empty()) {
      check.Refuse(field, "give conditions in `all` or `any`");
    }
    for (int j = 0; j < rule.all_size(); ++j) {
      CheckCondition(clients::Cat(field, ".all[", j, "]"), rule.all(j), kinds,
                     check);
    }
    for (int j = 0; j < rule.any_size(); ++j) {
      CheckCondition(clients::Cat(field, ".any[", j, "]"), rule.any(j), kinds,
                     check);
    }
  }
}

int ParseClock(std::string_view text) {
  const auto digit = [&](std::size_t at) {
    return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : 100;
  };
  if (text.size() != 5 || text[2] != ':') return -1;
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : -1;
}

void CheckRun(v1::AgentConfig& config, ConfigChecker& check) {
  v1::RunSettings& run = *config.mutable_run();
  if (run.daily_at().empty()) run.set_daily_at("02:00");
  if (ParseClock(run.daily_at()) < 0) {
    check.Refuse("run.daily_at", "must be HH:MM");
  }
  if (!run.has_jitter_minutes()) run.set_jitter_minutes(45);
  if (run.jitter_minutes() > 12 * 60) {
    check.Refuse("run.jitter_minutes", "is more than half a day");
  }
  if (run.retry_seconds() == 0) run.set_retry_seconds(60);
  if (run.retry_most_seconds() == 0) {
    run.set_retry_most_seconds(std::max(3600u, run.retry_seconds()));
  }
  if (run.retry_most_seconds() < run.retry_seconds()) {
    check.Refuse("run.retry_most_seconds", "is below retry_seconds");
  }
  if (run.retry_most_seconds() > 24 * 3600) {
    check.Refuse("run.retry_most_seconds", "is more than a day");
  }
  if (run.poll_seconds() == 0) run.set_poll_seconds(15);
  if (run.healthy_hours() == 0) run.set_healthy_hours(36);
}

void ResolveSourcePaths(const std::string& path, v1::AgentConfig& config) {
  const auto resolve = [&](std::string* value) {
    *value = clients::ResolvePath(path, *value);
  };
  for (v1::JoinedFile& file : *config.mutable_joined()) {
    resolve(file.mutable_file());
  }
  if (config.has_events()) resolve(config.mutable_events()->mutable_file());
  if (config.has_odbc()) {
    constexpr std::string_view kFile = "file:";
    std::string& password = *config.mutable_odbc()->mutable_password();
    if (password.starts_with(kFile)) {
      password = clients::Cat(
          kFile, clients::ResolvePath(path, password.substr(kFile.size())));
    }
  }
  const std::string& state = config.state_dir();
  if (config.has_drop()) {
    v1::DropFolder& drop = *config.mutable_drop();
    resolve(drop.mutable_folder());
    if (drop.archive_folder().empty()) {
      drop.set_archive_folder(clients::Cat(state, "/archive"));
    } else {
      resolve(drop.mutable_archive_folder());
    }
    if (drop.refused_folder().empty()) {
      drop.set_refused_folder(clients::Cat(state, "/refused"));
    } else {
      resolve(drop.mutable_refused_folder());
    }
  }
  std::string& metrics = *config.mutable_run()->mutable_metrics_file();
  if (metrics.empty()) {
    metrics = clients::Cat(state, "/metrics.prom");
  } else {
    metrics = clients::ResolvePath(path, metrics);
  }
}

}  // namespace samkoer::agent
