// Alerts as a coordinator reads them. Pure. Everything that comes from
// departments or people is made terminal-safe.
#ifndef SAMKOER_CLIENTS_ALERTS_ALERT_TEXT_H_
#define SAMKOER_CLIENTS_ALERTS_ALERT_TEXT_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "clients/alerts/text_style.h"
#include "google/protobuf/message.h"
#include "samkoer/v1/alerts.pb.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::clients {

// An aligned table, one line an alert, in the order given: id, state, opened,
// number of cases, departments, rule. A line "Ingen advis." if there are none.
std::string AlertTable(std::span<const v1::Alert> alerts,
                       const TextStyle& style);

// Everything about one alert: rule and version, reasons, a warning if any
// participant has a protected identity, each department's unit, domain, case
// reference, contact and since when, what was agreed, and the history.
std::string AlertPage(const v1::Alert& alert, const TextStyle& style);

// One line of a feed, without a newline: sequence, time, id, what happened,
// state, departments; of a tombstone that and why the alert is deleted.
std::string FeedLine(const v1::FeedEntry& entry, const TextStyle& style);

// A JSON string, quoted. INTERNAL if the text is no UTF-8.
absl::StatusOr<std::string> JsonString(const std::string& text);

// One line of JSON (or indented, if `pretty`), the proto's own field names,
// fields without a value included. INTERNAL if the message cannot be written.
absl::StatusOr<std::string> JsonText(const google::protobuf::Message& message,
                                     bool pretty = false);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_ALERT_TEXT_H_
