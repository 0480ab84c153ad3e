// What the number formats of a workbook make of its numbers.
#ifndef SAMKOER_CLIENTS_AGENT_XLSX_STYLES_H_
#define SAMKOER_CLIENTS_AGENT_XLSX_STYLES_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "clients/agent/dates.h"
#include "clients/agent/xml_reader.h"

namespace samkoer::agent {

// A cell's look.
struct CellStyle {
  bool date = false;
  // "0000000000", or empty.
  std::string zeros;
};

// Takes in styles.xml: XmlReader calls it.
class XlsxStyles final : public XmlHandler {
 public:
  absl::Status Start(std::string_view name,
                     const XmlAttributes& attributes) override;
  absl::Status End(std::string_view name) override;
  absl::Status Text(std::string_view) override { return absl::OkStatus(); }

  // Once all is taken in: the look of style number `index`; a plain one beyond
  // the last.
  const CellStyle& Find(std::size_t index) const;

  // The cell's text: a day in `pattern`, a number with its zeros, or the number
  // as it is.
  std::string Show(double number, std::size_t index, bool system_1904,
                   const DatePattern& pattern) const;

 private:
  absl::flat_hash_map<int, std::string> formats_;
  std::vector<CellStyle> styles_;
  bool in_cells_ = false;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_XLSX_STYLES_H_
