// samkoer-audit: the privacy officer's command line.
#include <grpcpp/channel.h>
#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "clients/alerts/danish_errors.h"
#include "clients/audit/alarms_main.h"
#include "clients/audit/change_main.h"
#include "clients/audit/cpr_input.h"
#include "clients/audit/epochs_command.h"
#include "clients/audit/erase_command.h"
#include "clients/audit/kek_main.h"
#include "clients/audit/leaf_text.h"
#include "clients/audit/log_command.h"
#include "clients/audit/person_command.h"
#include "clients/audit/policy_main.h"
#include "clients/audit/report_command.h"
#include "clients/audit/report_family.h"
#include "clients/audit/report_main.h"
#include "clients/audit/retention_command.h"
#include "clients/audit/verify_command.h"
#include "clients/audit/witness_main.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/client_config.h"
#include "clients/common/own_certificate.h"
#include "crypto/secret.h"
#include "proto/usage_text.h"

namespace {

using namespace samkoer::clients;  // NOLINT: the program is this namespace's
namespace v1 = samkoer::v1;
using samkoer::crypto::NoteVerifier;

// At the end of --help, as the table in docs/operations.md.
constexpr const char* kExitCodes =
    R"(Afslutningskoder: 0 i orden; 1 du svarede nej, og intet er sket; 64 forkert
brug; 65 loggen holder ikke, eller det indtastede eller en fil kan ikke bruges;
66 en fil findes ikke; 69 en server kan ikke nås, eller kvoten dækker det ikke
endnu: prøv igen; 70 programfejl; 77 ikke tilladt; 78 konfigurationen, eller
serveren tillader det ikke nu.)";

struct Arguments {
  std::string config;
  std::string format = "human";
  std::string language = "da";
  std::string server = "matcher";
  bool quiet = false;
  VerifyOptions verify;
  std::vector<std::string> actions;
  std::string actor, from, to, subject, day;
  std::size_t limit = 50;
  LeafFilter filter;  // from the words above
  std::string dir, verifier_key;
  std::string reason, out;
  bool also = false;
  bool objection = false, yes = false;
  std::vector<std::string> witness_keys;
  WitnessArguments witness;
  PolicyArguments policy;
  ChangeArguments change;
  ReportArguments report;
  AlarmsArguments alarms;
  KekArguments kek;
};

void AddServer(CLI::App* command, Arguments& args) {
  command
      ->add_option("--server", args.server,
                   "hvilken server: matcher (standard) eller keyd")
      ->check(CLI::IsMember({"matcher", "keyd"}));
}

// Every command about a person has it; CheckUsage demands it.
void AddReason(CLI::App* command, Arguments& args) {
  command->add_option("--reason", args.reason,
                      "hvorfor (påkrævet); står i loggen, uden CPR-numre");
}

