// The steps of coordination and the overview: `samkoer-alerts guide`,
// `handover` and so on, apart from reading the arguments.
#ifndef SAMKOER_CLIENTS_ALERTS_COORDINATE_COMMAND_H_
#define SAMKOER_CLIENTS_ALERTS_COORDINATE_COMMAND_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/alerts/commands.h"
#include "samkoer/v1/alerts.grpc.pb.h"

namespace samkoer::clients {

// What was typed; each command looks at its own.
struct StepArguments {
  std::string alert_id;
  std::string note;
  // As SetOptions.revision.
  std::uint64_t revision = 0;
  std::string name, department, unit, external;  // a holder
  std::string text;    // a measure, a reason, an owner, a half-year, a month
  std::string role;    // guide, caseworker, contact
  std::string answer;  // ja, nej; for handovers also tilbage
  std::uint32_t number = 0;
  bool flag = false;    // accepted, exists, by agreement, remove
  bool second = false;  // wished, extended
  bool third = false;   // at the conference
};

// The request of a command ("guide", "handover", ...) without alert and
// revision. INVALID_ARGUMENT, in the language, if what was typed is no such
// step; nothing that was typed is repeated.
absl::StatusOr<v1::CoordinateRequest> MakeStep(std::string_view command,
                                               const StepArguments& arguments,
                                               Language language);

// Takes the step and prints the alert as it is then. Without a revision the
// alert is read first.
absl::Status RunStep(v1::Alerts::StubInterface& stub, std::string_view command,
                     const StepArguments& arguments,
                     const AlertsOutput& output);

// Prints today's numbers.
absl::Status ShowOverview(v1::Alerts::StubInterface& stub,
                          const AlertsOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_COORDINATE_COMMAND_H_
