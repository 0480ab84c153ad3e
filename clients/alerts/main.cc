// samkoer-alerts: the youth coordinator's command line.
#include <grpcpp/channel.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <iostream>
#include <thread>

#include "clients/alerts/alert_words.h"
#include "clients/alerts/commands.h"
#include "clients/alerts/conference_main.h"
#include "clients/alerts/coordinate_command.h"
#include "clients/alerts/danish_errors.h"
#include "clients/alerts/follow.h"
#include "clients/alerts/report_command.h"
#include "clients/common/channel.h"
#include "clients/common/client_config.h"
#include "clients/common/private_file.h"
#include "crypto/secret.h"
#include "proto/usage_text.h"

namespace {

using namespace samkoer::clients;  // NOLINT: the program is this namespace's
namespace v1 = samkoer::v1;

std::atomic<bool> g_stop = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // set by a handler

void Stop(int) { g_stop = true; }

void SleepUnlessStopped(absl::Duration duration) {
  const auto end =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(duration);
  while (!g_stop && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

// At the end of --help, as the table in docs/operations.md.
constexpr const char* kExitCodes =
    R"(Afslutningskoder: 0 i orden; 64 forkert brug; 65 det indtastede eller en fil
kan ikke bruges; 66 en fil, et advis, en konference eller et spørgsmål findes
ikke; 69 en server kan ikke nås, eller noget er ændret imens: prøv igen;
70 programfejl; 74 serverens eller egne data er skadet; 77 ikke tilladt;
78 konfigurationen, eller matcheren tillader det ikke nu.)";

struct Arguments {
  std::string config;
  std::string format = "human";
  std::string language = "da";
  ListOptions list;
  std::vector<std::string> state_words;
  std::string alert_id;
  SetOptions set;
  std::string new_state;
  FollowOptions follow;
  std::string cursor_file;
  StepArguments step;
  StatusReportOptions report;
  ConferenceArguments conference;
  InquiryArguments inquiry;
};

// What each step of coordination takes.
class StepCommands {
 public:
  StepCommands(CLI::App& app, StepArguments& args) : app_(app), args_(args) {}

  void Add() {
    Step("offer", "notér, at en samlet indsats er tilbudt");
    auto* guide = Holder("guide", "vælg den unges ungeguide");
    guide->add_flag("--accepted", args_.flag, "guiden har sagt ja");
    guide->add_flag("--wished", args_.second, "den unges eget ønske");
    guide->add_flag("--at-conference", args_.third,
                    "fundet på advisets seneste konference");
    Answer(Step("guide-answer", "notér svaret fra den, der er spurgt"));
    Holder("caseworker", "udpeg den koordinerende sagsbehandler (tovholder)");
    auto* contact = Holder("contact", "udpeg kontaktpersonen, også igen");
    contact->add_flag("--by-agreement", args_.flag,
                      "fortsætter over aldersgrænsen efter aftale");
    contact->add_flag("--extended", args_.second,
                      "udvidet behov (Kontaktperson+)");
    Step("contact-continue", "kontaktpersonen fortsætter efter aftale");
    Step("contact-end", "kontaktpersonen ophører; den unge er forankret")
        ->add_option("--why", args_.text, "hvorfor")
        ->required();
    auto* plan = Step("plan", "notér, hvor uddannelses- og jobplanen står");
    plan->add_flag("--exists,!--none", args_.flag, "planen findes (ikke)")
        ->required();
    plan->add_option("--owner", args_.text, "ejeren; ellers som politikken");
    plan->add_option("--reviewed", args_.answer, "sidst gennemgået, 2026-11");
    auto* consent = Step("consent", "notér den unges svar om en indsats");
    consent->add_option("INDSATS", args_.text, "i få ord")->required();
    Answer(consent);
    const auto measure = [&](const char* name, const char* help) {
      Step(name, help)
          ->add_option("INDSATS", args_.text, "som den står under samtykker")
          ->required();
    };
    measure("measure-join",
            "tag en indsats med i den samlede indsats; den unge skal have sagt "
            "ja til den");
    measure("measure-leave", "tag en indsats ud af den samlede indsats igen");
    auto* handover = Step("handover", "bed en efterfølger om at overtage");
    handover
        ->add_option("OPGAVE", args_.role, "guide, caseworker eller contact")
        ->required();
    HolderOptions(handover);
    auto* settle = Step("handover-answer", "notér efterfølgerens svar");
    settle->add_option("NR", args_.number, "overdragelsens nummer")->required();
    settle->add_option("SVAR", args_.answer, "ja, nej eller tilbage")
        ->required();
    Step("half-year", "planlæg den unge til et halvår")
        ->add_option("HALVÅR", args_.text, "2027-1, eller ingen")
        ->required();
    Step("stu", "sæt mærket om særligt tilrettelagt ungdomsuddannelse")
        ->add_flag("--remove", args_.flag, "fjern mærket");
    Step("action-done", "konferencens handling er gjort");
  }
  // The command that was given; empty if it is no step.
  std::string Given() const {
    for (const std::string& name : names_) {
      if (app_.got_subcommand(name)) return name;
    }
    return std::string();
  }

 private:
  CLI::App* Step(const std::string& name, const std::string& about) {
    names_.push_back(name);
    auto* command = app_.add_subcommand(name, about);
    command->add_option("ADVIS", args_.alert_id, "A-XXXX-XXXX")->required();
    command->add_option("--note", args_.note, "hvorfor; uden CPR-numre");
    command->add_option("--revision", args_.revision,
                        "afvis, hvis adviset er ændret siden denne revision");
    return command;
  }
  void HolderOptions(CLI::App* command) {
    command->add_option("--name", args_.name, "hvem")->required();
    command->add_option("--department", args_.department, "afdelingens id");
    command->add_option("--unit", args_.unit, "enheden");
    command->add_option("--external", args_.external,
                        "hvor en ekstern arbejder");
  }
  CLI::App* Holder(const std::string& name, const std::string& about) {
    auto* command = Step(name, about);
    HolderOptions(command);
    return command;
  }
  void Answer(CLI::App* command) {
    command->add_option("SVAR", args_.answer, "ja eller nej")->required();
  }

  CLI::App& app_;
  StepArguments& args_;
  std::vector<std::string> names_;
};

void AddCommands(CLI::App& app, Arguments& args) {
  app.set_version_flag("--version", SAMKOER_VERSION);
  app.footer(kExitCodes);
  app.add_option("-c,--config", args.config, "konfigurationsfil (YAML)")
      ->required()
      ->envname("SAMKOER_ALERTS_CONFIG");
  app.add_option("--format", args.format, "human (standard) eller json")
      ->check(CLI::IsMember({"human", "json"}));
  app.add_option("--lang", args.language, "sprog: da (standard) eller en")
      ->check(CLI::IsMember({"da", "en"}));
  app.require_subcommand(1);
  app.fallthrough();

  auto* list = app.add_subcommand("list", "vis advis, nyeste først");
  list->add_option("--state", args.state_words,
                   "kun denne tilstand (kan gentages); ellers alle åbne");
  list->add_option("--department", args.list.department,
                   "kun advis, som denne afdeling indgår i");
  list->add_flag("--overdue", args.list.overdue,
                 "kun med en overskredet frist");
  list->add_flag("--without-guide", args.list.without_guide,
                 "kun uden ungeguide");
  list->add_flag("--transition", args.list.transition,
                 "kun med en overgang forude");
  list->add_flag("--nominated", args.list.nominated, "kun indstillede");
  list->add_option("--guide-unit", args.list.guide_unit,
                   "kun med en ungeguide fra denne enhed");
  list->add_flag("--handover-waits", args.list.handover_waits,
                 "kun med en overdragelse, som ingen har svaret på");
  list->add_option("--number", args.list.number,
                   "kun advis, hvis nummer eller sagsnumre har dette i sig");
  list->add_option("--page-size", args.list.page_size, "advis pr. side")
      ->check(CLI::Range(1, 1000));
  list->add_flag("--all", args.list.all, "alle sider");

  app.add_subcommand("overview", "vis dagens tal");

  auto* show = app.add_subcommand("show", "vis alt om ét advis");
  show->add_option("ADVIS", args.alert_id, "A-XXXX-XXXX")->required();

  auto* follow = app.add_subcommand("follow", "følg ændringer, som de sker");
  follow->add_flag("--from-start", args.follow.from_start,
                   "læs forfra, uanset hvad der er læst før");
  follow->add_option("--cursor-file", args.cursor_file,
                     "hvor det huskes, hvor langt der er læst");
  follow->add_flag("--until-caught-up", args.follow.until_caught_up,
                   "stop, når alt er læst (til scripts)");

  auto* set = app.add_subcommand("set", "sæt et advis' tilstand");
  set->add_option("ADVIS", args.set.alert_id, "A-XXXX-XXXX")->required();
  set->add_option("TILSTAND", args.new_state, "for eksempel tilbudt")
      ->required();
  set->add_option("--note", args.set.note, "hvorfor; uden CPR-numre");
  set->add_option("--revision", args.set.revision,
                  "afvis, hvis adviset er ændret siden denne revision");
  AddConferenceCommands(app, args.conference);
  AddInquiryCommands(app, args.inquiry);
}

void AddReportCommands(CLI::App& app, StatusReportOptions& options) {
  auto* report = app.add_subcommand(
      "report", "rapporter til styregruppe, udvalg og byråd, uden små tal");
  report->require_subcommand(1);
  auto* month =
      report->add_subcommand("month", "status for måneden, fra matcheren");
  month->add_option("--month", options.month,
                    "2026-11, en måned, der er slut; ellers den, der løber");
  auto* quarter = report->add_subcommand(
      "quarter", "kvartalsrapport til udvalg, byråd og direktion");
  quarter->add_option("--quarter", options.quarter,
                      "2026-3; ellers det seneste, der er slut");
  auto* saved = report->add_subcommand(
      "months", "flere gemte måneder ved siden af hinanden");
  saved
      ->add_option("FIL", options.months,
                   "måneder, gemt med report month --as json")
      ->required();
  for (CLI::App* command : {month, quarter, saved}) {
    command->add_option("--as", options.as, "html (standard), csv eller json")
        ->check(CLI::IsMember({"html", "csv", "json"}));
    command->add_option("--out", options.out,
                        "filen, der skrives; ellers skrives på skærmen");
    command->add_option("--figures", options.figures,
                        "tal fra andre kilder (CSV: "
                        "indikator;periode;tal;kilde); små antal "
                        "tilbageholdes");
  }
}

absl::Status Follow(v1::Alerts::Stub& stub, const v1::ClientConfig& config,
                    Arguments& args, const AlertsOutput& output) {
  if (args.cursor_file.empty()) {
    if (absl::Status s = MakePrivateDirectory(config.state_dir()); !s.ok()) {
      return s;
    }
    args.cursor_file = config.state_dir() + "/feed.cursor";
  }
  args.follow.format = output.format;
  args.follow.style = output.style;
  args.follow.sleep = SleepUnlessStopped;
  // A script wants an answer, a screen wants to go on.
  if (args.follow.until_caught_up) args.follow.max_attempts = 5;
  std::signal(SIGINT, Stop);
  std::signal(SIGTERM, Stop);
  return FollowFeed(stub, CursorFile(args.cursor_file), args.follow, g_stop,
                    output.out, output.notices);
}

// The states that were named.
absl::Status ReadStates(Arguments& args, Language language) {
  for (const std::string& word : args.state_words) {
    absl::StatusOr<v1::AlertState> state = ParseState(word, language);
    if (!state.ok()) return state.status();
    args.list.states.push_back(*state);
  }
  if (args.new_state.empty()) return absl::OkStatus();
  absl::StatusOr<v1::AlertState> state =
      ParseSettableState(args.new_state, language);
  if (!state.ok()) return state.status();
  args.set.state = *state;
  return absl::OkStatus();
}

absl::Status Run(const CLI::App& app, const std::string& step, Arguments& args,
                 Language language) {
  const AlertsOutput output{
      std::cout,
      std::cerr,
      args.format == "json" ? OutputFormat::kJson : OutputFormat::kHuman,
      {language, absl::LocalTimeZone()}};
  const bool report = app.got_subcommand("report");
  if (report && app.get_subcommand("report")->got_subcommand("months")) {
    return ReportSaved(args.report, absl::Now(), output);
  }
  absl::StatusOr<v1::ClientConfig> config = LoadClientConfig(args.config);
  if (!config.ok()) return config.status();
  auto channel = OpenChannel(config->matcher(), config->tls(), args.config);
  if (!channel.ok()) return channel.status();
  if (report && app.get_subcommand("report")->got_subcommand("quarter")) {
    return ReportQuarter(*v1::Reports::NewStub(*channel), args.report,
                         absl::Now(), output);
  }
  if (report) {
    return ReportMonth(*v1::Reports::NewStub(*channel), args.report,
                       absl::Now(), output);
  }
  if (const std::string given = GivenOf(app, "conferences"); !given.empty()) {
    return RunConferences(*v1::Conferences::NewStub(*channel), given,
                          args.conference, output);
  }
  if (const std::string given = GivenOf(app, "inquiries"); !given.empty()) {
    return RunInquiries(*v1::Inquiries::NewStub(*channel), given, args.inquiry,
                        output);
  }
  const auto stub = v1::Alerts::NewStub(*channel);
  if (app.got_subcommand("list")) return ListAlerts(*stub, args.list, output);
  if (app.got_subcommand("show")) {
    return ShowAlert(*stub, args.alert_id, output);
  }
  if (app.got_subcommand("set")) return SetAlertState(*stub, args.set, output);
  if (app.got_subcommand("overview")) return ShowOverview(*stub, output);
  if (!step.empty()) return RunStep(*stub, step, args.step, output);
  return Follow(*stub, *config, args, output);
}

}  // namespace

int main(int argc, char** argv) {
  if (!samkoer::crypto::InitializeProcess()) {
    std::cerr << "fejl: maskinen kan ikke give sikre tilfældige tal\n";
    return 70;
  }
  CLI::App app("Ungekoordinatorens advis", "samkoer-alerts");
  Arguments args;
  AddCommands(app, args);
  StepCommands steps(app, args.step);
  steps.Add();
  AddReportCommands(app, args.report);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    PrintUsageFailure(
        std::cerr, "samkoer-alerts",
        samkoer::proto::ReadUsageProblem(app, error, argc, argv),
        args.language == "en" ? Language::kEnglish : Language::kDanish);
    return kExitUsage;
  }
  const Language language =
      ParseLanguage(args.language).value_or(Language::kDanish);
  if (absl::Status usage = ReadStates(args, language); !usage.ok()) {
    PrintFailure(std::cerr, usage, language);
    return kExitUsage;
  }
  absl::Status status = Run(app, steps.Given(), args, language);
  if (language == Language::kDanish) status = InDanish(status);
  PrintFailure(std::cerr, status, language);
  return ExitCodeFor(status);
}
