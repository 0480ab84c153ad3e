// The quarter's report to committees, council and directors: how the effort
// went over the quarter, indicators from elsewhere with their source, and what
// the words and numbers mean. Aggregates only, and no ranking of anybody. Pure.
//
// It shows the matcher's tables of the quarter's months, as the monthly reports
// show them, and nothing that is counted or rounded anew: whoever has the
// months learns nothing more from the quarter (docs/threat-model.md).
#ifndef SAMKOER_CLIENTS_ALERTS_QUARTER_REPORT_H_
#define SAMKOER_CLIENTS_ALERTS_QUARTER_REPORT_H_

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/alerts/status_report.h"

namespace samkoer::clients {

struct Quarter {
  int year = 0;    // 2000 to 2999
  int number = 0;  // 1 to 4

  friend bool operator==(const Quarter&, const Quarter&) = default;
};

// Exactly "2026-3". INVALID_ARGUMENT otherwise.
absl::StatusOr<Quarter> ParseQuarter(std::string_view text, Language language);
// The newest quarter that is over on `day`.
Quarter LastQuarter(absl::CivilDay day);
// Its three months.
std::array<absl::CivilMonth, 3> MonthsOf(Quarter quarter);
// "3. kvartal 2026".
std::string QuarterText(Quarter quarter, Language language);

struct QuarterReport {
  Quarter quarter;
  StatusReport status;
  // The months that no tables are of, ascending.
  std::vector<absl::CivilMonth> missing;
};

// Errors: as MakeStatusReport; INVALID_ARGUMENT for a month that lies in
// another quarter. Months may be missing, and the report says which.
absl::StatusOr<QuarterReport> MakeQuarterReport(
    Quarter quarter, std::vector<v1::GetStatisticsResponse> months,
    std::vector<ExternalFigure> figures, absl::Time made, Language language);

// A page that prints well and fetches nothing.
std::string QuarterHtml(const QuarterReport& report, const TextStyle& style);
// As StatusCsv.
std::string QuarterCsv(const QuarterReport& report, Language language);
// {"report": "samkoer-quarter-report", "version": 1, "quarter": "2026-3",
// "missing": ["2026-08"], and the fields of StatusJson}.
absl::StatusOr<std::string> QuarterJson(const QuarterReport& report,
                                        Language language);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_QUARTER_REPORT_H_
