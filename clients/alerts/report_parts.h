// The parts that status_report.h and quarter_report.h are made of. Pure.
#ifndef SAMKOER_CLIENTS_ALERTS_REPORT_PARTS_H_
#define SAMKOER_CLIENTS_ALERTS_REPORT_PARTS_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "clients/alerts/html.h"
#include "clients/alerts/status_report.h"

namespace samkoer::clients {

// The day on which a month was counted; none if it says none.
std::optional<absl::CivilDay> CountedOn(const v1::GetStatisticsResponse& month);
// The month; it must have a day.
absl::CivilMonth MonthOf(const v1::GetStatisticsResponse& month);
// "november 2026" and "2026-11".
std::string MonthName(absl::CivilMonth month, Language language);
std::string MonthKey(absl::CivilMonth month);

// What one table says of one cell in each month; missing where a month has no
// such cell. Points into the report.
struct CellSeries {
  std::string row, column;
  std::map<absl::CivilMonth, const v1::StatisticsCell*> months;
};
// The tables by name, in the newest month's order and the older ones' behind.
using TableSeries =
    std::vector<std::pair<std::string, std::vector<CellSeries>>>;
TableSeries SeriesOf(const StatusReport& report);

// Whether all months were rounded by one limit (withhold_below).
bool OneLimit(const StatusReport& report);
// What stands above a month's column: its name, and its limit where the months
// have several.
std::string MonthHeader(const StatusReport& report,
                        const v1::GetStatisticsResponse& month,
                        Language language);

// The number, "–" where it is withheld, nothing where there is none.
std::string CellText(const CellSeries& series, absl::CivilMonth month);
// A table: of one month rows by columns, of several a column each.
Html SeriesTable(const StatusReport& report,
                 const std::vector<CellSeries>& table, Language language);

// One of the matcher's tables under its title, with what it says.
Html TableSection(const StatusReport& report, const std::string& name,
                  const std::vector<CellSeries>& table, Language language);

// The indicators under their heading: those of the matcher's own tables
// (indicators.h) and the figures from elsewhere, each with its source, and what
// they mean. Nothing if there is none of either.
Html IndicatorSection(const StatusReport& report, Language language);
// How all numbers are to be read, and on which days they were counted.
std::string HowToRead(const StatusReport& report, Language language);
std::string CountedText(const StatusReport& report, Language language);
// "Lavet 22-11-2026 10:15."
std::string MadeText(const StatusReport& report, const TextStyle& style);

// `"made": "...", "months": [...], "explanations": [...], "indicators": [...],
// "figures": [...]` without the braces.
absl::StatusOr<std::string> ReportJsonFields(const StatusReport& report,
                                             Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_REPORT_PARTS_H_
