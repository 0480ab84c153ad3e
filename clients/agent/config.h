// The agent's configuration, loaded and checked.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_CONFIG_H_
#define SAMKOER_CLIENTS_AGENT_CONFIG_H_

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "clients/agent/dates.h"
#include "clients/agent/domain_map.h"
#include "clients/agent/permitted.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// What the cleaner needs, made ready.
struct Config {
  // As written, with defaults filled in and all paths made absolute or
  // relative to the working directory.
  v1::AgentConfig proto;
  DatePattern date_pattern;
  // Folded status word (words.h) to open or closed.
  absl::flat_hash_map<std::string, v1::CaseStatus> status_words;
  DomainMap domains;
  Permitted permitted;
};

// Reads and checks the file. INVALID_ARGUMENT names file, line and what is
// wrong; NOT_FOUND if there is no such file. Files that the configuration names
// are not opened.
absl::StatusOr<Config> LoadConfig(const std::string& path);

// The same from a text; `path` stands in errors, and paths are relative to it.
absl::StatusOr<Config> ParseConfig(std::string_view text,
                                   const std::string& path);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CONFIG_H_
