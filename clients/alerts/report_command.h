// `samkoer-alerts report`: the month's status, the quarter's report, and
// reports over several saved months.
#ifndef SAMKOER_CLIENTS_ALERTS_REPORT_COMMAND_H_
#define SAMKOER_CLIENTS_ALERTS_REPORT_COMMAND_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "clients/alerts/commands.h"
#include "samkoer/v1/reports.grpc.pb.h"

namespace samkoer::clients {

struct StatusReportOptions {
  // "html", "csv" or "json".
  std::string as = "html";
  // Where to; empty: standard output. Nothing is replaced.
  std::string out = {};
  // Figures from elsewhere; empty: none.
  std::string figures = {};
  // "2026-11"; empty: the one that runs. The month's command only.
  std::string month = {};
  // Saved months (JSON); the command over several months only.
  std::vector<std::string> months = {};
  // "2026-3"; empty: the newest that is over. The quarter's command only.
  std::string quarter = {};
};

// A month from the matcher, and with it whatever the options name. NOT_FOUND if
// the matcher keeps no count of that month; errors of the matcher, of
// ParseMonth, report_files.h, MakeStatusReport and WriteNewPrivateFile.
absl::Status ReportMonth(v1::Reports::StubInterface& server,
                         const StatusReportOptions& options, absl::Time now,
                         const AlertsOutput& output);

// The months of a quarter that the matcher keeps. NOT_FOUND if it keeps none;
// else as ReportMonth.
absl::Status ReportQuarter(v1::Reports::StubInterface& server,
                           const StatusReportOptions& options, absl::Time now,
                           const AlertsOutput& output);

// Of saved months alone; asks no server.
absl::Status ReportSaved(const StatusReportOptions& options, absl::Time now,
                         const AlertsOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_REPORT_COMMAND_H_
