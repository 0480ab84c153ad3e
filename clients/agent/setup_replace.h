// Replaces a configuration that is there already, as `setup --overwrite` does.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_REPLACE_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_REPLACE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// The fields, separated by ", ", that the configuration at `path` has and
// `fresh` has not; empty if there are none, or no file. INVALID_ARGUMENT if
// the file is no configuration.
absl::StatusOr<std::string> FieldsThatGo(const std::string& path,
                                         const v1::AgentConfig& fresh);

// Writes `text` to `path`, or to what it links to, so that whoever could read
// the old file can read the new one: with its owner, group and mode. The old
// one is kept as ".bak" beside it, readable by its owner only. Without an old
// one as WriteNewPrivateFile. Errors as WritePrivateFile; PERMISSION_DENIED
// says how to hand the file over if its owner cannot be kept: then it is
// written, and readable by who ran this only.
absl::Status ReplaceConfig(const std::string& path, std::string_view text);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_REPLACE_H_
