// samkoer-agent: hands a department's cases to the matcher, without its CPR
// numbers.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "clients/agent/commands.h"
#include "clients/common/cli.h"
#include "crypto/secret.h"
#include "proto/usage_text.h"

namespace {

using samkoer::agent::SetupOptions;

constexpr const char* kAbout =
    R"(Hands a department's cases to the matcher, without its CPR numbers.

Reads the export, sets aside what is wrong, keeps what the law does not let
out, turns CPR numbers into pseudonyms with the key service, and sends the
minimal records to the matcher. Try `check` first: it sends nothing.)";

constexpr const char* kExitCodes =
    R"(The configuration and the exit codes: docs/agent.md.
Exit codes: 0 done; 2 done, but more rows were set aside than
rejects_limit_percent allows; 64 wrong usage; 65 the export cannot be read;
66 a file is missing; 69 a server is away, try again; 70 software; 74 a file
of the agent's own is damaged; 77 not permitted, or the department is switched
off; 78 configuration, or the matcher refused the push.)";

constexpr const char* kPushHelp =
    R"(Sends the export: all of it (a snapshot), or changes (--delta).
Of a snapshot only what differs travels. Rows that are set aside do not stop
the others; if they are many, push says so at its end with exit code 2. A push
that was interrupted goes on where it stopped when it is run again. Nothing is
queued on disk: if the key service is away, run it again later.
A delta states, for each case it mentions, all persons of the case. Closed
cases are sent as closed; a case that may no longer be sent (the age, the
legal basis) is withdrawn.)";

constexpr const char* kRunHelp =
    R"(The service: pushes a snapshot each day at run.daily_at, or each file that comes
into the drop folder, until it is told to end (SIGTERM). What may pass is tried
again, ever less often. Figures for Prometheus (run.metrics_file), the last
result (last-result.json) and its own state stand in state_dir.)";

constexpr const char* kAskHelp =
    R"(Asks the coordinator whether somebody belongs to the target group, or
(--dropout) about drop-out of people outside it. Nothing of it is matched, and
it must name nobody: no CPR number, no name, no case reference.)";

constexpr const char* kInboxHelp =
    R"(Lists your own cases that the coordinator has convened, the conferences where
they are spoken of, handovers that wait for your answer, and notices: cases
of persons who were erased. See whether your own data must be erased too. If the
person has objected, leave the case out of the export: it is not taken in.
A notice that nobody acknowledges is deleted after 30 days.)";

constexpr const char* kSetupHelp =
    R"(Proposes a configuration for a sample of your export, and writes it (--config).
Looks at the sample (CSV in any dialect, XLSX, a query), finds the columns, the
dialect, the status words and the domains, and says why. On a terminal it asks
what the sample does not tell; elsewhere every question is a flag. Shows what
would be sent, as `check` does. Sends nothing; asks no server but the matcher,
with --ask-matcher. Beside what `check` shows nothing of a row is printed: only
names of columns, counts, status words and starts of KLE codes. Never overwrites
a file unless told to.)";

constexpr const char* kContactsHelp =
    R"(Lists your own open cases that stand in no coordinated effort according to your
inbox, each with its default contact (default_contacts of the configuration), as
a sheet to print (in Danish). Only case references and contacts. That a case is
on the list does not say that nobody else knows the person: the matcher tells
nobody that. Exit code 2: some cases have no contact.)";

