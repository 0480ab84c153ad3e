#include "clients/agent/xlsx_sheet.h"

#include <sodium.h>

#include <algorithm>
#include <span>

#include "absl/strings/numbers.h"
#include "clients/agent/cells.h"
#include "clients/common/cat.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {
namespace {

constexpr std::int64_t kMaxRow = 1'048'576;

// "AB12" to 27; false if there are no letters.
bool ColumnOf(std::string_view reference, std::size_t& column) {
  std::size_t value = 0;
  std::size_t letters = 0;
  for (const char c : reference) {
    if (c < 'A' || c > 'Z' || letters == 4) break;
    value = value * 26 + static_cast<std::size_t>(c - 'A' + 1);
    ++letters;
  }
  if (letters == 0) return false;
  column = value - 1;
  return true;
}

template <typename T>
bool ReadNumber(std::string_view text, T& number) {
  return absl::SimpleAtoi(crypto::AbslView(text), &number);
}

}  // namespace

XlsxSheet::~XlsxSheet() {
  for (std::string& field : fields_) {
    sodium_memzero(field.data(), field.capacity());
  }
  sodium_memzero(value_.data(), value_.capacity());
}

absl::Status XlsxSheet::Damaged(std::string_view what) const {
  return absl::InvalidArgumentError(
      clients::Cat("line ", line_, " of the sheet is damaged: ", what));
}

absl::Status XlsxSheet::Start(std::string_view name,
                              const XmlAttributes& attributes) {
  if (name == "sheetData") in_sheet_data_ = true;
  if (!in_sheet_data_) return absl::OkStatus();
  if (name == "row") return StartRow(attributes["r"]);
  if (name == "c") return StartCell(attributes);
  if (!in_cell_) return absl::OkStatus();
  if (name == "f") has_formula_ = true;
  if (name == "rPh") ++phonetic_;
  in_value_ = phonetic_ == 0 && (name == "v" || name == "t");
  return absl::OkStatus();
}

absl::Status XlsxSheet::Text(std::string_view text) {
  if (!in_value_) return absl::OkStatus();
  if (value_.size() + text.size() > kMaxFieldBytes) {
    return Damaged(
        clients::Cat("a cell has more than ", kMaxFieldBytes, " bytes"));
  }
  value_.append(text);
  return absl::OkStatus();
}

absl::Status XlsxSheet::End(std::string_view name) {
  in_value_ = false;
  if (name == "sheetData") in_sheet_data_ = false;
  if (!in_sheet_data_) return absl::OkStatus();
  if (name == "rPh") --phonetic_;
  if (name == "c") return EndCell();
  if (name == "row") return EndRow();
  return absl::OkStatus();
}

absl::Status XlsxSheet::StartRow(std::string_view number) {
  std::int64_t line = line_ + 1;
  if (!number.empty() && !ReadNumber(number, line)) line = 0;
  if (line <= line_ || line > kMaxRow) return Damaged("rows out of order");
  line_ = line;
  count_ = filled_ = next_ = 0;
  return absl::OkStatus();
}

absl::Status XlsxSheet::StartCell(const XmlAttributes& attributes) {
  column_ = next_;
  if (const std::string_view reference = attributes["r"];
      !reference.empty() && !ColumnOf(reference, column_)) {
    return Damaged("a cell without a place");
  }
  if (column_ < next_) return Damaged("cells out of order");
  next_ = column_ + 1;
  // Far out to the right, and nothing in it as a rule.
  column_ = std::min(column_, kMaxColumns);
  const std::string_view type = attributes["t"];
  if (type.empty() || type == "n") {
    type_ = Type::kNumber;
  } else if (type == "s") {
    type_ = Type::kShared;
  } else if (type == "str" || type == "inlineStr") {
    type_ = Type::kText;
  } else if (type == "b") {
    type_ = Type::kBool;
  } else if (type == "d") {
    type_ = Type::kDate;
  } else {
    type_ = Type::kError;
  }
  if (!ReadNumber(attributes["s"], style_)) style_ = 0;
  value_.clear();
  in_cell_ = true;
  has_formula_ = false;
  return absl::OkStatus();
}

std::string XlsxSheet::CellText() const {
  if (value_.empty()) {
    // A formula that the program which wrote the file did not calculate.
    if (has_formula_ && type_ != Type::kText) return std::string(kErrorCell);
    return type_ == Type::kError ? std::string(kErrorCell) : std::string();
  }
  switch (type_) {
    case Type::kShared: {
      std::size_t index = 0;
      if (!ReadNumber(value_, index) || index >= strings_.size()) {
        return std::string(kErrorCell);
      }
      return std::string(strings_[index]);
    }
    case Type::kText: {
      std::string text;
      AppendUnescaped(value_, text);
      return text;
    }
    case Type::kBool:
      return value_ == "1" || value_ == "true" ? "1" : "0";
    case Type::kDate: {
      const auto day = LeadingIsoDay(value_);
      return day ? pattern_.Format(*day) : std::string(kErrorCell);
    }
    case Type::kError:
      return std::string(kErrorCell);
    case Type::kNumber:
      break;
  }
  double number = 0;
  if (!absl::SimpleAtod(value_, &number)) return std::string(kErrorCell);
  return styles_.Show(number, style_, system_1904_, pattern_);
}

absl::Status XlsxSheet::EndCell() {
  in_cell_ = false;
  std::string text = CellText();
  if (text.empty()) return absl::OkStatus();
  if (column_ >= kMaxColumns) {
    return Damaged(clients::Cat("more than ", kMaxColumns, " columns"));
  }
  if (fields_.size() <= column_) fields_.resize(column_ + 1);
  for (; count_ < column_; ++count_) fields_[count_].clear();
  fields_[column_].assign(text);
  sodium_memzero(text.data(), text.size());
  count_ = column_ + 1;
  filled_ = count_;
  return absl::OkStatus();
}

absl::Status XlsxSheet::EndRow() {
  if (filled_ == 0) return absl::OkStatus();
  if (header_width_ == 0) header_width_ = filled_;
  const std::size_t width = std::max(filled_, header_width_);
  if (fields_.size() < width) fields_.resize(width);
  for (std::size_t i = filled_; i < width; ++i) fields_[i].clear();
  return sink_(line_, std::span(fields_.data(), width));
}

}  // namespace samkoer::agent
