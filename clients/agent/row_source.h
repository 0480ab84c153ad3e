// Where rows come from: a file of separated values, a workbook, a database, or
// several joined. All of them give the same cells: text, dates in the
// dialect's format, so that what reads the rows need not know the source.
#ifndef SAMKOER_CLIENTS_AGENT_ROW_SOURCE_H_
#define SAMKOER_CLIENTS_AGENT_ROW_SOURCE_H_

#include <cstdint>
#include <functional>

#include "absl/status/status.h"
#include "clients/common/rows.h"

namespace samkoer::agent {

using clients::kMaxColumns;
using clients::kMaxFieldBytes;
using clients::RowSink;

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
