#include "clients/agent/setup_join.h"

#include <vector>

#include "absl/container/flat_hash_set.h"
#include "clients/agent/words.h"
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

}  // namespace

std::optional<FoundJoin> FindJoin(const SampleTable& source,
                                  const SampleTable& file) {
  std::vector<FoundJoin> same, other;
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
      if (join.found == 0 || join.found * 10 < join.filled * 9) continue;
      (FoldText(join.key) == FoldText(join.file_key) ? same : other)
          .push_back(join);
    }
  }
  const auto& best = same.empty() ? other : same;
  if (best.size() != 1) return std::nullopt;
  return best.front();
}

}  // namespace samkoer::agent
