#include "clients/audit/change_main.h"

#include <CLI/CLI.hpp>

#include "clients/audit/change_command.h"

namespace samkoer::clients {
namespace {

void AddReason(CLI::App* command, ChangeArguments& args) {
  command->add_option("--reason", args.reason, "hvorfor; står i loggen")
      ->required();
}

// What all kinds have.
void AddDecisions(CLI::App& app, ChangeArguments& args) {
  auto* show =
      app.add_subcommand("show", "forslaget, og hvordan det står til nu");
  auto* approve = app.add_subcommand(
      "approve", "sæt i kraft; en anden person end den, der foreslog");
  approve->add_option("--digest", args.digest,
                      "digest af det, du har læst; ellers spørges der");
  auto* reject =
      app.add_subcommand("reject", "afvis, eller tag dit eget tilbage");
  for (auto* command : {show, approve, reject}) {
    command->add_option("NUMMER", args.number, "forslagets nummer")->required();
  }
  for (auto* command : {approve, reject}) AddReason(command, args);
}

void AddDepartment(CLI::App& app, ChangeArguments& args) {
  auto* department = app.add_subcommand(
      "department",
      "sluk for en afdeling, eller tænd igen (fire øjne: driften og "
      "databeskyttelsesrådgiveren)");
  department->require_subcommand(1);
  auto* suspend = department->add_subcommand(
      "suspend", "foreslå at slukke: intet tages imod eller udleveres");
  suspend
      ->add_option("--records", args.records,
                   "dens sager, som de står: count (tæller fortsat) eller "
                   "do-not-count (tæller ikke)")
      ->required()
      ->check(CLI::IsMember({"count", "do-not-count"}));
  auto* resume = department->add_subcommand("resume", "foreslå at tænde igen");
  for (auto* command : {suspend, resume}) {
    command->add_option("AFDELING", args.subject, "afdelingens id")->required();
    AddReason(command, args);
  }
  department->add_subcommand("list", "hvem der er slukket, og alle forslag");
  AddDecisions(*department, args);
}

void AddQuota(CLI::App& app, ChangeArguments& args) {
  auto* quota = app.add_subcommand(
      "quota", "nøgletjenestens kvoter: foreslå, se, godkend (fire øjne)");
  quota->require_subcommand(1);
  quota->add_option("--server", args.server, "keyd; en anden har ingen kvoter")
      ->check(CLI::IsMember({"keyd"}));
  auto* propose =
      quota->add_subcommand("propose", "foreslå en kvote (driften)");
  propose
      ->add_option("HVEM", args.subject,
                   "en rolle (department, privacy-officer) eller en URI")
      ->required();
  propose->add_option("--burst", args.burst, "så mange opslag på én gang")
      ->required();
  propose
      ->add_option("--per-day", args.per_day,
                   "så mange kommer igen om dagen, jævnt fordelt")
      ->required();
  AddReason(propose, args);
  quota->add_subcommand("list", "kvoterne i kraft, og alle forslag");
  AddDecisions(*quota, args);
}

void AddLoss(CLI::App& app, ChangeArguments& args) {
  auto* loss = app.add_subcommand(
      "loss",
      "et lager, der er ældre end sit kontrolpunkt: må serveren gå videre "
      "(fire øjne)");
  loss->require_subcommand(1);
  loss->add_option("--server", args.server,
                   "hvis lager: matcher (standard) eller keyd")
      ->check(CLI::IsMember({"matcher", "keyd"}));
  loss->add_subcommand("list", "alle erklærede tab, de nyeste først");
  AddDecisions(*loss, args);
}

const char* NameOf(const CLI::App& app) {
  for (const char* name : {"department", "quota", "loss"}) {
    if (app.got_subcommand(name)) return name;
  }
  return nullptr;
}

ChangeKind NamedKind(std::string_view name) {
  return name == "department" ? ChangeKind::kDepartment
         : name == "quota"    ? ChangeKind::kQuota
                              : ChangeKind::kLoss;
}

}  // namespace

void AddChangeCommands(CLI::App& app, ChangeArguments& args) {
  AddDepartment(app, args);
  AddQuota(app, args);
  AddLoss(app, args);
}

bool IsChangeCommand(const CLI::App& app) { return NameOf(app) != nullptr; }

Peer PeerOfChange(const CLI::App& app, const ChangeArguments& args) {
  return app.got_subcommand("quota") || args.server == "keyd"
             ? Peer::kKeyService
             : Peer::kMatcher;
}

absl::Status RunChangeCommand(const CLI::App& app, const ChangeArguments& args,
                              v1::Governance::StubInterface& server,
                              const AuditOutput& output) {
  const CLI::App& command = *app.get_subcommand(NameOf(app));
  const Matter matter{NamedKind(NameOf(app)), PeerOfChange(app, args)};
  if (command.got_subcommand("show")) {
    return PrintProposal(server, args.number, ProposalView::kDiff, output,
                         matter);
  }
  if (command.got_subcommand("approve")) {
    auto confirm = ConfirmApproval(args.digest, output.style.language);
    if (!confirm.ok()) return confirm.status();
    return ApproveProposal(
        server, {args.number, args.digest, args.reason, {}, args.own_uri},
        *confirm, output, matter);
  }
  if (command.got_subcommand("reject")) {
    return RejectProposal(server, args.number, args.reason, output, matter);
  }
  if (command.got_subcommand("list")) {
    return matter.kind == ChangeKind::kLoss
               ? PrintProposals(server, Proposals::kAll, output, matter)
               : PrintChanges(server, matter, output);
  }
  if (matter.kind == ChangeKind::kQuota) {
    v1::ProposalContent content;
    content.mutable_quota()->set_subject(args.subject);
    content.mutable_quota()->set_burst(args.burst);
    content.mutable_quota()->set_per_day(args.per_day);
    return ProposeChange(server, content, args.reason, output, matter);
  }
  return command.got_subcommand("suspend")
             ? ProposeSuspension(server, args.subject, args.records,
                                 args.reason, output)
             : ProposeResumption(server, args.subject, args.reason, output);
}

}  // namespace samkoer::clients
