#include "clients/alerts/status_report.h"

#include <algorithm>
#include <utility>

#include "absl/time/civil_time.h"
#include "clients/alerts/html_page.h"
#include "clients/alerts/indicators.h"
#include "clients/alerts/report_parts.h"
#include "clients/alerts/statistics_text.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/csv_writer.h"

namespace samkoer::clients {

bool IsSmallCount(std::string_view value, std::uint32_t base) {
  while (!value.empty() && (value.front() == ' ' || value.front() == '+' ||
                            value.front() == '-')) {
    value.remove_prefix(1);
  }
  const auto is_digit = [&](std::size_t at) {
    return at < value.size() && value[at] >= '0' && value[at] <= '9';
  };
  if (!is_digit(0)) return false;
  std::uint64_t number = 0;
  std::size_t at = 0;
  for (; is_digit(at); ++at) {
    number = std::min<std::uint64_t>(
        number * 10 + static_cast<std::uint64_t>(value[at] - '0'), 1'000'000);
  }
  // A separator before digits: a fraction, or thousands and then not small.
  if (at < value.size() && (value[at] == ',' || value[at] == '.') &&
      is_digit(at + 1)) {
    return false;
  }
  while (at < value.size() && value[at] == ' ') ++at;
  if (value.substr(at).starts_with("\xC2\xA0")) at += 2;  // no-break space
  value.remove_prefix(at);
  for (const char* share : {"%", "pct", "procent", "percent"}) {
    if (value.starts_with(share)) return false;
  }
  if (is_digit(0)) return false;  // "4 000"
  return number < base;
}

absl::StatusOr<StatusReport> MakeStatusReport(
    std::vector<v1::GetStatisticsResponse> months,
    std::vector<ExternalFigure> figures, absl::Time made, Language l) {
  if (months.empty()) {
    return absl::InvalidArgumentError(
        Say(l, "der er ingen måneder at lave en rapport af",
            "there are no months to report on"));
  }
  for (const auto& month : months) {
    if (CountedOn(month)) continue;
    return absl::InvalidArgumentError(Say(l,
                                          "en måneds statistik har ingen dag",
                                          "a month's statistics have no day"));
  }
  std::stable_sort(
      months.begin(), months.end(),
      [](const auto& a, const auto& b) { return a.day() < b.day(); });
  StatusReport report;
  for (auto& month : months) {
    if (!report.months.empty() &&
        MonthOf(report.months.back()) == MonthOf(month)) {
      if (report.months.back().SerializeAsString() ==
          month.SerializeAsString()) {
        continue;
      }
      return WithHint(absl::InvalidArgumentError(
                          Cat(Say(l, "der er to forskellige opgørelser af ",
                                  "there are two different counts of "),
                              MonthName(MonthOf(month), l))),
                      Say(l, "giv hver måned én gang", "give each month once"));
    }
    if (!report.months.empty() &&
        report.months.back().withhold_below() != month.withhold_below()) {
      // A number rounded by one shows within what the other leaves open.
      return absl::InvalidArgumentError(Say(
          l, "månederne er rundet efter forskellige grænser (withhold_below)",
          "the months are rounded by different limits (withhold_below)"));
    }
    report.months.push_back(std::move(month));
  }
  if (report.months.size() > kMaxReportMonths) {
    return absl::InvalidArgumentError(
        Cat(Say(l, "for mange måneder; højst ", "too many months; at most "),
            kMaxReportMonths));
  }
  report.withhold_below = report.months.front().withhold_below();
  report.figures = std::move(figures);
  for (ExternalFigure& figure : report.figures) {
    figure.withheld = IsSmallCount(figure.value, report.withhold_below);
    if (figure.withheld) figure.value.clear();
  }
  report.made = made;
  return report;
}

std::string StatusTitle(const StatusReport& report, Language l) {
  const absl::CivilMonth first = MonthOf(report.months.front());
  const absl::CivilMonth last = MonthOf(report.months.back());
  if (first == last) {
    return Cat(Say(l, "Status for ", "Status of "), MonthName(first, l));
  }
  if (report.months.size() == 3 && last - first == 2 &&
      first.month() % 3 == 1) {
    const int quarter = first.month() / 3 + 1;
    return l == Language::kDanish
               ? Cat("Kvartalsrapport, ", quarter, ". kvartal ", first.year())
               : Cat("Quarterly report, quarter ", quarter, " of ",
                     first.year());
  }
  return Cat(Say(l, "Status for ", "Status of "), MonthName(first, l),
             Say(l, " til ", " to "), MonthName(last, l));
}

std::string StatusHtml(const StatusReport& report, const TextStyle& style) {
  const Language l = style.language;
  const std::string title = StatusTitle(report, l);
  Html main = TextElement("h1", title) + Html("\n");
  main += Paragraph(CountedText(report, l)) + Paragraph(HowToRead(report, l));
  for (const auto& [name, table] : SeriesOf(report)) {
    main += TableSection(report, name, table, l);
  }
  main += IndicatorSection(report, l);
  main += Paragraph(MadeText(report, style));
  return HtmlPage(title, main, l);
}

std::string StatusCsv(const StatusReport& report, Language l) {
  std::string out = "\xEF\xBB\xBF";
  out += CsvLine({Say(l, "tabel", "table"), Say(l, "række", "row"),
                  Say(l, "kolonne", "column"), Say(l, "periode", "period"),
                  Say(l, "tal", "value"), Say(l, "kilde", "source"),
                  Say(l, "tilbageholdt", "withheld")});
  for (const auto& [name, table] : SeriesOf(report)) {
    for (const CellSeries& series : table) {
      for (const auto& [month, cell] : series.months) {
        out += CsvLine({StatisticsTitle(name, l), StatisticsWord(series.row, l),
                        StatisticsWord(series.column, l), MonthKey(month),
                        cell->withheld() ? "" : Cat(cell->count()), kOwnSource,
                        cell->withheld() ? Say(l, "ja", "yes") : ""});
      }
    }
  }
  for (const Indicator& indicator : IndicatorsOf(report, l)) {
    out += CsvLine({Say(l, "Indikatorer", "Indicators"), indicator.name, "",
                    MonthKey(indicator.month), indicator.value, kOwnSource,
                    indicator.withheld ? Say(l, "ja", "yes") : ""});
  }
  for (const ExternalFigure& figure : report.figures) {
    out += CsvLine({Say(l, "Tal fra andre kilder", "Figures from elsewhere"),
                    figure.indicator, "", figure.period, figure.value,
                    figure.source, figure.withheld ? Say(l, "ja", "yes") : ""});
  }
  return out;
}

absl::StatusOr<std::string> StatusJson(const StatusReport& report, Language l) {
  auto fields = ReportJsonFields(report, l);
  if (!fields.ok()) return fields.status();
  return Cat("{\n\"report\": \"samkoer-status-report\",\n\"version\": 1,\n",
             *fields, "}\n");
}

}  // namespace samkoer::clients
