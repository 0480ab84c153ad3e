#include "clients/agent/xlsx_styles.h"

#include "absl/strings/numbers.h"
#include "clients/agent/cells.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {
namespace {

// Workbooks have at most 64,000.
constexpr std::size_t kMaxStyles = 100'000;

// The formats that a workbook need not spell out (ECMA-376, 18.8.30), those of
// East Asian systems included. 18 to 21 and 45 to 47 are times of day.
bool IsBuiltInDate(int id) {
  return (id >= 14 && id <= 17) || id == 22 || (id >= 27 && id <= 31) ||
         id == 36 || (id >= 50 && id <= 54) || id == 57 || id == 58;
}

}  // namespace

absl::Status XlsxStyles::Start(std::string_view name,
                               const XmlAttributes& attributes) {
  int id = 0;
  if (name == "cellXfs") in_cells_ = true;
  if (name != "numFmt" && !(name == "xf" && in_cells_)) return absl::OkStatus();
  if (!absl::SimpleAtoi(crypto::AbslView(attributes["numFmtId"]), &id)) id = 0;
  if (formats_.size() > kMaxStyles || styles_.size() > kMaxStyles) {
    return absl::InvalidArgumentError("the workbook has too many styles");
  }
  if (name == "numFmt") {
    formats_[id] = std::string(attributes["formatCode"]);
    return absl::OkStatus();
  }
  CellStyle& style = styles_.emplace_back();
  const auto own = formats_.find(id);
  if (own == formats_.end()) {
    style.date = IsBuiltInDate(id);
  } else {
    style.date = IsDateFormat(own->second);
    if (!style.date && ZeroPadded(1, own->second)) style.zeros = own->second;
  }
  return absl::OkStatus();
}

absl::Status XlsxStyles::End(std::string_view name) {
  if (name == "cellXfs") in_cells_ = false;
  return absl::OkStatus();
}

const CellStyle& XlsxStyles::Find(std::size_t index) const {
  static const CellStyle plain;
  return index < styles_.size() ? styles_[index] : plain;
}

std::string XlsxStyles::Show(double number, std::size_t index, bool system_1904,
                             const DatePattern& pattern) const {
  const CellStyle& style = Find(index);
  if (style.date) {
    const auto day = SerialDay(number, system_1904);
    if (day) return pattern.Format(*day);
  }
  if (!style.zeros.empty()) {
    if (auto padded = ZeroPadded(number, style.zeros)) return *padded;
  }
  return NumberText(number);
}

}  // namespace samkoer::agent