void AddCommands(CLI::App& app, Arguments& args) {
  app.set_version_flag("--version", SAMKOER_VERSION);
  app.footer(kExitCodes);
  app.add_option("-c,--config", args.config, "konfigurationsfil (YAML)")
      ->envname("SAMKOER_AUDIT_CONFIG");
  app.add_option("--format", args.format,
                 "human (standard) eller json; person report: html (standard) "
                 "eller json")
      ->check(CLI::IsMember({"human", "json", "html"}));
  app.add_option("--lang", args.language, "sprog: da (standard) eller en")
      ->check(CLI::IsMember({"da", "en"}));
  app.add_flag("--quiet", args.quiet, "uden fremdriftslinje");
  app.require_subcommand(1);
  app.fallthrough();

  auto* verify = app.add_subcommand(
      "verify", "bevis, at loggen er hel og kun er vokset siden sidst");
  AddServer(verify, args);
  verify->add_flag("--full", args.verify.full,
                   "læs alle indgange igen, ikke kun de nye");
  verify->add_flag("--after-declared-loss", args.verify.after_declared_loss,
                   "godtag et brud, hvis loggen selv erklærer et tab");
  verify->add_option("--witness", args.witness_keys,
                     "et vidnes nøgle: mindst ét af de nævnte vidner skal have "
                     "medunderskrevet loggen (kan gentages)");

  auto* log = app.add_subcommand("log", "vis indgange, hver kontrolleret");
  AddServer(log, args);
  log->add_option("--action", args.actions,
                  "kun denne handling (kan gentages)");
  log->add_option("--actor", args.actor, "kun hvor navnet indeholder dette");
  log->add_option("--from", args.from, "fra og med dag, 22-11-2026");
  log->add_option("--until,--to", args.to, "til og med dag");
  log->add_option("--subject", args.subject, "kun om dette person-id");
  log->add_option("--limit", args.limit,
                  "højst så mange, de nyeste; 0 for alle (standard 50)");

  auto* export_log = app.add_subcommand(
      "export", "skriv loggen som C2SP tlog-tiles, som andre kan kontrollere");
  AddServer(export_log, args);
  export_log->add_option("MAPPE", args.dir, "ny eller tom mappe")->required();

  auto* check =
      app.add_subcommand("verify-export", "kontrollér et udtræk uden netværk");
  AddServer(check, args);
  check->add_option("MAPPE", args.dir, "udtrækkets mappe")->required();
  check->add_option("--verifier-key", args.verifier_key,
                    "loggens nøgle; ellers den i konfigurationen");

  auto* person = app.add_subcommand(
      "person",
      "hvad er registreret om en person, og hvem har set det "
      "(CPR-nummeret læses fra standard input)");
  AddReason(person, args);
  person->require_subcommand(0, 1);
  auto* report = person->add_subcommand(
      "report",
      "indsigt efter artikel 15: skriv alt om en person til en fil, som "
      "borgeren kan læse (CPR-nummeret læses fra standard input)");
  AddReason(report, args);
  report->add_option("--out", args.out,
                     "mappe eller ny fil; ellers indsigt-DATO.html her");
  report->add_option("--format", args.format, "html (standard) eller json")
      ->check(CLI::IsMember({"html", "json"}));
  report->add_option("--officer", args.report.controller.officer,
                     "hvordan borgeren skriver til databeskyttelsesrådgiveren; "
                     "står i svaret");
  report->add_flag(
      "--also", args.also,
      "tag et tidligere CPR-nummer med; det læses fra anden linje");
  auto* erase = person->add_subcommand(
      "erase",
      "slet alt om personen (artikel 17); CPR-nummeret læses fra standard "
      "input");
  AddReason(erase, args);
  erase->add_flag("--objection", args.objection,
                  "personen gør indsigelse (artikel 21): sager om personen "
                  "tages ikke imod igen");
  erase->add_flag("--yes", args.yes, "spørg ikke, om det er meningen");
  auto* lift = person->add_subcommand(
      "lift-objection",
      "ophæv en indsigelse; CPR-nummeret læses fra standard input");
  AddReason(lift, args);
  for (CLI::App* command : AddKekCommands(app, args.kek)) {
    AddServer(command, args);
  }
  AddServer(app.add_subcommand(
                "epochs",
                "pseudonymernes nøgler: fra hvornår til hvornår, bevist af "
                "loggen"),
            args);
  AddPolicyCommands(app, args.policy);
  AddChangeCommands(app, args.change);
  auto* retention = app.add_subcommand(
      "retention", "hvad slettes hvornår; proof beviser, at det skete");
  retention->require_subcommand(0, 1);
  auto* proof = retention->add_subcommand(
      "proof",
      "bevis af loggen, at intet lå over tiden, for hver forgangen dag");
  proof->add_option("--day", args.day, "kun denne dag, 22-11-2026");
  proof->add_option("--from", args.from,
                    "fra og med dag (ellers den første gennemgang)");
  proof->add_option("--until,--to", args.to, "til og med dag (ellers i går)");
  AddWitnessCommands(app, args.witness);
  AddReportCommands(app, args.report, args.format);
  AddServer(AddAlarmsCommands(app, args.alarms), args);
}

