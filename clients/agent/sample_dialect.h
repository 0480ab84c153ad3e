// How a file of separated values is written, found by looking at its bytes.
// Pure.
//
// Thread safety: all functions may be called from many threads at once.
#ifndef SAMKOER_CLIENTS_AGENT_SAMPLE_DIALECT_H_
#define SAMKOER_CLIENTS_AGENT_SAMPLE_DIALECT_H_

#include <string>
#include <string_view>

namespace samkoer::agent {

// The encoding's name as the configuration has it, and why.
struct FoundEncoding {
  std::string name;
  std::string why;
};
// By byte order mark, else by what the bytes can be. `bytes` may be cut short
// anywhere. Bytes that are no UTF-8 are windows-1252, whose letters are those
// of iso-8859-1.
FoundEncoding FindEncoding(std::string_view bytes);

// The delimiter and why.
struct FoundDelimiter {
  // One of ";", tab, ",", "|"; ";" if the file has one column.
  std::string delimiter;
  // How many columns it makes of the header; 1 if none of them stands there.
  std::size_t columns = 1;
  std::string why;
};
// The one that cuts most rows into as many fields as the header, and of such
// the one that makes most fields: a ';' in quotes, or in a title, is none.
// `bytes` may be cut short anywhere. `encoding` must be known (FindEncoding).
FoundDelimiter FindDelimiter(std::string_view bytes, std::string_view encoding);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_SAMPLE_DIALECT_H_
