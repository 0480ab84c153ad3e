// Rows of cells, as readers of files hand them on.
#ifndef SAMKOER_CLIENTS_COMMON_ROWS_H_
#define SAMKOER_CLIENTS_COMMON_ROWS_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "absl/status/status.h"

namespace samkoer::clients {

// A field, and the columns a row may have.
inline constexpr std::size_t kMaxFieldBytes = 64 * 1024;
inline constexpr std::size_t kMaxColumns = 1000;

// One row. `line` is where the source has it: the number of its first line, its
// row in a sheet, or its place in a query's result. The fields live until the
// callback returns. An error ends the reading.
using RowSink = std::function<absl::Status(
    std::int64_t line, std::span<const std::string> fields)>;

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_ROWS_H_