bool IsReport(const CLI::App& app) {
  return app.got_subcommand("person") &&
         app.get_subcommand("person")->got_subcommand("report");
}

// What CLI11 cannot say of a single option.
void CheckUsage(const CLI::App& app, const Arguments& args) {
  if (args.format == "html" && !IsReport(app) && !WritesRecord(app)) {
    throw CLI::ValidationError("--format", "html is for reports");
  }
  if (app.got_subcommand("person") && args.reason.empty()) {
    throw CLI::RequiredError("--reason");
  }
  if (!args.config.empty()) return;
  if (!app.got_subcommand("verify-export")) {
    throw CLI::RequiredError("--config");
  }
  if (args.verifier_key.empty()) throw CLI::RequiredError("--verifier-key");
}

absl::StatusOr<NoteVerifier> LogVerifierKey(const Arguments& args,
                                            const v1::ClientConfig& config) {
  const bool keyd = args.server == "keyd";
  const std::string& key = !args.verifier_key.empty() ? args.verifier_key
                           : keyd ? config.key_service_verifier_key()
                                  : config.log_verifier_key();
  if (key.empty()) {
    return MissingSetting(
        args.config, keyd ? "key_service_verifier_key" : "log_verifier_key");
  }
  return NoteVerifier::Parse(key);
}

// The keys of `verify --witness`. What was typed is not repeated.
absl::StatusOr<std::vector<samkoer::crypto::CosignatureVerifier>>
ParseWitnessKeys(const std::vector<std::string>& keys, Language language) {
  std::vector<samkoer::crypto::CosignatureVerifier> witnesses;
  for (const std::string& key : keys) {
    auto witness = samkoer::crypto::CosignatureVerifier::Parse(key);
    if (!witness.ok()) {
      return WithHint(
          absl::InvalidArgumentError(
              Say(language, "--witness: det er ikke et vidnes nøgle",
                  "--witness: this is no witness's key")),
          Say(language,
              "giv hele linjen, som `witness init` skrev den, i anførselstegn: "
              "navn+tal+nøgle",
              "give the whole line as `witness init` wrote it, in quotes: "
              "name+number+key"));
    }
    witnesses.push_back(*std::move(witness));
  }
  return witnesses;
}

// The words of `log`.
absl::Status ReadFilter(Arguments& args, const TextStyle& style) {
  LeafFilter& filter = args.filter;
  filter.actor = args.actor;
  for (const std::string& word : args.actions) {
    auto action = ParseAction(word, style.language);
    if (!action.ok()) return action.status();
    filter.actions.push_back(*action);
  }
  if (!args.from.empty()) {
    auto day = ParseDay(args.from, style.language);
    if (!day.ok()) return day.status();
    filter.from = absl::FromCivil(*day, style.zone);
  }
  if (!args.to.empty()) {
    auto day = ParseDay(args.to, style.language);
    if (!day.ok()) return day.status();
    filter.until = absl::FromCivil(*day + 1, style.zone);
  }
  if (!args.subject.empty()) {
    auto subject = ParseSubject(args.subject, style.language);
    if (!subject.ok()) return subject.status();
    filter.subject = *subject;
  }
  return absl::OkStatus();
}

