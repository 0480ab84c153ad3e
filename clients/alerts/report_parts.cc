#include "clients/alerts/report_parts.h"

#include <algorithm>
#include <array>
#include <set>

#include "clients/alerts/html_page.h"
#include "clients/alerts/indicators.h"
#include "clients/alerts/statistics_text.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

constexpr char kWithheld[] = "–";

constexpr std::array<const char*, 12> kDanishMonths = {
    "januar", "februar", "marts",     "april",   "maj",      "juni",
    "juli",   "august",  "september", "oktober", "november", "december"};
constexpr std::array<const char*, 12> kEnglishMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

std::string RowText(const CellSeries& series, bool with_column, Language l) {
  std::string text = StatisticsWord(series.row, l);
  if (with_column) text += Cat(", ", StatisticsWord(series.column, l));
  return text;
}

// One month: the table as it is, rows by columns.
Html Matrix(const std::vector<CellSeries>& table, absl::CivilMonth month,
            Language l) {
  std::vector<std::string> rows, columns;
  std::map<std::pair<std::string, std::string>, std::string> cells;
  for (const CellSeries& series : table) {
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

std::string NumericDay(absl::CivilDay day) {
  return absl::FormatTime("%d-%m-%Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

}  // namespace

std::optional<absl::CivilDay> CountedOn(
    const v1::GetStatisticsResponse& month) {
  absl::CivilDay day;
  if (month.day().size() != 10 || !absl::ParseCivilTime(month.day(), &day)) {
    return std::nullopt;
  }
  return day;
}

absl::CivilMonth MonthOf(const v1::GetStatisticsResponse& month) {
  return absl::CivilMonth(*CountedOn(month));
}

std::string MonthName(absl::CivilMonth month, Language l) {
  const auto at = static_cast<std::size_t>(month.month() - 1);
  return Cat(l == Language::kDanish ? kDanishMonths[at] : kEnglishMonths[at],
             " ", month.year());
}

std::string MonthKey(absl::CivilMonth month) {
  return Cat(month.year(), month.month() < 10 ? "-0" : "-", month.month());
}

TableSeries SeriesOf(const StatusReport& report) {
  TableSeries tables;
  for (auto month = report.months.rbegin(); month != report.months.rend();
       ++month) {
    for (const v1::StatisticsTable& table : month->tables()) {
      auto found = std::find_if(
          tables.begin(), tables.end(),
          [&](const auto& known) { return known.first == table.name(); });
      if (found == tables.end()) {
        found = tables.emplace(tables.end(), table.name(),
                               std::vector<CellSeries>());
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

bool OneLimit(const StatusReport& report) {
  return std::all_of(report.months.begin(), report.months.end(),
                     [&](const v1::GetStatisticsResponse& month) {
                       return month.withhold_below() ==
                              report.months.front().withhold_below();
                     });
}

std::string MonthHeader(const StatusReport& report,
                        const v1::GetStatisticsResponse& month, Language l) {
  std::string text = MonthName(MonthOf(month), l);
  if (OneLimit(report)) return text;
  return Cat(text, Say(l, ", grænse ", ", limit "), month.withhold_below());
}

std::string CellText(const CellSeries& series, absl::CivilMonth month) {
  const auto cell = series.months.find(month);
  if (cell == series.months.end()) return "";
  return cell->second->withheld() ? kWithheld : Cat(cell->second->count());
}

Html SeriesTable(const StatusReport& report,
                 const std::vector<CellSeries>& table, Language l) {
  if (report.months.size() == 1) {
    return Matrix(table, MonthOf(report.months.front()), l);
  }
  std::set<std::string> columns;
  for (const CellSeries& series : table) columns.insert(series.column);
  std::vector<std::string> header = {""};
  for (const auto& month : report.months) {
    header.push_back(MonthHeader(report, month, l));
  }
  std::vector<std::vector<std::string>> lines;
  for (const CellSeries& series : table) {
    lines.push_back({RowText(series, columns.size() > 1, l)});
    for (const auto& month : report.months) {
      lines.back().push_back(CellText(series, MonthOf(month)));
    }
  }
  return HtmlTable(header, lines);
}

Html TableSection(const StatusReport& report, const std::string& name,
                  const std::vector<CellSeries>& table, Language l) {
  return Heading(StatisticsTitle(name, l)) +
         Paragraph(StatisticsExplanation(name, l)) +
         SeriesTable(report, table, l);
}

Html IndicatorSection(const StatusReport& report, Language l) {
  const std::vector<Indicator> own = IndicatorsOf(report, l);
  if (own.empty() && report.figures.empty()) return Html();
  std::vector<std::vector<std::string>> rows;
  std::vector<const Indicator*> explained;
  for (const Indicator& indicator : own) {
    const bool known = std::any_of(
        explained.begin(), explained.end(),
        [&](const Indicator* e) { return e->name == indicator.name; });
    if (!known) explained.push_back(&indicator);
  }
  // The months of each below one another.
  for (const Indicator* which : explained) {
    for (const Indicator& indicator : own) {
      if (indicator.name != which->name) continue;
      rows.push_back({indicator.name, MonthName(indicator.month, l),
                      indicator.withheld ? kWithheld : indicator.value,
                      kOwnSource});
    }
  }
  for (const ExternalFigure& figure : report.figures) {
    rows.push_back({figure.indicator, figure.period,
                    figure.withheld ? kWithheld : figure.value, figure.source});
  }
  Html out = Heading(Say(l, "Indikatorer", "Indicators"));
  if (!own.empty()) {
    out += Paragraph(Say(
        l,
        "Samkørs egne indikatorer er regnet ud af tabellerne i denne rapport. "
        "De står som et spænd, fordi tallene i dem er rundet ned. »–« betyder, "
        "at et af tallene er tilbageholdt, eller at spændet ikke siger noget.",
        "Samkør's own indicators are made of the tables in this report and "
        "shown as a range, because the numbers in them are rounded down. \"–\" "
        "means that one of the numbers is withheld, or that the range says "
        "nothing."));
  }
  if (!report.figures.empty()) {
    out += Paragraph(Say(
        l,
        "Tallene med en anden kilde har Samkør ikke: de er indlæst fra en fil "
        "og vist, som de står i den, bortset fra små antal.",
        "Samkør does not have the numbers of another source: they were read "
        "from a file and are shown as they stand in it, but for small "
        "counts."));
  }
  out +=
      HtmlTable({Say(l, "Indikator", "Indicator"), Say(l, "Periode", "Period"),
                 Say(l, "Tal", "Value"), Say(l, "Kilde", "Source")},
                rows);
  if (explained.empty()) return out;
  Html items;
  for (const Indicator* indicator : explained) {
    items += Item(Cat(indicator->name, ": ", indicator->explanation));
  }
  return out + Html::Element("ul", items) + Html("\n");
}

std::string HowToRead(const StatusReport& report, Language l) {
  const std::uint32_t base = report.withhold_below;
  const bool one = OneLimit(report);
  const std::string limit =
      one ? Cat(base)
          : std::string(Say(l, "månedens grænse", "the month's limit"));
  std::string text = Cat(
      Say(l,
          "Tallene er opgjort én gang om måneden og rundet ned til et helt "
          "antal gange ",
          "The numbers are counted once a month and rounded down to a multiple "
          "of "),
      limit,
      Say(l, ". »–« er tilbageholdt: færre end ",
          ". \"–\" is withheld: "
          "fewer than "),
      limit,
      Say(l,
          ", eller det ville røbe et lille tal. Summer er af de viste tal, "
          "altså for lave. En forskel mellem to måneder kan alene skyldes "
          "afrundingen.",
          ", or it would give a small number away. Sums are of the numbers "
          "shown, so they are too low. Two months may differ by the rounding "
          "alone."));
  if (!one) {
    text += Say(l,
                " Grænsen er ændret undervejs og står ved hver måned: måneder "
                "med hver sin grænse kan ikke sammenlignes.",
                " The limit was changed on the way and stands at each month: "
                "months with different limits cannot be compared.");
  }
  if (!report.figures.empty()) {
    text += Cat(Say(l, " Også antal under ", " Counts below "), base,
                Say(l,
                    " fra andre kilder er tilbageholdt; de øvrige er vist, som "
                    "kilden har dem, uden afrunding.",
                    " from elsewhere are withheld, too; the others are shown "
                    "as their source has them, not rounded."));
  }
  return text;
}

std::string CountedText(const StatusReport& report, Language l) {
  std::string text = Say(l, "Opgjort: ", "Counted: ");
  const char* separator = "";
  for (const auto& month : report.months) {
    text += Cat(separator, NumericDay(*CountedOn(month)));
    separator = ", ";
  }
  return text + ".";
}

std::string MadeText(const StatusReport& report, const TextStyle& style) {
  return Cat(Say(style.language, "Lavet ", "Made "),
             absl::FormatTime("%d-%m-%Y %H:%M", report.made, style.zone), ".");
}

namespace {

using JsonFields = std::vector<std::pair<const char*, std::string>>;

// `{"a": "...", "b": "...", "withheld": true}`
absl::StatusOr<std::string> JsonObject(const JsonFields& fields,
                                       bool withheld) {
  std::string out;
  for (const auto& [name, text] : fields) {
    auto json = JsonString(text);
    if (!json.ok()) return json.status();
    out += Cat(out.empty() ? "{" : ", ", "\"", name, "\": ", *json);
  }
  return out + (withheld ? ", \"withheld\": true}" : "}");
}

// Adds `"name": [...]`.
absl::Status AddList(const char* name,
                     const std::vector<absl::StatusOr<std::string>>& objects,
                     std::string& out) {
  out += Cat(",\n\"", name, "\": [");
  const char* separator = "\n";
  for (const auto& object : objects) {
    if (!object.ok()) return object.status();
    out += Cat(separator, *object);
    separator = ",\n";
  }
  out += "]";
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::string> ReportJsonFields(const StatusReport& report,
                                             Language l) {
  std::string out = Cat(
      "\"made\": \"",
      absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", report.made, absl::UTCTimeZone()),
      "\",\n\"months\": [");
  const char* separator = "\n";
  for (const auto& month : report.months) {
    auto json = JsonText(month, /*pretty=*/true);
    if (!json.ok()) return json.status();
    out += Cat(separator, *json);
    separator = ",\n";
  }
  out += "]";
  std::vector<absl::StatusOr<std::string>> explanations, indicators, figures;
  for (const auto& [name, unused] : SeriesOf(report)) {
    explanations.push_back(
        JsonObject({{"table", name},
                    {"title", StatisticsTitle(name, l)},
                    {"explanation", StatisticsExplanation(name, l)}},
                   false));
  }
  for (const Indicator& indicator : IndicatorsOf(report, l)) {
    indicators.push_back(JsonObject({{"indicator", indicator.name},
                                     {"period", MonthKey(indicator.month)},
                                     {"value", indicator.value},
                                     {"source", kOwnSource},
                                     {"explanation", indicator.explanation}},
                                    indicator.withheld));
  }
  for (const ExternalFigure& figure : report.figures) {
    figures.push_back(JsonObject({{"indicator", figure.indicator},
                                  {"period", figure.period},
                                  {"value", figure.value},
                                  {"source", figure.source}},
                                 figure.withheld));
  }
  for (const auto& [name, list] :
       {std::pair("explanations", &explanations),
        std::pair("indicators", &indicators), std::pair("figures", &figures)}) {
    if (absl::Status s = AddList(name, *list, out); !s.ok()) return s;
  }
  return out;
}

}  // namespace samkoer::clients
