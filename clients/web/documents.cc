#include "clients/web/documents.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/clock.h"
#include "clients/alerts/calendar_text.h"
#include "clients/alerts/quarter_report.h"
#include "clients/alerts/report_files.h"
#include "clients/alerts/report_parts.h"
#include "clients/alerts/status_report.h"
#include "clients/alerts/text.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "samkoer/v1/conferences.grpc.pb.h"
#include "samkoer/v1/reports.grpc.pb.h"

namespace samkoer::clients {
namespace {

constexpr Language kLanguage = Language::kDanish;
// A server that never ends its pages must not hold us for ever.
constexpr int kMaxPages = 20;
constexpr int kPageSize = 1000;

absl::Status Unknown() {
  return absl::InvalidArgumentError("a field that is not known");
}

// The field's text; empty if it is not there.
std::string_view FieldOf(const Fields& fields, std::string_view name) {
  for (const auto& [key, value] : fields) {
    if (key == name) return value;
  }
  return {};
}

bool OnlyHas(const Fields& fields, std::vector<std::string_view> names) {
  for (const auto& [key, unused] : fields) {
    if (std::erase(names, key) != 1) return false;
  }
  return true;
}

absl::TimeZone Denmark() {
  absl::TimeZone zone;
  return absl::LoadTimeZone("Europe/Copenhagen", &zone) ? zone
                                                        : absl::LocalTimeZone();
}

absl::StatusOr<std::vector<v1::Conference>> AllConferences(
    const CallContext& call) {
  const auto stub = v1::Conferences::NewStub(call.channel);
  std::vector<v1::Conference> all;
  v1::ListConferencesRequest request;
  request.set_include_past(true);
  request.set_page_size(kPageSize);
  for (int page = 0; page < kMaxPages; ++page) {
    grpc::ClientContext context;
    Prepare(call, context);
    v1::ListConferencesResponse response;
    const grpc::Status status =
        stub->ListConferences(&context, request, &response);
    if (!status.ok()) return FromServer(status, Peer::kMatcher, kLanguage);
    for (v1::Conference& conference : *response.mutable_conferences()) {
      all.push_back(std::move(conference));
    }
    request.set_page_token(response.next_page_token());
    if (request.page_token().empty()) return all;
  }
  return absl::InternalError("serveren bliver ved med at give sider");
}

absl::StatusOr<std::vector<v1::Conference>> OneConference(
    const CallContext& call, std::string_view id) {
  if (ContainsCpr(id)) {
    return absl::InvalidArgumentError("det er ikke et konferencenummer");
  }
  grpc::ClientContext context;
  Prepare(call, context);
  v1::GetConferenceRequest request;
  request.set_conference_id(std::string(id));
  v1::GetConferenceResponse response;
  const grpc::Status status = v1::Conferences::NewStub(call.channel)
                                  ->GetConference(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, kLanguage);
  return std::vector<v1::Conference>{response.conference()};
}

absl::StatusOr<CallAnswer> Calendar(const CallContext& call,
                                    const Fields& fields) {
  if (!OnlyHas(fields, {"conference_id"})) return Unknown();
  const std::string_view id = FieldOf(fields, "conference_id");
  const auto conferences =
      id.empty() ? AllConferences(call) : OneConference(call, id);
  if (!conferences.ok()) return conferences.status();
  return CallAnswer{CalendarText(*conferences, absl::Now(), kLanguage),
                    "text/calendar; charset=utf-8", "ungekonferencer.ics"};
}

absl::StatusOr<std::vector<ExternalFigure>> FiguresOf(const Fields& fields) {
  const std::string_view text = FieldOf(fields, "figures");
  if (text.empty()) return std::vector<ExternalFigure>();
  return ParseFigures(text, "filen", kLanguage);
}

absl::StatusOr<v1::GetStatisticsResponse> StatisticsOf(const CallContext& call,
                                                       std::uint32_t month) {
  grpc::ClientContext context;
  Prepare(call, context);
  v1::GetStatisticsRequest request;
  request.set_month(month);
  v1::GetStatisticsResponse response;
  const grpc::Status status = v1::Reports::NewStub(call.channel)
                                  ->GetStatistics(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, kLanguage);
  return response;
}

// Each kind of report has the three forms.
absl::StatusOr<std::string> Rendered(const StatusReport& report,
                                     std::string_view as) {
  if (as == "json") return StatusJson(report, kLanguage);
  if (as == "csv") return StatusCsv(report, kLanguage);
  return StatusHtml(report, {kLanguage, Denmark()});
}

absl::StatusOr<std::string> Rendered(const QuarterReport& report,
                                     std::string_view as) {
  if (as == "json") return QuarterJson(report, kLanguage);
  if (as == "csv") return QuarterCsv(report, kLanguage);
  return QuarterHtml(report, {kLanguage, Denmark()});
}

template <typename Report>
absl::StatusOr<CallAnswer> Answer(const absl::StatusOr<Report>& report,
                                  std::string_view as, std::string_view name) {
  if (!report.ok()) return report.status();
  auto text = Rendered(*report, as);
  if (!text.ok()) return text.status();
  return CallAnswer{*std::move(text),
                    as == "html"  ? "text/html; charset=utf-8"
                    : as == "csv" ? "text/csv; charset=utf-8"
                                  : "application/json",
                    Cat("ungeindsats-", name, ".", as)};
}

absl::StatusOr<CallAnswer> QuarterAnswer(const CallContext& call,
                                         const Quarter& quarter,
                                         std::vector<ExternalFigure> figures,
                                         std::string_view as) {
  std::vector<v1::GetStatisticsResponse> months;
  for (const absl::CivilMonth month : MonthsOf(quarter)) {
    auto found = StatisticsOf(call, RequestMonth(month));
    if (absl::IsNotFound(found.status())) continue;
    if (!found.ok()) return found.status();
    months.push_back(*std::move(found));
  }
  if (months.empty()) {
    return WithHint(absl::NotFoundError(Cat("der er ingen opgørelser af ",
                                            QuarterText(quarter, kLanguage))),
                    "vælg et andet; de gemmes i to år");
  }
  return Answer(MakeQuarterReport(quarter, std::move(months),
                                  std::move(figures), absl::Now(), kLanguage),
                as, Cat(quarter.year, "-k", quarter.number));
}

// `wanted` is empty for the month that runs.
absl::StatusOr<CallAnswer> MonthAnswer(const CallContext& call,
                                       std::string_view wanted,
                                       std::vector<ExternalFigure> figures,
                                       std::string_view as) {
  std::optional<absl::CivilMonth> finished;
  if (!wanted.empty()) {
    const auto named = ParseMonth(wanted, kLanguage);
    if (!named.ok()) return named.status();
    finished = *named;
  }
  auto month = StatisticsOf(call, finished ? RequestMonth(*finished) : 0);
  if (finished && absl::IsNotFound(month.status())) {
    return WithHint(absl::NotFoundError(Cat("der er ingen opgørelse af ",
                                            MonthName(*finished, kLanguage))),
                    "vælg en anden; de gemmes i to år");
  }
  if (!month.ok()) return month.status();
  const std::string name = month->day().substr(0, 7);
  return Answer(MakeStatusReport({*std::move(month)}, std::move(figures),
                                 absl::Now(), kLanguage),
                as, name);
}

// The month that runs as its report has it, and no file to keep.
absl::StatusOr<CallAnswer> ShownMonth(const CallContext& call,
                                      std::vector<ExternalFigure> figures) {
  auto answer = MonthAnswer(call, "", std::move(figures), "json");
  if (answer.ok()) answer->file_name.clear();
  return answer;
}

absl::StatusOr<CallAnswer> Statistics(const CallContext& call,
                                      const Fields& fields) {
  if (!fields.empty()) return Unknown();
  return ShownMonth(call, {});
}

absl::StatusOr<CallAnswer> Figures(const CallContext& call,
                                   const Fields& fields) {
  if (!OnlyHas(fields, {"figures"})) return Unknown();
  auto figures = FiguresOf(fields);
  if (!figures.ok()) return figures.status();
  return ShownMonth(call, *std::move(figures));
}

absl::StatusOr<CallAnswer> Report(const CallContext& call,
                                  const Fields& fields) {
  if (!OnlyHas(fields, {"as", "month", "quarter", "figures"})) return Unknown();
  const std::string_view as = FieldOf(fields, "as");
  if (as != "html" && as != "csv" && as != "json") return Unknown();
  auto figures = FiguresOf(fields);
  if (!figures.ok()) return figures.status();
  const std::string_view month = FieldOf(fields, "month");
  if (const auto wanted = FieldOf(fields, "quarter"); !wanted.empty()) {
    // One or the other.
    if (!month.empty()) return Unknown();
    const auto quarter = ParseQuarter(wanted, kLanguage);
    if (!quarter.ok()) return quarter.status();
    return QuarterAnswer(call, *quarter, *std::move(figures), as);
  }
  return MonthAnswer(call, month, *std::move(figures), as);
}

}  // namespace

Call CalendarCall() { return {"GET", "/api/calendar", Calendar}; }

Call StatisticsCall() { return {"GET", "/api/statistics", Statistics}; }

Call FiguresCall() {
  return {"POST", "/api/figures", Figures, /*takes_figures=*/true};
}

Call ReportCall() {
  return {"POST", "/api/report", Report, /*takes_figures=*/true};
}

}  // namespace samkoer::clients
