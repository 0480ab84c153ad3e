#include "clients/agent/sample_table.h"

#include <sodium.h>

#include <algorithm>

#include "absl/status/status.h"
#include "clients/agent/cells.h"
#include "clients/agent/columns.h"
#include "clients/agent/setup_words.h"
#include "clients/agent/words.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {

SampleTable::~SampleTable() {
  for (auto& row : rows_) {
    for (std::string& cell : row) {
      sodium_memzero(cell.data(), cell.capacity());
    }
  }
}

absl::StatusOr<SampleTable> SampleTable::Read(RowSource& source,
                                              std::size_t most_rows) {
  SampleTable table;
  std::size_t bytes = 0;
  bool enough = false;
  const absl::Status status = source.Read(
      [&](std::int64_t, std::span<const std::string> fields) -> absl::Status {
        if (table.header_.empty()) {
          for (const std::string& name : fields) {
            table.header_.emplace_back(TrimText(name));
          }
          return absl::OkStatus();
        }
        if (table.rows_.size() == most_rows || bytes > kSampleBytes) {
          enough = true;
          return absl::CancelledError("enough was seen");
        }
        table.rows_.emplace_back(fields.begin(), fields.end());
        for (const std::string& cell : fields) bytes += cell.size();
        return absl::OkStatus();
      },
      {});
  if (!status.ok() && !enough) return status;
  table.whole_ = !enough;
  if (table.header_.empty()) {
    return clients::WithHint(absl::InvalidArgumentError("the sample is empty"),
                             "take an export with a header and some rows");
  }
  // A long name, or one with a date in it, beside names that are known: the
  // column is kept without its name, which may be anything.
  const bool is_header = std::count_if(table.header_.begin(),
                                       table.header_.end(), IsKnownName) >= 2;
  for (std::string& name : table.header_) {
    if (name.empty() || LooksLikeColumnName(name)) continue;
    if (!is_header || clients::ContainsCpr(name) ||
        clients::ParseCpr(name).valid() ||
        name.find('@') != std::string::npos) {
      return clients::WithHint(
          absl::InvalidArgumentError("the first line of the sample looks like "
                                     "a row of data, which is not shown"),
          "the file needs a header line: let the case system write one, and "
          "nothing above it, as a title or a date");
    }
    name.clear();
  }
  return table;
}

std::string_view SampleTable::Cell(std::size_t row, std::size_t column) const {
  if (column >= rows_[row].size()) return {};
  const std::string_view cell = TrimText(rows_[row][column]);
  return BrokenCell(cell) ? std::string_view() : cell;
}

int SampleTable::Find(std::string_view name) const {
  if (name.empty()) return -1;
  const auto find = [&](const auto& equal) {
    int place = -1, hits = 0;
    for (std::size_t i = 0; i < header_.size(); ++i) {
      if (!equal(header_[i])) continue;
      place = static_cast<int>(i);
      ++hits;
    }
    return hits == 1 ? place : hits == 0 ? -1 : -2;
  };
  int place = find([&](const std::string& have) { return have == name; });
  if (place == -1) {
    const std::string folded = FoldText(name);
    place =
        find([&](const std::string& have) { return FoldText(have) == folded; });
  }
  return place < 0 ? -1 : place;
}

}  // namespace samkoer::agent
