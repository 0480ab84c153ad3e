// A source whose rows get the columns of other files, found by a key.
#ifndef SAMKOER_CLIENTS_AGENT_JOINED_SOURCE_H_
#define SAMKOER_CLIENTS_AGENT_JOINED_SOURCE_H_

#include <memory>
#include <string>
#include <vector>

#include "clients/agent/row_source.h"

namespace samkoer::agent {

// How much of a joined file's text is kept at most.
inline constexpr std::size_t kMaxJoinedBytes = std::size_t{1} << 30;

// One file to join.
struct JoinSpec {
  std::unique_ptr<RowSource> source;
  // For errors: "joined[0]".
  std::string place;
  std::string key;       // a column of the rows so far
  std::string file_key;  // a column of the file
  bool optional = false;
};

// Reads the joined files whole, then `main` row by row. Of a joined file only
// the columns that `wanted` names are kept, in memory that is wiped, and keys
// of later files must be among them: names and titles stay where they are. Keys
// are compared trimmed, and as they are otherwise.
//
// A row whose key a file does not have gets kMissingKeyCell in that file's
// columns (empty ones if the file is optional); a key that the file has more
// than once gives kRepeatedKeyCell, whether or not the rows there are equal.
// Where a cell that is a key is itself such a cell, or an error, it is passed
// on. INVALID_ARGUMENT names the file and the column if a header lacks a key.
std::unique_ptr<RowSource> MakeJoinedSource(std::unique_ptr<RowSource> main,
                                            std::vector<JoinSpec> joins,
                                            std::vector<std::string> wanted);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_JOINED_SOURCE_H_
