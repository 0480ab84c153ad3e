#include "clients/alerts/report_command.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <ostream>
#include <utility>

#include "absl/time/civil_time.h"
#include "clients/alerts/quarter_report.h"
#include "clients/alerts/report_files.h"
#include "clients/alerts/report_parts.h"
#include "clients/alerts/status_report.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/private_file.h"

namespace samkoer::clients {
namespace {

// Each kind of report has the three forms.
absl::StatusOr<std::string> Rendered(const StatusReport& report,
                                     const std::string& as,
                                     const TextStyle& style) {
  if (as == "json") return StatusJson(report, style.language);
  if (as == "csv") return StatusCsv(report, style.language);
  return StatusHtml(report, style);
}

absl::StatusOr<std::string> Rendered(const QuarterReport& report,
                                     const std::string& as,
                                     const TextStyle& style) {
  if (as == "json") return QuarterJson(report, style.language);
  if (as == "csv") return QuarterCsv(report, style.language);
  return QuarterHtml(report, style);
}

absl::StatusOr<std::vector<ExternalFigure>> Figures(
    const StatusReportOptions& options, Language l) {
  if (options.figures.empty()) return std::vector<ExternalFigure>();
  return ReadFigures(options.figures, l);
}

template <typename Report>
absl::Status Deliver(const absl::StatusOr<Report>& report,
                     const StatusReportOptions& options,
                     const AlertsOutput& output) {
  const Language l = output.style.language;
  if (!report.ok()) return report.status();
  auto text = Rendered(*report, options.as, output.style);
  if (!text.ok()) return text.status();
  if (options.out.empty()) {
    output.out << *text;
  } else {
    absl::Status written = WriteNewPrivateFile(options.out, *text);
    if (absl::IsAlreadyExists(written)) {
      return WithHint(
          absl::AlreadyExistsError(
              Cat(options.out, Say(l, " findes allerede", " exists already"))),
          Say(l, "vælg et andet navn med --out, eller flyt filen",
              "choose another name with --out, or move the file"));
    }
    if (!written.ok()) return written;
    output.out << TerminalSafe(Cat(Say(l, "Rapporten er skrevet til ",
                                       "The report was written to "),
                                   options.out, "."))
               << "\n";
  }
  return Written(output.out, output.style.language);
}

absl::Status DeliverMonths(std::vector<v1::GetStatisticsResponse> months,
                           const StatusReportOptions& options, absl::Time now,
                           const AlertsOutput& output) {
  const Language l = output.style.language;
  auto figures = Figures(options, l);
  if (!figures.ok()) return figures.status();
  return Deliver(
      MakeStatusReport(std::move(months), *std::move(figures), now, l), options,
      output);
}

absl::Status NoCountOf(absl::CivilMonth month, Language l) {
  return WithHint(
      absl::NotFoundError(Cat(Say(l, "matcheren har ingen opgørelse af ",
                                  "the matcher has no count of "),
                              MonthName(month, l))),
      Say(l,
          "den gemmer to års måneder; uden --month er det den, der løber, og "
          "en ældre, der er gemt, vises med: samkoer-alerts report months",
          "it keeps the months of two years; without --month it is the one "
          "that runs, and an older one that was saved is shown with: "
          "samkoer-alerts report months"));
}

grpc::Status Fetch(v1::Reports::StubInterface& server, std::uint32_t month,
                   v1::GetStatisticsResponse& response) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetStatisticsRequest request;
  request.set_month(month);
  return server.GetStatistics(&context, request, &response);
}

}  // namespace

absl::Status ReportMonth(v1::Reports::StubInterface& server,
                         const StatusReportOptions& options, absl::Time now,
                         const AlertsOutput& output) {
  const Language l = output.style.language;
  std::optional<absl::CivilMonth> wanted;
  if (!options.month.empty()) {
    const auto named = ParseMonth(options.month, l);
    if (!named.ok()) return named.status();
    wanted = *named;
  }
  v1::GetStatisticsResponse month;
  const grpc::Status status =
      Fetch(server, wanted ? RequestMonth(*wanted) : 0, month);
  if (wanted && status.error_code() == grpc::StatusCode::NOT_FOUND) {
    return NoCountOf(*wanted, l);
  }
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  return DeliverMonths({std::move(month)}, options, now, output);
}

absl::Status ReportQuarter(v1::Reports::StubInterface& server,
                           const StatusReportOptions& options, absl::Time now,
                           const AlertsOutput& output) {
  const Language l = output.style.language;
  Quarter quarter = LastQuarter(absl::ToCivilDay(now, output.style.zone));
  if (!options.quarter.empty()) {
    auto named = ParseQuarter(options.quarter, l);
    if (!named.ok()) return named.status();
    quarter = *named;
  }
  auto figures = Figures(options, l);
  if (!figures.ok()) return figures.status();
  std::vector<v1::GetStatisticsResponse> months;
  for (const absl::CivilMonth month : MonthsOf(quarter)) {
    v1::GetStatisticsResponse response;
    const grpc::Status status = Fetch(server, RequestMonth(month), response);
    if (status.error_code() == grpc::StatusCode::NOT_FOUND) continue;
    if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
    months.push_back(std::move(response));
  }
  if (months.empty()) {
    return WithHint(
        absl::NotFoundError(Cat(Say(l, "matcheren har ingen opgørelser af ",
                                    "the matcher has no counts of "),
                                QuarterText(quarter, l))),
        Say(l,
            "vælg et kvartal med --quarter 2026-3; ældre måneder, der er gemt, "
            "lægges sammen med: samkoer-alerts report months",
            "choose a quarter with --quarter 2026-3; older months that were "
            "saved are put together with: samkoer-alerts report months"));
  }
  return Deliver(MakeQuarterReport(quarter, std::move(months),
                                   *std::move(figures), now, l),
                 options, output);
}

absl::Status ReportSaved(const StatusReportOptions& options, absl::Time now,
                         const AlertsOutput& output) {
  std::vector<v1::GetStatisticsResponse> months;
  for (const std::string& path : options.months) {
    auto saved = ReadSavedMonths(path, output.style.language);
    if (!saved.ok()) return saved.status();
    for (auto& month : *saved) months.push_back(std::move(month));
  }
  return DeliverMonths(std::move(months), options, now, output);
}

}  // namespace samkoer::clients
