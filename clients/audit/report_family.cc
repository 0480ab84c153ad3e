#include "clients/audit/report_family.h"

#include "clients/audit/leaf_filter.h"
#include "clients/audit/statistics_command.h"

namespace samkoer::clients {
namespace {

absl::StatusOr<LogControlOptions> ControlOptions(
    const ReportArguments& arguments, const TextStyle& style) {
  LogControlOptions options;
  options.sample = arguments.sample;
  options.seed = arguments.seed;
  if (!arguments.from.empty()) {
    auto day = ParseDay(arguments.from, style.language);
    if (!day.ok()) return day.status();
    options.from = absl::FromCivil(*day, style.zone);
  }
  if (!arguments.until.empty()) {
    auto day = ParseDay(arguments.until, style.language);
    if (!day.ok()) return day.status();
    options.until = absl::FromCivil(*day + 1, style.zone);
  }
  options.now = arguments.now;
  if (options.seed.empty() && options.until == absl::InfiniteFuture()) {
    // Until today: what is over does not change any more.
    options.until = absl::FromCivil(absl::ToCivilDay(arguments.now, style.zone),
                                    style.zone);
  }
  return options;
}

}  // namespace

absl::Status RunReport(const ReportArguments& arguments,
                       v1::Reports::StubInterface& reports, LogServer& server,
                       const crypto::NoteVerifier& verifier,
                       const CheckpointStore& store,
                       const AuditOutput& output) {
  if (arguments.name == ReportName::kStatistics) {
    return PrintStatistics(reports, output);
  }
  if (arguments.name == ReportName::kLogControl) {
    auto options = ControlOptions(arguments, output.style);
    if (!options.ok()) return options.status();
    return PrintLogControl(server, verifier, store, *options, output);
  }
  // Which quota is in force only the key service knows.
  QuotaFacts quota{0, 0};
  if (!arguments.quota.empty()) {
    auto parsed = ParseQuota(arguments.quota, output.style.language);
    if (!parsed.ok()) return parsed.status();
    quota = *parsed;
  }
  return WriteRecord(reports, server, verifier, store,
                     arguments.name == ReportName::kArticle30
                         ? RecordKind::kArticle30
                         : RecordKind::kDpia,
                     arguments.json ? ReportFormat::kJson : ReportFormat::kHtml,
                     arguments.out, arguments.controller, quota, output);
}

}  // namespace samkoer::clients