absl::Status Person(const CLI::App& app, const Arguments& args,
                    const v1::ClientConfig& config,
                    const std::shared_ptr<grpc::Channel>& channel,
                    const AuditOutput& output) {
  const Language language = output.style.language;
  if (config.purpose().empty()) return MissingSetting(args.config, "purpose");
  if (absl::Status s = CheckReason(args.reason, language); !s.ok()) return s;
  auto keys = PinnedKeys(config.oprf_keys());
  if (!keys.ok()) return keys.status();
  auto key_service =
      OpenChannel(config.key_service(), config.tls(), args.config);
  if (!key_service.ok()) return key_service.status();
  const CLI::App& command = *app.get_subcommand("person");
  const bool erase = command.got_subcommand("erase");
  if (erase || command.got_subcommand("lift-objection")) {
    auto confirm = ConfirmErasure(args.yes || !erase, language);
    if (!confirm.ok()) return confirm.status();
    auto cpr = ReadCpr(CprInput::kOne, language);
    if (!cpr.ok()) return cpr.status();
    const auto rights = v1::Rights::NewStub(channel);
    const EraseOptions options{
        args.reason, {config.purpose(), *std::move(keys)}, args.objection};
    // Only whom somebody sees is shown: the look-up stands in the log.
    const auto show = v1::Audit::NewStub(channel);
    const bool shown = !args.yes && output.format == OutputFormat::kHuman;
    return erase ? ErasePerson(*rights, *key_service, cpr->front(), options,
                               *confirm, output, shown ? show.get() : nullptr)
                 : LiftObjection(*rights, *key_service, cpr->front(), options,
                                 output);
  }
  const auto matcher = v1::Audit::NewStub(channel);
  PersonOptions options{args.reason, config.purpose(), *std::move(keys)};
  options.officer = args.report.controller.officer;
  if (!IsReport(app)) {
    auto cpr = ReadCpr(CprInput::kOne, language);
    if (!cpr.ok()) return cpr.status();
    return LookUpPerson(*matcher, *key_service, cpr->front(), options, output);
  }
  const auto format =
      args.format == "json" ? ReportFormat::kJson : ReportFormat::kHtml;
  auto file = ReportFile(args.out, format, absl::Now(), output.style);
  if (!file.ok()) return file.status();
  auto numbers =
      ReadCpr(args.also ? CprInput::kWithFormer : CprInput::kOne, language);
  if (!numbers.ok()) return numbers.status();
  return WriteReport(*matcher, *key_service, *numbers, options, format, *file,
                     output);
}

