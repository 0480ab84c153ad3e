// Conferences: `samkoer-alerts conferences`, apart from reading the arguments.
#ifndef SAMKOER_CLIENTS_ALERTS_CONFERENCE_COMMAND_H_
#define SAMKOER_CLIENTS_ALERTS_CONFERENCE_COMMAND_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/alerts/commands.h"
#include "samkoer/v1/conferences.grpc.pb.h"

namespace samkoer::clients {

// What was typed; each command looks at its own.
struct ConferenceArguments {
  std::string conference_id;
  std::string alert_id;
  std::string to_conference_id;
  // The conference's revision that a change is based on. 0: "change" is refused
  // and an action only written where there is none; the others read it first
  // and use what it then has.
  std::uint64_t revision = 0;
  // The alert's, of "add", "remove", "move" and "action". 0: of "remove" and
  // "move" the one that was read with the conference, if that was read; else
  // any.
  std::uint64_t alert_revision = 0;
  std::string reason;
  // "2026-12-01 09:00", in the time zone of the output's style.
  std::string start;
  std::uint32_t minutes = 0;
  std::string place, leader;
  std::vector<std::string> team;
  std::uint32_t count = 1;
  // An action.
  std::string text, department, unit, due_day;
  // Also what was held or cancelled.
  bool past = false;
};

// The request of a change ("add", "remove", "move", "action", "change",
// "close", "cancel") without conference and revision; "change" begins with the
// details as they are. INVALID_ARGUMENT, in the language, if what was typed
// cannot be meant; nothing that was typed is repeated.
absl::StatusOr<v1::ChangeConferenceRequest> MakeChange(
    std::string_view command, const ConferenceArguments& arguments,
    const v1::ConferenceDetails& present, const TextStyle& style);

// Does what was asked for ("list", "plan", "show", "calendar" or a change) and
// prints the result: a table, a page or JSON, the calendar always as it is.
absl::Status RunConferences(v1::Conferences::StubInterface& stub,
                            std::string_view command,
                            const ConferenceArguments& arguments,
                            const AlertsOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_CONFERENCE_COMMAND_H_
