// One push, from reading the source to the matcher's answer.
#ifndef SAMKOER_CLIENTS_AGENT_PUSH_ONCE_H_
#define SAMKOER_CLIENTS_AGENT_PUSH_ONCE_H_

#include "absl/status/statusor.h"
#include "clients/agent/commands.h"
#include "clients/agent/config.h"
#include "clients/agent/summary.h"

namespace samkoer::agent {

// Pushes as `options` say, and returns what became of it; with rows that were
// set aside it is OK, too. Errors as the exit codes of docs/agent.md have them.
absl::StatusOr<Summary> PushOnce(const Config& config,
                                 const CommandContext& context,
                                 const PushOptions& options);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_PUSH_ONCE_H_
