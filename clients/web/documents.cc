#include "clients/web/documents.h"

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/time/clock.h"
#include "clients/alerts/calendar_text.h"
#include "clients/alerts/report_files.h"
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

absl::StatusOr<CallAnswer> Figures(const CallContext&, const Fields& fields) {
  if (!OnlyHas(fields, {"figures"})) return Unknown();
  const auto figures = FiguresOf(fields);
  if (!figures.ok()) return figures.status();
  std::string json = "{\"figures\":[";
  for (const ExternalFigure& figure : *figures) {
    json +=
        Cat(json.back() == '[' ? "" : ",",
            "{\"indicator\":", JsonString(std::string_view(figure.indicator)),
            ",\"period\":", JsonString(std::string_view(figure.period)),
            ",\"value\":", JsonString(std::string_view(figure.value)),
            ",\"source\":", JsonString(std::string_view(figure.source)), "}");
  }
  return CallAnswer{json + "]}"};
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

// "20264" is the last quarter of 2026.
std::optional<std::uint32_t> QuarterOf(std::string_view text) {
  std::uint32_t quarter = 0;
  if (text.size() != 5 ||
      text.find_first_not_of("0123456789") != std::string_view::npos ||
      !absl::SimpleAtoi(absl::string_view(text.data(), text.size()),
                        &quarter) ||
      quarter % 10 < 1 || quarter % 10 > 4) {
    return std::nullopt;
  }
  return quarter;
}

// Those of the quarter's months that tables are kept of, oldest first.
absl::StatusOr<std::vector<v1::GetStatisticsResponse>> MonthsOf(
    const CallContext& call, std::uint32_t quarter) {
  const std::uint32_t last = quarter / 10 * 100 + quarter % 10 * 3;
  const auto now = StatisticsOf(call, 0);
  if (!now.ok()) return now.status();
  std::vector<v1::GetStatisticsResponse> months;
  for (const std::uint32_t month : now->months()) {
    if (month + 2 < last || month > last) continue;
    const bool runs = month == now->months(now->months_size() - 1);
    auto found = runs ? now : StatisticsOf(call, month);
    if (!found.ok()) return found.status();
    months.push_back(*std::move(found));
  }
  if (!months.empty()) return months;
  return WithHint(absl::NotFoundError("der er ingen tal for det kvartal"),
                  "vælg et andet; tal gemmes i to år");
}

absl::StatusOr<CallAnswer> Rendered(const StatusReport& report,
                                    std::string_view as,
                                    const std::string& name) {
  if (as == "csv") {
    return CallAnswer{StatusCsv(report, kLanguage), "text/csv; charset=utf-8",
                      name + ".csv"};
  }
  if (as == "html") {
    return CallAnswer{StatusHtml(report, {kLanguage, Denmark()}),
                      "text/html; charset=utf-8", name + ".html"};
  }
  auto json = StatusJson(report);
  if (!json.ok()) return json.status();
  return CallAnswer{*std::move(json), "application/json", name + ".json"};
}

absl::StatusOr<CallAnswer> Report(const CallContext& call,
                                  const Fields& fields) {
  if (!OnlyHas(fields, {"as", "quarter", "figures"})) return Unknown();
  const std::string_view as = FieldOf(fields, "as");
  const std::string_view wanted = FieldOf(fields, "quarter");
  const auto quarter = QuarterOf(wanted);
  if ((as != "html" && as != "csv" && as != "json") ||
      (!wanted.empty() && !quarter)) {
    return Unknown();
  }
  auto figures = FiguresOf(fields);
  if (!figures.ok()) return figures.status();
  std::vector<v1::GetStatisticsResponse> months;
  if (quarter) {
    auto found = MonthsOf(call, *quarter);
    if (!found.ok()) return found.status();
    months = *std::move(found);
  } else {
    auto month = StatisticsOf(call, 0);
    if (!month.ok()) return month.status();
    months.push_back(*std::move(month));
  }
  const std::string name =
      quarter ? Cat("ungeindsats-", *quarter / 10, "-k", *quarter % 10)
              : Cat("ungeindsats-", months[0].day().substr(0, 7));
  const auto report = MakeStatusReport(std::move(months), *std::move(figures),
                                       absl::Now(), kLanguage);
  if (!report.ok()) return report.status();
  return Rendered(*report, as, name);
}

}  // namespace

Call CalendarCall() { return {"GET", "/api/calendar", Calendar}; }

Call FiguresCall() {
  return {"POST", "/api/figures", Figures, /*takes_figures=*/true};
}

Call ReportCall() {
  return {"POST", "/api/report", Report, /*takes_figures=*/true};
}

}  // namespace samkoer::clients
