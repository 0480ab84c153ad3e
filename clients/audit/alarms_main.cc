#include "clients/audit/alarms_main.h"

#include <CLI/CLI.hpp>

#include "clients/audit/alarms_command.h"

namespace samkoer::clients {

CLI::App* AddAlarmsCommands(CLI::App& app, AlarmsArguments& args) {
  auto* alarms = app.add_subcommand(
      "alarms",
      "tegn på misbrug eller på noget, der er gået i stykker (også for "
      "driften)");
  alarms->require_subcommand(0, 1);
  auto* list = alarms->add_subcommand("list", "vis dem, de nyeste først");
  for (auto* command : {alarms, list}) {
    command->add_flag("--all", args.all, "også dem, der er kvitteret for");
  }
  auto* acknowledge = alarms->add_subcommand(
      "acknowledge",
      "skriv i loggen, at en alarm er undersøgt (databeskyttelsesrådgiveren)");
  acknowledge->add_option("ID", args.id, "alarmens id")->required();
  acknowledge
      ->add_option("--reason", args.reason,
                   "hvad der blev fundet; står i loggen")
      ->required();
  return alarms;
}

absl::Status RunAlarmsCommand(const CLI::App& app, const AlarmsArguments& args,
                              v1::Alarms::StubInterface& server, Peer peer,
                              const AuditOutput& output) {
  if (app.get_subcommand("alarms")->got_subcommand("acknowledge")) {
    return AcknowledgeAlarm(server, peer, args.id, args.reason, output);
  }
  return PrintAlarms(server, peer, args.all, output);
}

}  // namespace samkoer::clients