absl::Status Run(const CLI::App& app, Arguments& args, Language language) {
  const AuditOutput output{
      std::cout,
      std::cerr,
      args.format == "json" ? OutputFormat::kJson : OutputFormat::kHuman,
      {language, absl::LocalTimeZone()},
      !args.quiet};
  if (app.got_subcommand("witness")) {
    return RunWitnessCommand(app, args.witness, args.config, output);
  }
  const bool offline = app.got_subcommand("verify-export");
  v1::ClientConfig config;
  if (!args.config.empty()) {
    auto loaded = LoadClientConfig(args.config);
    if (!loaded.ok()) return loaded.status();
    config = *std::move(loaded);
  }
  if (offline) {
    auto verifier = LogVerifierKey(args, config);
    if (!verifier.ok()) return verifier.status();
    return CheckExport(*verifier, args.dir, output);
  }
  const bool change = IsChangeCommand(app);
  args.policy.own_uri = args.change.own_uri = OwnUri(config.tls(), args.config);
  const bool keyd = change ? PeerOfChange(app, args.change) == Peer::kKeyService
                           : args.server == "keyd" || args.kek.key_service;
  if ((keyd || app.got_subcommand("person")) &&
      config.key_service().address().empty()) {
    return MissingSetting(args.config, "key_service.address");
  }
  auto channel = OpenChannel(keyd ? config.key_service() : config.matcher(),
                             config.tls(), args.config);
  if (!channel.ok()) return channel.status();
  if (app.got_subcommand("person")) {
    return Person(app, args, config, *channel, output);
  }
  if (app.got_subcommand("kek")) {
    return RunKekCommand(app, args.kek, *v1::Operations::NewStub(*channel),
                         keyd ? Peer::kKeyService : Peer::kMatcher, output);
  }
  if (app.got_subcommand("alarms")) {
    return RunAlarmsCommand(app, args.alarms, *v1::Alarms::NewStub(*channel),
                            keyd ? Peer::kKeyService : Peer::kMatcher, output);
  }
  if (app.got_subcommand("policy")) {
    const auto log = v1::Audit::NewStub(*channel);
    return RunPolicyCommand(app, args.policy,
                            *v1::Governance::NewStub(*channel),
                            {*log, LogVerifierKey(args, config),
                             CheckpointStore(config.state_dir(), args.server)},
                            output);
  }
  if (change) {
    return RunChangeCommand(app, args.change,
                            *v1::Governance::NewStub(*channel), output);
  }
  const bool retention = app.got_subcommand("retention");
  if (retention && !app.get_subcommand("retention")->got_subcommand("proof")) {
    return PrintRetentionPlan(*v1::Reports::NewStub(*channel), output);
  }
  const auto stub = v1::Audit::NewStub(*channel);
  auto verifier = LogVerifierKey(args, config);
  if (!verifier.ok()) return verifier.status();
  LogServer server(keyd ? Peer::kKeyService : Peer::kMatcher, *stub, language);
  const CheckpointStore store(config.state_dir(), args.server);
  if (app.got_subcommand("report")) {
    const CLI::App& report = *app.get_subcommand("report");
    args.report.name = ReportNameOf(report);
    args.report.json = args.format == "json";
    const auto reports = v1::Reports::NewStub(*channel);
    return RunReport(args.report, *reports, server, *verifier, store, output);
  }
  if (app.got_subcommand("verify")) {
    args.verify.now = absl::Now();
    return VerifyLog(server, *verifier, store, args.verify, output);
  }
  if (app.got_subcommand("epochs")) {
    const auto operations = v1::Operations::NewStub(*channel);
    return PrintEpochs(server, keyd ? nullptr : operations.get(), *verifier,
                       store, output);
  }
  if (app.got_subcommand("export")) {
    return ExportLog(server, *verifier, store, args.dir, output);
  }
  if (retention) {
    const auto today = absl::ToCivilDay(absl::Now(), output.style.zone);
    auto days = ReadProofDays(args.day, args.from, args.to, today, language);
    if (!days.ok()) return days.status();
    return PrintRetentionProof(server, *verifier, store, *days, output);
  }
  return PrintLog(server, *verifier, store, args.filter, args.limit, output);
}

// A log that does not hold is wrong data, whatever else fails with DATA_LOSS.
int AuditExitCode(const absl::Status& status) {
  if (absl::IsDataLoss(status)) return 65;
  // Somebody was asked and said no.
  if (absl::IsCancelled(status)) return 1;
  return ExitCodeFor(status);
}

}  // namespace

int main(int argc, char** argv) {
  if (!samkoer::crypto::InitializeProcess()) {
    std::cerr << "fejl: maskinen kan ikke give sikre tilfældige tal\n";
    return 70;
  }
  // A log and what is said of persons are their reader's alone.
  umask(0077);
  CLI::App app("Databeskyttelsesrådgiverens kontrol", "samkoer-audit");
  Arguments args;
  AddCommands(app, args);
  try {
    app.parse(argc, argv);
    CheckUsage(app, args);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    PrintUsageFailure(
        std::cerr, "samkoer-audit",
        samkoer::proto::ReadUsageProblem(app, error, argc, argv),
        args.language == "en" ? Language::kEnglish : Language::kDanish);
    return kExitUsage;
  }
  const Language language =
      ParseLanguage(args.language).value_or(Language::kDanish);
  if (absl::Status usage = ReadFilter(args, {language, absl::LocalTimeZone()});
      !usage.ok()) {
    PrintFailure(std::cerr, usage, language);
    return kExitUsage;
  }
  auto witnesses = ParseWitnessKeys(args.witness_keys, language);
  if (!witnesses.ok()) {
    PrintFailure(std::cerr, witnesses.status(), language);
    return kExitUsage;
  }
  args.verify.witnesses = *std::move(witnesses);
  absl::Status status = ExplainLoss(Run(app, args, language), language);
  if (language == Language::kDanish) status = InDanish(status);
  PrintFailure(std::cerr, status, language);
  return AuditExitCode(status);
}
