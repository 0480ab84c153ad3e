// By which columns two files of an export belong together. Pure.
#ifndef SAMKOER_CLIENTS_AGENT_SETUP_JOIN_H_
#define SAMKOER_CLIENTS_AGENT_SETUP_JOIN_H_

#include <optional>
#include <string>

#include "clients/agent/sample_table.h"

namespace samkoer::agent {

struct FoundJoin {
  std::string key;                    // a column of the source
  std::string file_key;               // a column of the file
  std::size_t found = 0, filled = 0;  // of the source's cells
};

// A column of `file` whose cells are all different, and a column of `source`
// of whose cells nine in ten stand there. Columns of the same name go before
// others. Nothing if no pair fits, or if several do: then a person decides.
std::optional<FoundJoin> FindJoin(const SampleTable& source,
                                  const SampleTable& file);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_JOIN_H_
