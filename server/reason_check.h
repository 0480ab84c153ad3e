#ifndef SAMKOER_SERVER_REASON_CHECK_H_
#define SAMKOER_SERVER_REASON_CHECK_H_

#include <string>

#include "absl/status/status.h"

namespace samkoer::server {

// Whether a reason may stand in the log: 1 to 500 bytes of plain UTF-8, and
// nothing in it that looks like a CPR number. INVALID_ARGUMENT, which does not
// repeat it.
absl::Status CheckReason(const std::string& reason);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_REASON_CHECK_H_
