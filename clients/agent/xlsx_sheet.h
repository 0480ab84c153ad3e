// The rows of one sheet of a workbook, one at a time.
#ifndef SAMKOER_CLIENTS_AGENT_XLSX_SHEET_H_
#define SAMKOER_CLIENTS_AGENT_XLSX_SHEET_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "clients/agent/dates.h"
#include "clients/agent/row_source.h"
#include "clients/agent/xlsx_strings.h"
#include "clients/agent/xlsx_styles.h"
#include "clients/agent/xml_reader.h"

namespace samkoer::agent {

// Takes in a sheet: XmlReader calls it. Each row that is not empty goes to the
// sink with its number in the sheet; the first is the header, and later ones
// have at least as many fields. Cells become text as Excel shows them where it
// matters: days in `pattern`, whole numbers with all digits, true and false as
// 1 and 0, errors as kErrorCell.
class XlsxSheet final : public XmlHandler {
 public:
  // All must outlive the object.
  XlsxSheet(const XlsxStrings& strings, const XlsxStyles& styles,
            bool system_1904, const DatePattern& pattern, const RowSink& sink)
      : strings_(strings),
        styles_(styles),
        system_1904_(system_1904),
        pattern_(pattern),
        sink_(sink) {}
  // Wipes what was read last.
  ~XlsxSheet() override;

  absl::Status Start(std::string_view name,
                     const XmlAttributes& attributes) override;
  absl::Status End(std::string_view name) override;
  absl::Status Text(std::string_view text) override;

 private:
  absl::Status StartRow(std::string_view number);
  absl::Status StartCell(const XmlAttributes& attributes);
  absl::Status EndCell();
  absl::Status EndRow();
  absl::Status Damaged(std::string_view what) const;
  std::string CellText() const;

  const XlsxStrings& strings_;
  const XlsxStyles& styles_;
  const bool system_1904_;
  const DatePattern& pattern_;
  const RowSink& sink_;

  std::int64_t line_ = 0;
  std::size_t header_width_ = 0;
  // Grows to the widest row; strings keep their memory from row to row.
  std::vector<std::string> fields_;
  std::size_t count_ = 0;   // fields of this row so far
  std::size_t filled_ = 0;  // up to and with the last that is not empty
  std::size_t next_ = 0;    // the place of a cell that does not name its own
  // The cell.
  std::size_t column_ = 0;
  std::size_t style_ = 0;
  enum class Type { kNumber, kShared, kText, kBool, kError, kDate };
  Type type_ = Type::kNumber;
  std::string value_;
  bool in_sheet_data_ = false, in_cell_ = false, in_value_ = false;
  bool has_formula_ = false;
  int phonetic_ = 0;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_XLSX_SHEET_H_
