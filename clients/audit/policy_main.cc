#include "clients/audit/policy_main.h"

#include <CLI/CLI.hpp>

#include "clients/audit/governance_command.h"
#include "clients/audit/policy_in_force.h"

namespace samkoer::clients {

void AddPolicyCommands(CLI::App& app, PolicyArguments& args) {
  auto* policy = app.add_subcommand(
      "policy", "politikken: foreslå, se ændringer, godkend (fire øjne)");
  policy->require_subcommand(1);
  auto* propose =
      policy->add_subcommand("propose", "foreslå en ny politik (driften)");
  propose->add_option("FIL", args.file, "politikken (YAML)")->required();
  policy->add_subcommand("list", "alle forslag, de nyeste først");
  policy->add_subcommand("history", "de politikker, der er sat i kraft");
  auto* show = policy->add_subcommand("show", "forslaget, som det er skrevet");
  auto* diff = policy->add_subcommand(
      "diff",
      "hvad et åbent forslag ændrer, i ord, og hvor mange det omfatter");
  auto* approve = policy->add_subcommand(
      "approve", "sæt i kraft (databeskyttelsesrådgiveren)");
  approve->add_option("--digest", args.digest,
                      "digest af det, du har læst; ellers spørges der");
  auto* reject =
      policy->add_subcommand("reject", "afvis, eller tag dit eget tilbage");
  for (auto* command : {show, diff, approve, reject}) {
    command->add_option("NUMMER", args.number, "forslagets nummer")->required();
  }
  for (auto* command : {propose, approve, reject}) {
    command->add_option("--reason", args.reason, "hvorfor; står i loggen")
        ->required();
  }
}

absl::Status RunPolicyCommand(const CLI::App& app, const PolicyArguments& args,
                              v1::Governance::StubInterface& server,
                              const PolicyLog& log, const AuditOutput& output) {
  const CLI::App& policy = *app.get_subcommand("policy");
  if (policy.got_subcommand("propose")) {
    return ProposePolicy(server, args.file, args.reason, output);
  }
  if (policy.got_subcommand("list") || policy.got_subcommand("history")) {
    return PrintProposals(
        server,
        policy.got_subcommand("list") ? Proposals::kAll : Proposals::kInForce,
        output);
  }
  if (policy.got_subcommand("reject")) {
    return RejectProposal(server, args.number, args.reason, output);
  }
  LogServer audit(Peer::kMatcher, log.stub, output.style.language);
  const auto check = [&](const v1::ProposalContent& in_force) {
    return CheckInForce(audit, *log.verifier, log.store, in_force, output);
  };
  if (policy.got_subcommand("approve")) {
    auto confirm = ConfirmApproval(args.digest, output.style.language);
    if (!confirm.ok()) return confirm.status();
    if (!log.verifier.ok()) return log.verifier.status();
    return ApproveProposal(
        server, {args.number, args.digest, args.reason, check, args.own_uri},
        *confirm, output);
  }
  if (policy.got_subcommand("show")) {
    return PrintProposal(server, args.number, ProposalView::kText, output);
  }
  // An operator may read proposals, and not the log.
  if (!log.verifier.ok()) {
    output.notices << Say(output.style.language,
                          "Den gældende politik er ikke kontrolleret mod "
                          "loggen: konfigurationen har ikke loggens nøgle.\n",
                          "The policy in force is not checked against the log: "
                          "the configuration does not have the log's key.\n");
  }
  return PrintProposal(
      server, args.number, ProposalView::kDiff, output, {},
      log.verifier.ok() ? InForceCheck(check) : InForceCheck());
}

}  // namespace samkoer::clients
