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

// The names, unless the line looks like a row of data: those are not shown.
std::string ListHeader(std::span<const std::string> header) {
  constexpr std::size_t kShown = 50;
  for (const std::string& name : header) {
    if (clients::ContainsCpr(name) || clients::ParseCpr(name).valid()) {
      return "the first line looks like a row of data: the file needs a header";
    }
  }
  return clients::Cat(
      "the file has: ",
      absl::StrJoin(header.first(std::min(header.size(), kShown)), ", ",
                    [](std::string* out, const std::string& name) {
                      *out += clients::Cat("'", TrimText(name), "'");
                    }));
}

}  // namespace

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
    return clients::WithHint(
        absl::InvalidArgumentError(
            clients::Cat("the header has ", hits == 0 ? "no" : "more than one",
                         " column '", name, "'")),
        hits == 0 && header.size() == 1
            ? clients::Cat("is dialect.delimiter right? ", ListHeader(header))
            : ListHeader(header));
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
