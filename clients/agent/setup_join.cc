#include "clients/agent/setup_join.h"

#include <charconv>
#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {
namespace {

using Cells = absl::flat_hash_set<absl::string_view>;

// The cells of a column that can be a file's key; empty if it cannot.
Cells KeyCells(const SampleTable& file, std::size_t column) {
  Cells cells;
  for (std::size_t row = 0; row < file.rows(); ++row) {
    const std::string_view cell = file.Cell(row, column);
    if (cell.empty()) continue;
    if (!cells.insert(crypto::AbslView(cell)).second) return {};
  }
  return cells;
}

bool CanBeNamed(const SampleTable& table, std::size_t column) {
  return table.Find(table.header()[column]) == static_cast<int>(column);
}

// True for a column that counts the rows of its file ("Id" from 1 up): its
// numbers stand in every other file that counts from 1.
bool NumbersTheRows(const SampleTable& table, std::size_t column) {
  absl::flat_hash_set<std::uint64_t> seen;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view cell = table.Cell(row, column);
    std::uint64_t number = 0;
    const auto [end, error] =
        std::from_chars(cell.data(), cell.data() + cell.size(), number);
    if (error != std::errc() || end != cell.data() + cell.size() ||
        number > 2 * table.rows() || !seen.insert(number).second) {
      return false;
    }
  }
  return !seen.empty();
}

}  // namespace

std::optional<FoundJoin> FindJoin(const SampleTable& source,
                                  const SampleTable& file) {
  std::optional<FoundJoin> best;
  std::size_t possible = 0;
  for (std::size_t j = 0; j < file.header().size(); ++j) {
    if (!CanBeNamed(file, j)) continue;
    const Cells keys = KeyCells(file, j);
    if (keys.empty()) continue;
    for (std::size_t i = 0; i < source.header().size(); ++i) {
      if (!CanBeNamed(source, i)) continue;
      FoundJoin join{source.header()[i], file.header()[j], 0, 0};
      for (std::size_t row = 0; row < source.rows(); ++row) {
        const std::string_view cell = source.Cell(row, i);
        if (cell.empty()) continue;
        ++join.filled;
        join.found += keys.contains(crypto::AbslView(cell));
      }
      if (join.found == 0 || join.found * 2 < join.filled) continue;
      ++possible;
      if (join.found * 10 >= join.filled * 9 && !NumbersTheRows(source, i)) {
        best = std::move(join);
      }
    }
  }
  if (possible != 1) return std::nullopt;
  return best;
}

}  // namespace samkoer::agent
