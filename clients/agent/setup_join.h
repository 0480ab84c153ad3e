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
// of whose cells nine in ten stand there. A wrong pair gives each case the CPR
// number of a stranger, so nothing is found where there is any doubt, and a
// person decides: if another pair has half of the cells in common, whatever
// the columns are called, or if the source's column only numbers its rows.
std::optional<FoundJoin> FindJoin(const SampleTable& source,
                                  const SampleTable& file);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SETUP_JOIN_H_
