// The parts of the configuration that say where rows come from, and which
// criteria are judged: checked, with defaults filled in.
#ifndef SAMKOER_CLIENTS_AGENT_CONFIG_SOURCES_H_
#define SAMKOER_CLIENTS_AGENT_CONFIG_SOURCES_H_

#include <string>

#include "clients/agent/config_checker.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

void CheckSources(v1::AgentConfig& config, ConfigChecker& check);
void CheckCriteria(const v1::AgentConfig& config, ConfigChecker& check);
void CheckRun(v1::AgentConfig& config, ConfigChecker& check);

// Makes the paths of these parts relative to the configuration at `path`, once
// state_dir has been.
void ResolveSourcePaths(const std::string& path, v1::AgentConfig& config);

// "HH:MM" as minutes after midnight; -1 if it is none.
int ParseClock(std::string_view text);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CONFIG_SOURCES_H_
