// The file of case references that no longer exist: UTF-8, one a line, empty
// lines ignored.
#ifndef SAMKOER_CLIENTS_AGENT_WITHDRAWN_FILE_H_
#define SAMKOER_CLIENTS_AGENT_WITHDRAWN_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace samkoer::agent {

// Ascending, once each. INVALID_ARGUMENT with the line (never its content) for
// a reference that could never have been sent: too long, not text, or holding a
// CPR number. `name` stands in errors.
absl::StatusOr<std::vector<std::string>> ParseWithdrawn(std::string_view text,
                                                        std::string_view name);
// The same from a file; NOT_FOUND or PERMISSION_DENIED.
absl::StatusOr<std::vector<std::string>> ReadWithdrawn(const std::string& path);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_WITHDRAWN_FILE_H_
