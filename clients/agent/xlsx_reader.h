// Reads a workbook (XLSX; ECMA-376 parts 1 and 2) as rows: its package, which
// sheet is meant, its strings and styles, and then the sheet piece by piece. Of
// the whole file only the shared strings stand in memory.
//
// Hidden rows and filtered rows are rows. Merged cells have their value in the
// first cell. Nothing is calculated: formulas count with the value that the
// file holds.
#ifndef SAMKOER_CLIENTS_AGENT_XLSX_READER_H_
#define SAMKOER_CLIENTS_AGENT_XLSX_READER_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/agent/dates.h"
#include "clients/agent/row_source.h"
#include "clients/agent/zip_package.h"

namespace samkoer::agent {

// True for what begins like a ZIP package, as XLSX does.
bool LooksLikeXlsx(std::string_view first_bytes);
// True for the older format (XLS), and for a workbook with a password.
bool LooksLikeOldExcel(std::string_view first_bytes);

// Hands the rows of the sheet named `sheet` (empty: the first one) to `sink`.
// Days are written in `pattern`; `line` is the row's number in the sheet.
// INVALID_ARGUMENT if the package is damaged or no workbook, or has no such
// sheet (the names stand in the hint); or what the sink returned.
absl::Status ReadXlsx(const ZipPackage& package, std::string_view sheet,
                      const DatePattern& pattern, const RowSink& sink,
                      const ReadProgress& progress);

// The names of the workbook's sheets, in their order; chart sheets and the like
// are left out. INVALID_ARGUMENT as above.
absl::StatusOr<std::vector<std::string>> XlsxSheetNames(
    const ZipPackage& package);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_XLSX_READER_H_
