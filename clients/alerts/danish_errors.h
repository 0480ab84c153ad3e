// The findings of the parts that know no language, in Danish. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_DANISH_ERRORS_H_
#define SAMKOER_CLIENTS_ALERTS_DANISH_ERRORS_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/alerts/text.h"

namespace samkoer::clients {

// The message with every known English phrase in Danish; what is not known
// stays as it is: paths, numbers, names.
std::string InDanish(std::string_view message);

// The same status with such a message and hint. OK stays OK.
absl::Status InDanish(const absl::Status& status);

// What a server says that serves little else until a declared loss is decided,
// in words: UNAVAILABLE, with the command that shows the loss as the hint. Any
// other status as it is.
absl::Status ExplainLoss(const absl::Status& status, Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_DANISH_ERRORS_H_
