#include "clients/audit/report_main.h"

namespace samkoer::clients {

void AddReportCommands(CLI::App& app, ReportArguments& args,
                       std::string& format) {
  auto* report = app.add_subcommand(
      "report", "statistik, fortegnelse og årlig kontrol, uden personer");
  report->require_subcommand(1);
  report->add_subcommand("statistics",
                         "månedens tabeller; små tal er tilbageholdt");
  auto* article30 = report->add_subcommand(
      "article30", "fortegnelsen efter artikel 30, som HTML eller JSON");
  article30->add_option("--controller", args.controller.controller,
                        "den dataansvarlige, navn og adresse");
  article30->add_option("--contact", args.controller.contact,
                        "kontakt hos den dataansvarlige");
  article30->add_option("--officer", args.controller.officer,
                        "databeskyttelsesrådgiveren og kontakt");
  auto* dpia = report->add_subcommand(
      "dpia", "grundlag for konsekvensanalysen (artikel 35)");
  dpia->add_option("--quota", args.quota,
                   "afdelingernes kvote, på én gang og pr. dag (20000:500); "
                   "slås op med quota list");
  for (auto* command : {article30, dpia}) {
    command->add_option("--out", args.out,
                        "mappe eller ny fil; ellers NAVN-DATO.html her");
    command->add_option("--format", format, "html (standard) eller json")
        ->check(CLI::IsMember({"html", "json"}));
  }
  auto* control = report->add_subcommand(
      "log-control",
      "tilfældig stikprøve af opslag, fra den kontrollerede log");
  control->add_option("--from", args.from, "fra og med dag, 22-11-2026");
  control->add_option("--until,--to", args.until,
                      "til og med dag (ellers i går, hvis loggen giver frøet)");
  control->add_option("--sample", args.sample, "så mange opslag (standard 20)");
  control->add_option("--seed", args.seed,
                      "frøet fra en tidligere stikprøve; ellers giver loggen "
                      "det selv");
}

bool WritesRecord(const CLI::App& app) {
  if (!app.got_subcommand("report")) return false;
  const CLI::App& report = *app.get_subcommand("report");
  return report.got_subcommand("article30") || report.got_subcommand("dpia");
}

ReportName ReportNameOf(const CLI::App& report) {
  return report.got_subcommand("statistics")  ? ReportName::kStatistics
         : report.got_subcommand("article30") ? ReportName::kArticle30
         : report.got_subcommand("dpia")      ? ReportName::kDpia
                                              : ReportName::kLogControl;
}

}  // namespace samkoer::clients
