// The files that a status report is made of beside the matcher's own month:
// earlier months, as they were saved, and figures from elsewhere.
#ifndef SAMKOER_CLIENTS_ALERTS_REPORT_FILES_H_
#define SAMKOER_CLIENTS_ALERTS_REPORT_FILES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/alerts/status_report.h"

namespace samkoer::clients {

// Reads a file that `samkoer-alerts report --as json` wrote: its months.
// INVALID_ARGUMENT if it is none, of another version, or over 1 MiB; errors of
// ReadTextFile. Every error names the file.
absl::StatusOr<std::vector<v1::GetStatisticsResponse>> ReadSavedMonths(
    const std::string& path, Language language);

// Reads figures: separated values (";" or ",", as the header has it), UTF-8,
// with the columns indikator, periode, tal and kilde (or indicator, period,
// value and source) in any order. INVALID_ARGUMENT names the line of a cell
// that is missing, longer than kMaxFigureBytes or holds a CPR number, and of
// the row beyond kMaxFigures.
absl::StatusOr<std::vector<ExternalFigure>> ReadFigures(const std::string& path,
                                                        Language language);
// The same of a text; `name` stands in errors.
absl::StatusOr<std::vector<ExternalFigure>> ParseFigures(
    std::string_view text, const std::string& name, Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_REPORT_FILES_H_