// --column cpr=Cprnr. and the like: the keys are those of setup_proposal.h.
void AddSetupAnswers(CLI::App& command, SetupOptions& setup) {
  const auto text = [&](const char* flag, const char* key, const char* type,
                        const char* help) {
    command
        .add_option_function<std::string>(
            flag,
            [&setup, key](const std::string& value) {
              setup.answers.emplace_back(key, value);
            },
            help)
        ->type_name(type);
  };
  text("--department", "department", "ID",
       "Your department, if the certificate does not say it");
  text("--purpose", "purpose", "ID", "The purpose, as in the policy");
  text("--matcher", "matcher.address", "HOST:PORT", "The matcher");
  text("--matcher-name", "matcher.server_name", "NAME",
       "The name in its certificate, if it is not HOST");
  text("--key-service", "key_service.address", "HOST:PORT", "The key service");
  text("--key-service-name", "key_service.server_name", "NAME",
       "The name in its certificate, if it is not HOST");
  text("--ca", "tls.ca_file", "FILE", "The municipality's CA certificate");
  text("--certificate", "tls.certificate_file", "FILE", "Your certificate");
  text("--key", "tls.key_file", "FILE", "Its key");
  text("--age-from", "age_from", "YEARS", "Send from this age (inclusive)");
  text("--age-below", "age_below", "YEARS", "Send below this age (exclusive)");
  text("--state-dir", "state_dir", "FOLDER",
       "The agent's own folder; /var/lib/samkoer-agent/DEPARTMENT otherwise");
  text("--cache-passphrase", "cache_passphrase", "SOURCE",
       "file:PATH, fd:N or credential:NAME; credential:agent-passphrase "
       "otherwise");
  text("--unit", "fixed_unit", "NAME", "All cases are of this unit");
  text("--sheet", "xlsx.sheet", "NAME", "The workbook's sheet");
  text("--encoding", "dialect.encoding", "NAME", "For example windows-1252");
  text("--delimiter", "dialect.delimiter", "CHARACTER", "For example ; or tab");
  text("--date-format", "dialect.date_format", "PATTERN",
       "For example %d-%m-%Y");
  text("--odbc-connection", "odbc.connection", "TEXT",
       "A database in place of a file: DSN=NAME or Driver=...");
  text("--odbc-user", "odbc.user", "NAME", "Its user");
  text("--odbc-password", "odbc.password", "SOURCE",
       "file:PATH or credential:NAME");
  text("--odbc-query", "odbc.query", "SELECT", "The query");

  const auto words = [&](const char* flag, const char* type, const char* help,
                         std::function<void(const std::string&)> take) {
    command
        .add_option_function<std::vector<std::string>>(
            flag,
            [take = std::move(take)](const std::vector<std::string>& values) {
              for (const std::string& value : values) take(value);
            },
            help)
        ->allow_extra_args(false)
        ->type_name(type);
  };
  const auto status = [&setup](const char* value) {
    return [&setup, value](const std::string& word) {
      setup.answers.emplace_back("status." + word, value);
    };
  };
  // "KEY=VALUE", cut at the first or the last '='.
  const auto pair = [&setup](const char* flag, const char* prefix, bool last) {
    return [&setup, flag, prefix, last](const std::string& given) {
      const std::size_t at = last ? given.rfind('=') : given.find('=');
      if (at == std::string::npos) {
        throw CLI::ValidationError(flag, "needs a '='");
      }
      setup.answers.emplace_back(prefix + given.substr(0, at),
                                 given.substr(at + 1));
    };
  };
  words("--column", "ROLE=NAME",
        "Which column holds what: cpr, case_ref, unit, kle, opened, closed, "
        "status, contact, ...; ROLE=- for none",
        pair("--column", "columns.", false));
  words("--open", "WORD", "A status word that means open", status("open"));
  words("--closed", "WORD", "A status word that means closed",
        status("closed"));
  words("--ignore-status", "WORD", "Rows with this status are set aside",
        status("-"));
  words("--domain", "PREFIX=DOMAIN",
        "Codes that begin so are of this domain; PREFIX may be empty; "
        "PREFIX=- sets such rows aside",
        pair("--domain", "domain.", true));
  words("--null", "WORD", "A word that stands for no value",
        [&setup](const std::string& word) {
          setup.answers.emplace_back("null_words", word);
        });
}

}  // namespace

