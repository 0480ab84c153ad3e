// What samkoer-alerts does, apart from reading its arguments: one function a
// command, against any stub.
#ifndef SAMKOER_CLIENTS_ALERTS_COMMANDS_H_
#define SAMKOER_CLIENTS_ALERTS_COMMANDS_H_

#include <cstdint>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/alerts/alert_text.h"
#include "clients/common/cli.h"
#include "samkoer/v1/alerts.grpc.pb.h"

namespace samkoer::clients {

// How results are printed.
struct AlertsOutput {
  std::ostream& out;
  std::ostream& notices;
  OutputFormat format = OutputFormat::kHuman;
  TextStyle style;
};

// Prints messages as one JSON array, a line each.
template <typename Message>
absl::Status PrintArray(const std::vector<Message>& messages,
                        const AlertsOutput& output) {
  output.out << "[";
  const char* separator = "\n";
  for (const Message& message : messages) {
    absl::StatusOr<std::string> json = JsonText(message);
    if (!json.ok()) return json.status();
    output.out << separator << *json;
    separator = ",\n";
  }
  output.out << "\n]\n";
  return Written(output.out, output.style.language);
}

struct ListOptions {
  // Empty means all that are neither closed, declined nor withdrawn.
  std::vector<v1::AlertState> states = {};
  // Empty means all.
  std::string department = {};
  // Only those with something overdue; without a guide; with a transition
  // ahead; nominated; with a guide of this unit.
  bool overdue = false;
  bool without_guide = false;
  bool transition = false;
  bool nominated = false;
  std::string guide_unit = {};
  // Only those with a handover that nobody has answered.
  bool handover_waits = false;
  // Only those whose id or case references contain this; empty means all.
  std::string number = {};
  // All pages rather than the first.
  bool all = false;
  // Alerts a page; 0 leaves it to the server.
  std::uint32_t page_size = 0;
};

// Prints the alerts as a table or as one JSON array. If there are more pages
// than were asked for, a notice says so.
absl::Status ListAlerts(v1::Alerts::StubInterface& stub,
                        const ListOptions& options, const AlertsOutput& output);

// Prints one alert as a page or as a JSON object.
absl::Status ShowAlert(v1::Alerts::StubInterface& stub, const std::string& id,
                       const AlertsOutput& output);

struct SetOptions {
  std::string alert_id = {};
  v1::AlertState state = v1::ALERT_STATE_UNSPECIFIED;
  // At most 500 bytes, and without a CPR number: checked here first, so that
  // such a note never leaves the machine.
  std::string note = {};
  // The revision the change is based on. 0: read the alert first and use what
  // it then has, so that a change in between is still noticed.
  std::uint64_t revision = 0;
};

// Sets a state and prints the alert as it is then.
absl::Status SetAlertState(v1::Alerts::StubInterface& stub,
                           const SetOptions& options,
                           const AlertsOutput& output);

// For the other commands: prints one alert as ShowAlert does.
absl::Status PrintAlert(const v1::Alert& alert, const AlertsOutput& output);
// Reads one alert.
absl::StatusOr<v1::Alert> FetchAlert(v1::Alerts::StubInterface& stub,
                                     const std::string& id, Language language);
// INVALID_ARGUMENT if the text is over 500 bytes or holds a CPR number.
absl::Status CheckNote(const std::string& note, Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_COMMANDS_H_
