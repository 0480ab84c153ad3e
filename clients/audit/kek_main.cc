#include "clients/audit/kek_main.h"

#include <CLI/CLI.hpp>

#include "clients/audit/kek_command.h"

namespace samkoer::clients {

std::vector<CLI::App*> AddKekCommands(CLI::App& app, KekArguments& args) {
  auto* kek = app.add_subcommand(
      "kek", "nøglen, som et lager er forseglet med (også for driften)");
  kek->require_subcommand(1);
  auto* rotate = kek->add_subcommand(
      "rotate",
      "tag en ny nøgle i brug, forsegl alt igen og destruér den gamle");
  rotate->add_option("--reason", args.reason, "hvorfor; står i loggen")
      ->required();
  rotate->add_flag("--wait", args.wait,
                   "bliv, til den gamle nøgle er destrueret");
  auto* status =
      kek->add_subcommand("status", "hvilken nøgle, og hvor langt et skift er");
  for (auto* command : {rotate, status}) {
    command->add_flag("--key-service", args.key_service,
                      "det samme som --server keyd");
  }
  return {rotate, status};
}

absl::Status RunKekCommand(const CLI::App& app, const KekArguments& args,
                           v1::Operations::StubInterface& server, Peer peer,
                           const AuditOutput& output) {
  if (!app.get_subcommand("kek")->got_subcommand("rotate")) {
    return PrintKekStatus(server, peer, output);
  }
  return RotateKek(server, peer, {.reason = args.reason, .wait = args.wait},
                   output);
}

}  // namespace samkoer::clients
