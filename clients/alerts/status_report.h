// The status of a month for the steering group, and of several months for
// committees and council: the matcher's tables of aggregates, which withhold
// small numbers, side by side with figures from elsewhere. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_STATUS_REPORT_H_
#define SAMKOER_CLIENTS_ALERTS_STATUS_REPORT_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/alerts/alert_text.h"
#include "samkoer/v1/reports.pb.h"

namespace samkoer::clients {

// A number that the matcher cannot have, such as how many are in a job, with
// where it is from. Each text is 1 to 200 bytes.
struct ExternalFigure {
  std::string indicator, period, value, source;
  // A small count (IsSmallCount): `value` is then empty. MakeStatusReport says.
  bool withheld = false;
};
inline constexpr std::size_t kMaxFigureBytes = 200;
inline constexpr std::size_t kMaxFigures = 500;
// Months of one report: a year.
inline constexpr std::size_t kMaxReportMonths = 12;

// Whether a figure tells a number of persons below `base`: a whole number,
// alone or anywhere among words and signs ("3", "3 unge", "ca. 3", "(3)", "2 af
// 40"); 0 is one, too. No percentage and no fraction: who writes "4,0 år" says
// that nobody is counted.
bool IsSmallCount(std::string_view value, std::uint32_t base);

struct StatusReport {
  // By day, each of another month; 1 to kMaxReportMonths.
  std::vector<v1::GetStatisticsResponse> months;
  // Figures from elsewhere below this are withheld: the greatest of the months'
  // limits. The policy may have changed between them.
  std::uint32_t withhold_below = 0;
  std::vector<ExternalFigure> figures;
  absl::Time made;
};

// Exactly "2026-11", of the years 2000 to 2999. INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::CivilMonth> ParseMonth(std::string_view text,
                                            Language language);
// A month as GetStatisticsRequest.month takes it: 202611.
std::uint32_t RequestMonth(absl::CivilMonth month);

// Puts the months in order. INVALID_ARGUMENT if there is none or too many, if
// one has no day, or if two are of the same month and differ; the same twice
// counts once. Figures that are small counts are withheld.
absl::StatusOr<StatusReport> MakeStatusReport(
    std::vector<v1::GetStatisticsResponse> months,
    std::vector<ExternalFigure> figures, absl::Time made, Language language);

// "Status for november 2026", "Kvartalsrapport, 4. kvartal 2026", "Status for
// oktober 2026 til november 2026".
std::string StatusTitle(const StatusReport& report, Language language);

// A page that prints well and fetches nothing.
std::string StatusHtml(const StatusReport& report, const TextStyle& style);

// One number a line: table; row; column; month or period; number; source; then
// the indicators and the figures from elsewhere, with an empty column. The
// numbers that are withheld are empty, and a last column says so. UTF-8 with a
// byte order mark and ";", as Danish spreadsheets open it; no cell begins a
// formula.
std::string StatusCsv(const StatusReport& report, Language language);

// {"report": "samkoer-status-report", "version": 1, "made": ..., "months":
// [GetStatisticsResponse as JsonText writes it], "explanations": [{"table",
// "title", "explanation"}], "indicators": [{"indicator", "period", "value",
// "source", "explanation", and "withheld": true where it is}], "figures": [as
// indicators, without explanation]}. The words are in the language.
absl::StatusOr<std::string> StatusJson(const StatusReport& report,
                                       Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_STATUS_REPORT_H_
