// Writes a configuration as YAML, as a person would: the counterpart of
// ParseConfig. Pure.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_CONFIG_TEXT_H_
#define SAMKOER_CLIENTS_AGENT_CONFIG_TEXT_H_

#include <map>
#include <string>

#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// Comments by the name of a field of AgentConfig; each line gets a "# ".
using ConfigComments = std::map<std::string, std::string>;

// Every field that is set, in the order of the proto; ParseYaml of the text
// gives `config` back. Begins with the comment of "", if there is one.
std::string FormatConfig(const v1::AgentConfig& config,
                         const ConfigComments& comments);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_CONFIG_TEXT_H_
