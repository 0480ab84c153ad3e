#include "clients/alerts/status_report.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/time/civil_time.h"
#include "clients/alerts/html_page.h"
#include "clients/alerts/statistics_text.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/csv_writer.h"

namespace samkoer::clients {
namespace {

constexpr char kWithheld[] = "–";

constexpr std::array<const char*, 12> kDanishMonths = {
    "januar", "februar", "marts",     "april",   "maj",      "juni",
    "juli",   "august",  "september", "oktober", "november", "december"};
constexpr std::array<const char*, 12> kEnglishMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::optional<absl::CivilDay> DayOf(const v1::GetStatisticsResponse& month) {
  absl::CivilDay day;
  if (month.day().size() != 10 || !absl::ParseCivilTime(month.day(), &day)) {
    return std::nullopt;
  }
  return day;
}

absl::CivilMonth MonthOf(const v1::GetStatisticsResponse& month) {
  return absl::CivilMonth(*DayOf(month));
}

std::string MonthName(absl::CivilMonth month, Language l) {
  const auto at = static_cast<std::size_t>(month.month() - 1);
  return Cat(l == Language::kDanish ? kDanishMonths[at] : kEnglishMonths[at],
             " ", month.year());
}

// "2026-11".
std::string MonthKey(absl::CivilMonth month) {
  return Cat(month.year(), month.month() < 10 ? "-0" : "-", month.month());
}

// What one table says of one cell in each month; missing where a month has no
// such cell.
struct Series {
  std::string row, column;
  std::map<absl::CivilMonth, const v1::StatisticsCell*> months;
};

// The tables by name, in the newest month's order and the older ones' behind.
std::vector<std::pair<std::string, std::vector<Series>>> Tables(
    const StatusReport& report) {
  std::vector<std::pair<std::string, std::vector<Series>>> tables;
  for (auto month = report.months.rbegin(); month != report.months.rend();
       ++month) {
    for (const v1::StatisticsTable& table : month->tables()) {
      auto found = std::find_if(
          tables.begin(), tables.end(),
          [&](const auto& known) { return known.first == table.name(); });
      if (found == tables.end()) {
        found =
            tables.emplace(tables.end(), table.name(), std::vector<Series>());
      }
      std::map<std::pair<std::string, std::string>, std::size_t> at;
      for (std::size_t i = 0; i < found->second.size(); ++i) {
        at[{found->second[i].row, found->second[i].column}] = i;
      }
      for (const v1::StatisticsCell& cell : table.cells()) {
        const auto [place, fresh] =
            at.try_emplace({cell.row(), cell.column()}, found->second.size());
        if (fresh) {
          found->second.push_back({cell.row(), cell.column(), {}});
        }
        found->second[place->second].months[MonthOf(*month)] = &cell;
      }
    }
  }
  return tables;
}

std::string CellText(const Series& series, absl::CivilMonth month) {
  const auto cell = series.months.find(month);
  if (cell == series.months.end()) return "";
  return cell->second->withheld() ? kWithheld : Cat(cell->second->count());
}

std::string RowText(const Series& series, bool with_column, Language l) {
  std::string text = StatisticsWord(series.row, l);
  if (with_column) text += Cat(", ", StatisticsWord(series.column, l));
  return text;
}

// One month: the table as it is, rows by columns.
Html Matrix(const std::vector<Series>& table, absl::CivilMonth month,
            Language l) {
  std::vector<std::string> rows, columns;
  std::map<std::pair<std::string, std::string>, std::string> cells;
  for (const Series& series : table) {
    if (std::find(rows.begin(), rows.end(), series.row) == rows.end()) {
      rows.push_back(series.row);
    }
    if (std::find(columns.begin(), columns.end(), series.column) ==
        columns.end()) {
      columns.push_back(series.column);
    }
    cells[{series.row, series.column}] = CellText(series, month);
  }
  std::vector<std::string> header = {""};
  for (const std::string& column : columns) {
    header.push_back(StatisticsWord(column, l));
  }
  std::vector<std::vector<std::string>> lines;
  for (const std::string& row : rows) {
    lines.push_back({StatisticsWord(row, l)});
    for (const std::string& column : columns) {
      lines.back().push_back(cells[{row, column}]);
    }
  }
  return HtmlTable(header, lines);
}

// Several months: one column each.
Html SideBySide(const StatusReport& report, const std::vector<Series>& table,
                Language l) {
  std::set<std::string> columns;
  for (const Series& series : table) columns.insert(series.column);
  std::vector<std::string> header = {""};
  for (const auto& month : report.months) {
    header.push_back(MonthName(MonthOf(month), l));
  }
  std::vector<std::vector<std::string>> lines;
  for (const Series& series : table) {
    lines.push_back({RowText(series, columns.size() > 1, l)});
    for (const auto& month : report.months) {
      lines.back().push_back(CellText(series, MonthOf(month)));
    }
  }
  return HtmlTable(header, lines);
}

// How the numbers are to be read.
std::string Explanation(const StatusReport& report, Language l) {
  std::uint32_t base = 0;
  for (const auto& month : report.months) {
    base = std::max(base, month.withhold_below());
  }
  return Cat(
      Say(l,
          "Tallene er opgjort én gang om måneden og rundet ned til nærmeste "
          "multiplum af ",
          "The numbers are counted once a month and rounded down to a multiple "
          "of "),
      base,
      Say(l, ". »–« er tilbageholdt: færre end ",
          ". \"–\" is withheld: "
          "fewer than "),
      base,
      Say(l,
          ", eller det ville røbe et lille tal. Summer er af de viste tal, "
          "altså for lave. En forskel mellem to måneder kan alene skyldes "
          "afrundingen.",
          ", or it would give a small number away. Sums are of the numbers "
          "shown, so they are too low. Two months may differ by the rounding "
          "alone."));
}

std::string Counted(const StatusReport& report, Language l) {
  std::string text = Say(l, "Opgjort: ", "Counted: ");
  const char* separator = "";
  for (const auto& month : report.months) {
    text +=
        Cat(separator,
            absl::FormatTime(
                "%d-%m-%Y", absl::FromCivil(*DayOf(month), absl::UTCTimeZone()),
                absl::UTCTimeZone()));
    separator = ", ";
  }
  return text + ".";
}

}  // namespace

absl::StatusOr<StatusReport> MakeStatusReport(
    std::vector<v1::GetStatisticsResponse> months,
    std::vector<ExternalFigure> figures, absl::Time made, Language l) {
  if (months.empty()) {
    return absl::InvalidArgumentError(
        Say(l, "der er ingen måneder at lave en rapport af",
            "there are no months to report on"));
  }
  for (const auto& month : months) {
    if (DayOf(month)) continue;
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
  report.figures = std::move(figures);
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
  main += Paragraph(Counted(report, l)) + Paragraph(Explanation(report, l));
  for (const auto& [name, table] : Tables(report)) {
    main += Heading(StatisticsTitle(name, l));
    main += report.months.size() == 1
                ? Matrix(table, MonthOf(report.months.front()), l)
                : SideBySide(report, table, l);
  }
  if (!report.figures.empty()) {
    main += Heading(Say(l, "Tal fra andre kilder", "Figures from elsewhere"));
    main += Paragraph(
        Say(l,
            "Disse tal har Samkør ikke: de er indlæst fra en fil og vist, som "
            "de står i den.",
            "Samkør does not have these numbers: they were read from a file "
            "and are shown as they stand in it."));
    std::vector<std::vector<std::string>> rows;
    for (const ExternalFigure& figure : report.figures) {
      rows.push_back(
          {figure.indicator, figure.period, figure.value, figure.source});
    }
    main += HtmlTable(
        {Say(l, "Indikator", "Indicator"), Say(l, "Periode", "Period"),
         Say(l, "Tal", "Value"), Say(l, "Kilde", "Source")},
        rows);
  }
  main += Paragraph(
      Cat(Say(l, "Lavet ", "Made "),
          absl::FormatTime("%d-%m-%Y %H:%M", report.made, style.zone), "."));
  return HtmlPage(title, main, l);
}

std::string StatusCsv(const StatusReport& report, Language l) {
  std::string out = "\xEF\xBB\xBF";
  out += CsvLine({Say(l, "tabel", "table"), Say(l, "række", "row"),
                  Say(l, "kolonne", "column"), Say(l, "periode", "period"),
                  Say(l, "tal", "value"), Say(l, "kilde", "source"),
                  Say(l, "tilbageholdt", "withheld")});
  for (const auto& [name, table] : Tables(report)) {
    for (const Series& series : table) {
      for (const auto& [month, cell] : series.months) {
        out += CsvLine({StatisticsTitle(name, l), StatisticsWord(series.row, l),
                        StatisticsWord(series.column, l), MonthKey(month),
                        cell->withheld() ? "" : Cat(cell->count()), "Samkør",
                        cell->withheld() ? Say(l, "ja", "yes") : ""});
      }
    }
  }
  for (const ExternalFigure& figure : report.figures) {
    out += CsvLine({Say(l, "Tal fra andre kilder", "Figures from elsewhere"),
                    figure.indicator, "", figure.period, figure.value,
                    figure.source, ""});
  }
  return out;
}

absl::StatusOr<std::string> StatusJson(const StatusReport& report) {
  std::string out = Cat(
      "{\n\"report\": \"samkoer-status-report\",\n\"version\": 1,\n\"made\": "
      "\"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", report.made, absl::UTCTimeZone()),
      "\",\n\"months\": [");
  const char* separator = "\n";
  for (const auto& month : report.months) {
    auto json = JsonText(month, /*pretty=*/true);
    if (!json.ok()) return json.status();
    out += Cat(separator, *json);
    separator = ",\n";
  }
  out += "],\n\"figures\": [";
  separator = "\n";
  for (const ExternalFigure& figure : report.figures) {
    out += separator;
    const char* begin = "{";
    for (const auto& [name, text] : {std::pair("indicator", &figure.indicator),
                                     std::pair("period", &figure.period),
                                     std::pair("value", &figure.value),
                                     std::pair("source", &figure.source)}) {
      auto json = JsonString(*text);
      if (!json.ok()) return json.status();
      out += Cat(begin, "\"", name, "\": ", *json);
      begin = ", ";
    }
    out += "}";
    separator = ",\n";
  }
  return Cat(out, "]}\n");
}

}  // namespace samkoer::clients
