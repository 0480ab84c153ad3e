#include "clients/alerts/conference_main.h"

#include <CLI/CLI.hpp>

namespace samkoer::clients {
namespace {

void AddDetails(CLI::App* command, ConferenceArguments& args) {
  command->add_option("--minutes", args.minutes,
                      "hvor længe; ellers som politikken siger");
  command->add_option("--place", args.place, "hvor");
  command->add_option(
      "--team", args.team,
      "det faste team, en funktion eller medarbejder ad gangen");
}

}  // namespace

void AddConferenceCommands(CLI::App& app, ConferenceArguments& args) {
  auto* family = app.add_subcommand(
      "conferences", "ungekonferencer: plan, dagsorden, handlinger, kalender");
  family->require_subcommand(1);
  auto* list = family->add_subcommand("list", "vis de planlagte konferencer");
  list->add_flag("--past", args.past, "også holdte og aflyste");

  auto* plan = family->add_subcommand(
      "plan", "planlæg en konference, eller en række i politikkens rytme");
  plan->add_option("--start", args.start, "\"2026-12-01 09:00\"")->required();
  plan->add_option("--leader", args.leader, "mødelederen")->required();
  AddDetails(plan, args);
  plan->add_option("--count", args.count, "hvor mange (standard 1)")
      ->check(CLI::Range(1, 52));

  family->add_subcommand("calendar",
                         "skriv alle konferencer som iCalendar (.ics), uden "
                         "oplysninger om nogen person");

  const auto change = [&](const char* name, const char* about) {
    auto* command = family->add_subcommand(name, about);
    command->add_option("KONFERENCE", args.conference_id, "K-XXXX-XXXX")
        ->required();
    return command;
  };
  change("show", "vis konferencen og dens dagsorden, klar til udskrift");
  const auto alert = [&](CLI::App* command) {
    command->add_option("ADVIS", args.alert_id, "A-XXXX-XXXX")->required();
  };
  auto* add = change("add", "sæt et advis på dagsordenen");
  auto* remove = change("remove", "tag et advis af dagsordenen");
  auto* move = change("move", "flyt et advis til en anden konference");
  auto* action = change("action", "skriv den ene handling, der er aftalt");
  auto* details = change("change", "ændr tid, sted, mødeleder eller team");
  auto* close = change(
      "close", "konferencen er holdt; hvert advis skal have sin handling");
  auto* cancel = change("cancel", "aflys; adviserne mister deres plads");
  for (auto* command : {add, remove, move, action}) {
    alert(command);
    command->add_option("--alert-revision", args.alert_revision,
                        "afvis, hvis adviset er ændret siden denne revision, "
                        "som samkoer-alerts show viser");
  }
  move->add_option("TIL", args.to_conference_id, "K-XXXX-XXXX")->required();
  action->add_option("TEKST", args.text, "hvad, i en sætning")->required();
  action->add_option("--department", args.department, "den ansvarlige afdeling")
      ->required();
  action->add_option("--unit", args.unit, "den ansvarlige enhed")->required();
  action->add_option("--by", args.due_day, "senest, 2026-12-01")->required();
  details->add_option("--start", args.start, "\"2026-12-01 09:00\"");
  details->add_option("--leader", args.leader, "mødelederen");
  AddDetails(details, args);
  for (auto* command : {add, remove, move, action, details, close, cancel}) {
    command->add_option("--reason", args.reason, "hvorfor; uden CPR-numre");
    command->add_option(
        "--revision", args.revision,
        command == details
            ? "konferencens revision, som vist af show; skal gives"
        : command == action
            ? "konferencens revision, som vist af show; skal gives for at "
              "erstatte en handling"
            : "afvis, hvis konferencen er ændret siden denne revision");
  }
}

void AddInquiryCommands(CLI::App& app, InquiryArguments& args) {
  auto* family = app.add_subcommand(
      "inquiries", "afdelingernes spørgsmål om målgruppen og om frafald");
  family->require_subcommand(1);
  auto* list = family->add_subcommand("list", "vis spørgsmål, ældste først");
  list->add_flag("--answered", args.answered, "også besvarede og slettede");
  auto* answer = family->add_subcommand(
      "answer", "besvar et eller flere spørgsmål med ét svar");
  answer->add_option("SPØRGSMÅL", args.ids, "F-XXXX-XXXX, et eller flere")
      ->required();
  answer->add_option("--text", args.text, "svaret; uden at nævne nogen person")
      ->required();
  auto* remove = family->add_subcommand(
      "delete", "slet et spørgsmåls ord, for eksempel fordi de nævner nogen");
  remove->add_option("SPØRGSMÅL", args.ids, "F-XXXX-XXXX")
      ->required()
      ->expected(1);
  remove->add_option("--reason", args.reason, "hvorfor; står i loggen")
      ->required();
}

std::string GivenOf(const CLI::App& app, const std::string& family) {
  if (!app.got_subcommand(family)) return std::string();
  const auto given = app.get_subcommand(family)->get_subcommands();
  return given.empty() ? std::string() : given.front()->get_name();
}

}  // namespace samkoer::clients
