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

namespace {

// The list of the months that are kept stands in the answer of one only while
// it runs, and is no part of its count.
bool SameCount(v1::GetStatisticsResponse a, v1::GetStatisticsResponse b) {
  a.clear_months();
  b.clear_months();
  return a.SerializeAsString() == b.SerializeAsString();
}

bool IsDigit(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] >= '0' && text[at] <= '9';
}

// How many digits stand there.
std::size_t Digits(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (IsDigit(text, at + count)) ++count;
  return count;
}

// Takes a number away from the front of `text`, with what makes it no count:
// decimals, groups of thousands, a sign of percent. Whether it is a small one.
bool TakeSmallNumber(std::string_view& text, std::uint32_t base) {
  const auto skip_blanks = [&] {
    while (true) {
      if (text.starts_with(' ')) {
        text.remove_prefix(1);
      } else if (text.starts_with("\xC2\xA0")) {  // no-break space
        text.remove_prefix(2);
      } else if (text.starts_with("\xE2\x80\xAF")) {  // a narrow one
        text.remove_prefix(3);
      } else {
        return;
      }
    }
  };
  std::uint64_t number = 0;
  for (; IsDigit(text, 0); text.remove_prefix(1)) {
    number = std::min<std::uint64_t>(
        number * 10 + static_cast<std::uint64_t>(text[0] - '0'), 1'000'000);
  }
  bool whole = true;
  // A separator before digits: a fraction, or thousands and then not small.
  while ((text.starts_with(',') || text.starts_with('.')) && IsDigit(text, 1)) {
    whole = false;
    text.remove_prefix(1 + Digits(text, 1));
  }
  for (skip_blanks(); number > 0 && Digits(text, 0) == 3; skip_blanks()) {
    whole = false;  // "4 000"
    text.remove_prefix(3);
  }
  for (const char* share : {"%", "pct", "procent", "percent"}) {
    if (text.starts_with(share)) return false;
  }
  return whole && number < base;
}

}  // namespace

bool IsSmallCount(std::string_view value, std::uint32_t base) {
  while (!value.empty()) {
    if (!IsDigit(value, 0)) {
      value.remove_prefix(1);
    } else if (TakeSmallNumber(value, base)) {
      return true;
    }
  }
  return false;
}

absl::StatusOr<absl::CivilMonth> ParseMonth(std::string_view text, Language l) {
  if (text.size() == 7 && Digits(text, 0) == 4 && text[4] == '-' &&
      Digits(text, 5) == 2) {
    const auto digit = [&](std::size_t at) { return text[at] - '0'; };
    const int year =
        digit(0) * 1000 + digit(1) * 100 + digit(2) * 10 + digit(3);
    const int month = digit(5) * 10 + digit(6);
    if (year >= 2000 && year <= 2999 && month >= 1 && month <= 12) {
      return absl::CivilMonth(year, month);
    }
  }
  return absl::InvalidArgumentError(
      Say(l, "en måned skrives som 2026-11", "a month is written as 2026-11"));
}

std::uint32_t RequestMonth(absl::CivilMonth month) {
  return static_cast<std::uint32_t>(month.year() * 100 + month.month());
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
      if (SameCount(report.months.back(), month)) continue;
      return WithHint(absl::InvalidArgumentError(
                          Cat(Say(l, "der er to forskellige opgørelser af ",
                                  "there are two different counts of "),
                              MonthName(MonthOf(month), l))),
                      Say(l, "giv hver måned én gang", "give each month once"));
    }
    report.withhold_below =
        std::max(report.withhold_below, month.withhold_below());
    report.months.push_back(std::move(month));
  }
  if (report.months.size() > kMaxReportMonths) {
    return absl::InvalidArgumentError(
        Cat(Say(l, "for mange måneder; højst ", "too many months; at most "),
            kMaxReportMonths));
  }
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
