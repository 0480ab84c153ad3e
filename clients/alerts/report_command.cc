#include "clients/alerts/report_command.h"

#include <grpcpp/client_context.h>

#include <ostream>
#include <utility>

#include "clients/alerts/report_files.h"
#include "clients/alerts/status_report.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/private_file.h"

namespace samkoer::clients {
namespace {

absl::StatusOr<std::string> Rendered(const StatusReport& report,
                                     const std::string& as,
                                     const TextStyle& style) {
  if (as == "json") return StatusJson(report);
  if (as == "csv") return StatusCsv(report, style.language);
  return StatusHtml(report, style);
}

absl::Status Deliver(std::vector<v1::GetStatisticsResponse> months,
                     const StatusReportOptions& options, absl::Time now,
                     const AlertsOutput& output) {
  const Language l = output.style.language;
  std::vector<ExternalFigure> figures;
  if (!options.figures.empty()) {
    auto read = ReadFigures(options.figures, l);
    if (!read.ok()) return read.status();
    figures = *std::move(read);
  }
  auto report = MakeStatusReport(std::move(months), std::move(figures), now, l);
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

}  // namespace

absl::Status ReportMonth(v1::Reports::StubInterface& server,
                         const StatusReportOptions& options, absl::Time now,
                         const AlertsOutput& output) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetStatisticsResponse month;
  const grpc::Status status = server.GetStatistics(&context, {}, &month);
  if (!status.ok()) {
    return FromServer(status, Peer::kMatcher, output.style.language);
  }
  return Deliver({std::move(month)}, options, now, output);
}

absl::Status ReportSaved(const StatusReportOptions& options, absl::Time now,
                         const AlertsOutput& output) {
  std::vector<v1::GetStatisticsResponse> months;
  for (const std::string& path : options.months) {
    auto saved = ReadSavedMonths(path, output.style.language);
    if (!saved.ok()) return saved.status();
    for (auto& month : *saved) months.push_back(std::move(month));
  }
  return Deliver(std::move(months), options, now, output);
}

}  // namespace samkoer::clients
