#include "clients/agent/columns.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_join.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {
namespace {

// In the order of Column.
std::array<std::string_view, kColumns> NamesOf(const v1::ColumnMap& names) {
  return {names.cpr(),
          names.case_ref(),
          names.unit(),
          names.kle(),
          names.opened(),
          names.closed(),
          names.status(),
          names.contact(),
          names.criteria(),
          names.protected_identity(),
          names.coordinator_exists(),
          names.consent()};
}

// How many digits in a row no column's name has; numbers of people, cases and
// telephones do.
constexpr int kNoNamesDigits = 6;

std::string Quoted(std::span<const std::string_view> names) {
  return absl::StrJoin(names, ", ",
                       [](std::string* out, std::string_view name) {
                         *out += clients::Cat("'", name, "'");
                       });
}

// What is wanted, and what of the first line can be shown. If any cell looks
// like data the line is a row, and nothing of it is shown: a name stands beside
// the number.
std::string Explain(std::span<const std::string_view> wanted,
                    std::span<const std::string> header) {
  constexpr std::size_t kShown = 50;
  std::vector<std::string_view> names;
  for (const std::string_view name : wanted) {
    if (!name.empty()) names.push_back(name);
  }
  std::string text = clients::Cat("wanted are ", Quoted(names), "; ");
  std::vector<std::string_view> cells;
  bool has_known = false;
  for (const std::string& cell : header) {
    const std::string_view trimmed = TrimText(cell);
    if (!trimmed.empty() && !LooksLikeColumnName(trimmed)) {
      return clients::Cat(text, "the first line has ", header.size(),
                          " columns and looks like a row of data, which is "
                          "not shown: the file needs a header line");
    }
    for (const std::string_view name : names) {
      has_known |= FoldText(name) == FoldText(trimmed);
    }
    if (cells.size() < kShown) cells.push_back(trimmed);
  }
  // A row without any number in it still holds names of people.
  if (!has_known) {
    return clients::Cat(text, "the first line has ", header.size(),
                        " columns, none of them of these names");
  }
  return clients::Cat(text, "the file has ", Quoted(cells));
}

}  // namespace

bool LooksLikeColumnName(std::string_view cell) {
  constexpr std::size_t kMaxNameBytes = 40;
  if (cell.empty() || cell.size() > kMaxNameBytes) return false;
  if (clients::ContainsCpr(cell) || clients::ParseCpr(cell).valid()) {
    return false;
  }
  int run = 0;
  for (const char c : cell) {
    if (c == '@') return false;
    const bool digit = c >= '0' && c <= '9';
    // What numbers are written with does not end a run of digits.
    if (digit) {
      ++run;
    } else if (c != '-' && c != ' ' && c != '.' && c != '/') {
      run = 0;
    }
    if (run >= kNoNamesDigits) return false;
  }
  return true;
}

absl::StatusOr<ColumnLayout> ColumnLayout::Match(
    const v1::ColumnMap& names, std::span<const std::string> header,
    std::span<const std::string> null_words) {
  ColumnLayout layout;
  layout.width_ = header.size();
  layout.null_words_.assign(null_words.begin(), null_words.end());
  const auto wanted = NamesOf(names);
  for (std::size_t column = 0; column < kColumns; ++column) {
    layout.places_[column] = kAbsent;
    const std::string_view name = wanted[column];
    if (name.empty()) continue;
    const auto find = [&](auto equal) -> int {
      int hits = 0;
      for (std::size_t i = 0; i < header.size(); ++i) {
        if (equal(header[i])) {
          layout.places_[column] = i;
          ++hits;
        }
      }
      return hits;
    };
    int hits = find([&](const std::string& have) { return have == name; });
    if (hits == 0) {
      const std::string folded = FoldText(name);
      hits = find(
          [&](const std::string& have) { return FoldText(have) == folded; });
    }
    if (hits == 1) continue;
    const std::string explained = Explain(wanted, header);
    return clients::WithHint(
        absl::InvalidArgumentError(
            clients::Cat("the header has ", hits == 0 ? "no" : "more than one",
                         " column '", name, "'")),
        hits == 0 && header.size() == 1
            ? clients::Cat("is dialect.delimiter right? ", explained)
            : explained);
  }
  return layout;
}

bool ColumnLayout::Read(std::span<const std::string> fields,
                        RowView& view) const {
  if (fields.size() < width_) return false;
  for (const std::string& extra : fields.subspan(width_)) {
    if (!TrimText(extra).empty()) return false;
  }
  for (std::size_t column = 0; column < kColumns; ++column) {
    std::string_view& value = view.values[column];
    value = {};
    if (places_[column] == kAbsent) continue;
    value = TrimText(fields[places_[column]]);
    if (std::find(null_words_.begin(), null_words_.end(), value) !=
        null_words_.end()) {
      value = {};
    }
  }
  return true;
}

}  // namespace samkoer::agent
