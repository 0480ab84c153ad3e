// Which field of a row holds what. Pure.
//
// Thread safety: const objects may be used by many threads.
#ifndef SAMKOER_CLIENTS_AGENT_COLUMNS_H_
#define SAMKOER_CLIENTS_AGENT_COLUMNS_H_

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "samkoer/v1/agent_config.pb.h"

namespace samkoer::agent {

// What the agent reads of a row. Nothing else is looked at: names and titles
// stay where they are.
enum class Column {
  kCpr,
  kCaseRef,
  kUnit,
  kKind,
  kOpened,
  kClosed,
  kStatus,
  kContact,
  kCriteria,
  kProtected,
  kCoordinator,
  kConsent,
};
inline constexpr std::size_t kColumns = 12;

// The values of one row, trimmed; empty where the column is not configured or
// holds a null word. Lives as long as the fields it was read from.
struct RowView {
  std::array<std::string_view, kColumns> values;
  std::string_view operator[](Column column) const {
    return values[static_cast<std::size_t>(column)];
  }
};

// Whether a cell of the first line can be shown: it looks like a column's name
// and not like somebody's data (no run of six digits, no address, not long).
bool LooksLikeColumnName(std::string_view cell);

// The place of each column in the rows of one file.
class ColumnLayout {
 public:
  // Matches the configured names to the header, first exactly, then without
  // regard to case and spaces at the ends. INVALID_ARGUMENT if a configured
  // column is missing or stands twice. The hint names what is wanted; what is
  // there only if it is a header beyond doubt (a wanted name is among it, no
  // cell holds a number of six digits or more, an address or a long text), else
  // how many columns there are: a file without a header must not show a row.
  static absl::StatusOr<ColumnLayout> Match(
      const v1::ColumnMap& names, std::span<const std::string> header,
      std::span<const std::string> null_words);

  // How many fields the header has.
  std::size_t width() const { return width_; }
  // False if the row has another number of fields than the header (empty ones
  // beyond the last are forgiven); `view` is then undefined.
  bool Read(std::span<const std::string> fields, RowView& view) const;

 private:
  static constexpr std::size_t kAbsent = static_cast<std::size_t>(-1);
  std::array<std::size_t, kColumns> places_;
  std::size_t width_ = 0;
  std::vector<std::string> null_words_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_COLUMNS_H_
