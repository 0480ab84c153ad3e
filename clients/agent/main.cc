// samkoer-agent: hands a department's cases to the matcher, without its CPR
// numbers.
#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <string>

#include "absl/status/status.h"
#include "clients/agent/commands.h"
#include "clients/common/cli.h"
#include "crypto/secret.h"
#include "proto/usage_text.h"

namespace {

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

constexpr const char* kContactsHelp =
    R"(Lists your own open cases that stand in no coordinated effort according to your
inbox, each with its default contact (default_contacts of the configuration), as
a sheet to print (in Danish). Only case references and contacts. That a case is
on the list does not say that nobody else knows the person: the matcher tells
nobody that. Exit code 2: some cases have no contact.)";

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
