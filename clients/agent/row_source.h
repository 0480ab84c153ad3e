// Where rows come from: a file of separated values, a workbook, a database, or
// several joined. All of them give the same cells: text, dates in the
// dialect's format, so that what reads the rows need not know the source.
#ifndef SAMKOER_CLIENTS_AGENT_ROW_SOURCE_H_
#define SAMKOER_CLIENTS_AGENT_ROW_SOURCE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "absl/status/status.h"

namespace samkoer::agent {

// A field, and the columns a row may have.
inline constexpr std::size_t kMaxFieldBytes = 64 * 1024;
inline constexpr std::size_t kMaxColumns = 1000;

// One row. `line` is where the source has it: the number of its first line, its
// row in a sheet, or its place in a query's result. The fields live until the
// callback returns. An error ends the reading.
using RowSink = std::function<absl::Status(
    std::int64_t line, std::span<const std::string> fields)>;

// Called now and then with the units read so far and in all (bytes, mostly);
// both are 0 where the end is not known.
using ReadProgress = std::function<void(std::uint64_t, std::uint64_t)>;

// Thread safety: for one thread at a time.
class RowSource {
 public:
  virtual ~RowSource() = default;
  // Hands the header to `sink`, then each row; to be called once. Returns what
  // the sink returned, or why the source cannot be read. Every error names the
  // file (or the database) and, where there is one, the line; never a cell.
  virtual absl::Status Read(const RowSink& sink,
                            const ReadProgress& progress) = 0;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_ROW_SOURCE_H_
