#include "clients/audit/witness_main.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <chrono>
#include <csignal>
#include <thread>

#include "absl/time/clock.h"
#include "clients/audit/witness_command.h"
#include "clients/audit/witness_config.h"

namespace samkoer::clients {
namespace {

std::atomic<bool> g_stop = false;
static_assert(std::atomic<bool>::is_always_lock_free);  // set by a handler

void Stop(int) { g_stop = true; }

bool SleepUnlessStopped(absl::Duration duration) {
  const auto end =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(duration);
  while (!g_stop && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return g_stop;
}

}  // namespace

void AddWitnessCommands(CLI::App& app, WitnessArguments& args) {
  auto* witness = app.add_subcommand(
      "witness",
      "vær vidne: husk, hvad logge har vist, og medunderskriv dem (med "
      "vidnets egen konfiguration)");
  witness->require_subcommand(1);
  auto* init = witness->add_subcommand("init", "lav vidnets nøgle");
  init->add_option("--name", args.name,
                   "vidnets navn, for eksempel viborg.dk/databeskyttelse")
      ->required();
  auto* run = witness->add_subcommand(
      "run", "medunderskriv hver log igen og igen, til SIGTERM");
  run->add_flag("--once", args.once, "én runde, så slut");
  witness->add_subcommand("status",
                          "hvad vidnet har set, og hvordan sidste runde gik");
  auto* show = witness->add_subcommand(
      "show", "vis det nyeste medunderskrevne tjekpunkt");
  auto* resolve = witness->add_subcommand(
      "resolve", "begynd forfra med en log, vidnet afviser");
  for (auto* command : {show, resolve}) {
    command->add_option("--log", args.log, "loggens navn i konfigurationen")
        ->required();
  }
  resolve
      ->add_option("--reason", args.reason,
                   "hvorfor; gemmes hos vidnet, uden CPR-numre")
      ->required();
}

absl::Status RunWitnessCommand(const CLI::App& app,
                               const WitnessArguments& args,
                               const std::string& config_path,
                               const AuditOutput& output) {
  auto config = LoadWitnessConfig(config_path);
  if (!config.ok()) return config.status();
  const WitnessSetup setup{config_path, *std::move(config)};
  const CLI::App& witness = *app.get_subcommand("witness");
  if (witness.got_subcommand("init")) {
    return InitWitness(setup, args.name, output);
  }
  if (witness.got_subcommand("status")) {
    return PrintWitnessStatus(setup, absl::Now(), output);
  }
  if (witness.got_subcommand("show")) {
    return ShowWitnessed(setup, args.log, output);
  }
  if (witness.got_subcommand("resolve")) {
    return ResolveWitnessed(setup, args.log, args.reason, absl::Now(), output);
  }
  std::signal(SIGINT, Stop);
  std::signal(SIGTERM, Stop);
  return RunWitness(setup, {args.once, absl::Now, SleepUnlessStopped}, output);
}

}  // namespace samkoer::clients