int main(int argc, char** argv) {
  using namespace samkoer::agent;
  if (!samkoer::crypto::InitializeProcess()) {
    std::cerr << "error: the system gives no secure random numbers\n";
    return 70;
  }
  CLI::App app{kAbout, "samkoer-agent"};
  app.footer(kExitCodes);
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", SAMKOER_VERSION);

  CommandContext context;
  std::string format = "human";
  app.add_option("-c,--config", context.config_path,
                 "The configuration (YAML; docs/agent.md)")
      ->required()
      ->type_name("FILE");
  app.add_option("--format", format, "human or json")
      ->check(CLI::IsMember({"human", "json"}))
      ->type_name("human|json");

  std::function<int()> run;
  const auto day = [&](CLI::App& command) {
    command
        .add_option("--day", context.day,
                    "Judge ages and dates for this day instead of today; for "
                    "demos and tests")
        ->type_name("YYYY-MM-DD");
  };

  CheckOptions check;
  CLI::App& check_command = *app.add_subcommand(
      "check",
      "Reads, cleans and filters; shows what would be sent and what is set "
      "aside.\nSends nothing and asks nobody.");
  day(check_command);
  check_command.add_flag("--delta", check.delta,
                         "Judge the file as a delta (closed cases are sent)");
  check_command
      .add_option("--file", check.file, "Read this instead of the source")
      ->type_name("FILE");
  check_command
      .add_option("--explain", check.explain_line,
                  "Say what becomes of the row on this line, and why its "
                  "criteria hold or do not")
      ->check(CLI::PositiveNumber)
      ->type_name("LINE");
  check_command.callback(
      [&] { run = [&] { return RunCheck(context, check); }; });

  PushOptions push;
  CLI::App& push_command = *app.add_subcommand("push", kPushHelp);
  day(push_command);
  CLI::Option* delta = push_command.add_flag("--delta", push.delta,
                                             "The file holds changes only");
  push_command
      .add_option("--file", push.file, "Read this instead of the source")
      ->type_name("FILE");
  push_command
      .add_option("--withdrawn", push.withdrawn_file,
                  "With --delta: case references that no longer exist, one a "
                  "line")
      ->needs(delta)
      ->type_name("FILE");
  push_command.add_flag(
      "--allow-shrink", push.allow_shrink,
      "Let this snapshot remove more records than the policy's share");
  push_command.add_flag(
      "--fast-unlock", push.fast_unlock,
      "If this push makes the cache's key: hash the passphrase with little "
      "memory and time; for demos and tests");
  push_command.callback([&] { run = [&] { return RunPush(context, push); }; });

  RunOptions service;
  CLI::App& service_command = *app.add_subcommand("run", kRunHelp);
  day(service_command);
  service_command.add_flag("--once", service.once,
                           "One push, or all files that are complete; then "
                           "end");
  service_command.add_flag("--fast-unlock", service.fast_unlock,
                           "As of push; for demos and tests");
  service_command.callback(
      [&] { run = [&] { return RunService(context, service); }; });
  app.add_subcommand("health",
                     "Says whether `run` works: exit code 0, or 69 if its last "
                     "good push is older than run.healthy_hours")
      ->callback([&] { run = [&] { return RunHealth(context); }; });

  InboxOptions inbox;
  CLI::App& inbox_command = *app.add_subcommand("inbox", kInboxHelp);
  inbox_command.add_flag(
      "--acknowledge", inbox.acknowledge,
      "You have dealt with the notices shown: they are deleted");
  inbox_command
      .add_flag("--agenda", inbox.agenda,
                "Only your own cases of the conferences to come, as a sheet to "
                "print (in Danish)")
      ->excludes("--acknowledge");
  inbox_command.callback(
      [&] { run = [&] { return RunInbox(context, inbox); }; });

  ContactsOptions contacts;
  CLI::App& contacts_command = *app.add_subcommand("contacts", kContactsHelp);
  day(contacts_command);
  contacts_command
      .add_option("--file", contacts.file, "Read this instead of the source")
      ->type_name("FILE");
  contacts_command.add_flag("--csv", contacts.csv,
                            "For a spreadsheet: case and contact");
  contacts_command.callback(
      [&] { run = [&] { return RunContacts(context, contacts); }; });

  NominateOptions nominate;
  CLI::App& nominate_command = *app.add_subcommand(
      "nominate",
      "Nominates the young person of one of your own open cases for a youth "
      "guide.\nThe case must have been pushed, and have one person.");
  nominate_command
      .add_option("CASE", nominate.case_ref, "Your own case reference")
      ->required();
  nominate_command
      .add_option("--reason", nominate.reason,
                  "Why, for the coordinator; without any identity")
      ->required();
  nominate_command.callback(
      [&] { run = [&] { return RunNominate(context, nominate); }; });

  HandoverOptions handover;
  CLI::App& handover_command = *app.add_subcommand(
      "handover",
      "Answers a handover that stands in your inbox. Nobody is released before "
      "the successor has accepted.");
  handover_command.add_option("ALERT", handover.alert_id, "A-XXXX-XXXX")
      ->required();
  handover_command
      .add_option("NUMBER", handover.handover_id, "The handover's number")
      ->required();
  handover_command
      .add_flag("--accept,!--refuse", handover.accepted,
                "You take over, or you do not")
      ->required();
  handover_command.callback(
      [&] { run = [&] { return RunHandover(context, handover); }; });

  AskOptions ask;
  CLI::App& ask_command = *app.add_subcommand("ask", kAskHelp);
  ask_command.add_option("TEXT", ask.text, "The question; at most 2000 bytes")
      ->required();
  ask_command.add_flag("--dropout", ask.dropout,
                       "It is about drop-out outside the target group");
  ask_command.callback([&] { run = [&] { return RunAsk(context, ask); }; });

  InquiryOptions inquiries;
  CLI::App& inquiries_command = *app.add_subcommand(
      "inquiries", "Lists your questions to the coordinator, oldest first");
  inquiries_command.add_flag("--answered", inquiries.answered,
                             "Also those that are answered");
  inquiries_command.callback(
      [&] { run = [&] { return RunInquiries(context, inquiries); }; });

  CLI::App& cache = *app.add_subcommand(
      "cache", "The encrypted cache of CPR numbers and their pseudonyms");
  cache.require_subcommand(1);
  cache.add_subcommand("info", "Says how many pseudonyms it holds")
      ->callback([&] { run = [&] { return RunCacheInfo(context); }; });
  cache
      .add_subcommand("clear",
                      "Removes it; the next push asks for all pseudonyms anew, "
                      "which costs quota")
      ->callback([&] { run = [&] { return RunCacheClear(context); }; });

  SetupOptions setup;
  CLI::App& setup_command = *app.add_subcommand("setup", kSetupHelp);
  day(setup_command);
  setup_command.add_option("--sample", setup.sample, "The file to look at")
      ->type_name("FILE");
  setup_command
      .add_option("--source", setup.source,
                  "The file to read every night, if it is not the sample")
      ->type_name("FILE");
  setup_command
      .add_option("--answers", setup.answers_file,
                  "A configuration with some of its fields (YAML); flags go "
                  "before it")
      ->type_name("FILE");
  setup_command
      .add_option("--join", setup.joins,
                  "Another file with columns of the same cases; the keys are "
                  "found, or FILE:KEY, or FILE:KEY:FILE_KEY")
      ->allow_extra_args(false)
      ->type_name("FILE");
  AddSetupAnswers(setup_command, setup);
  setup_command.add_flag("--ask-matcher", setup.ask_matcher,
                         "Take the purpose and the ages from the matcher, and "
                         "judge the units by its policy");
  setup_command.add_flag("--overwrite", setup.overwrite,
                         "Replace the file if it exists");
  setup_command.add_flag("--dry-run", setup.dry_run,
                         "Show everything and write nothing");
  setup_command.callback(
      [&] { run = [&] { return RunSetup(context, setup); }; });

  app.add_subcommand("validate-config",
                     "Checks the configuration and the files that it names "
                     "(certificates, key, export), and says what it means")
      ->callback([&] { run = [&] { return RunValidateConfig(context); }; });

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& error) {
    samkoer::clients::PrintError(
        absl::InvalidArgumentError(samkoer::proto::UsageText(
            samkoer::proto::ReadUsageProblem(app, error, argc, argv),
            samkoer::proto::UsageLanguage::kEnglish)),
        "samkoer-agent --help says how to call it");
    return samkoer::clients::kExitUsage;
  }
  context.format = *samkoer::clients::ParseOutputFormat(format);
  return run();
}
