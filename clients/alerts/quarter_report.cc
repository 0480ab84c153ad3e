#include "clients/alerts/quarter_report.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

#include "clients/alerts/html_page.h"
#include "clients/alerts/report_parts.h"
#include "clients/alerts/statistics_text.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

// In the order of the report; tables that it does not know come last.
constexpr std::string_view kOrder[] = {"alerts-by-guide",
                                       "alerts-new",
                                       "alerts-by-wait-for-guide",
                                       "alerts-by-state",
                                       "alerts-by-rule-and-age",
                                       "persons-by-departments-together",
                                       "persons-by-domains-together",
                                       "persons-by-department-and-domain"};
// Told of under "Udvikling".
constexpr std::size_t kDevelopment = 2;

const std::vector<CellSeries>* Find(const TableSeries& tables,
                                    std::string_view name) {
  for (const auto& [known, table] : tables) {
    if (known == name) return &table;
  }
  return nullptr;
}

// What the first and the last month of a row say together, in a sentence that
// the rounding cannot make wrong; empty where there is nothing to say.
std::string Movement(const QuarterReport& report, const CellSeries& series,
                     std::string_view subject, Language l) {
  const auto& months = report.status.months;
  if (months.size() < 2 || !OneLimit(report.status)) return "";
  const auto first = series.months.find(MonthOf(months.front()));
  const auto last = series.months.find(MonthOf(months.back()));
  if (first == series.months.end() || last == series.months.end() ||
      first->second->withheld() || last->second->withheld()) {
    return "";
  }
  const std::uint64_t before = first->second->count();
  const std::uint64_t after = last->second->count();
  // Each is up to one below the base too low: a whole base apart, they cannot
  // have been the same.
  const std::uint64_t base = report.status.withhold_below;
  const char* how;
  if (before + base <= after) {
    how = Say(l, " er steget", " rose");
  } else if (after + base <= before) {
    how = Say(l, " er faldet", " fell");
  } else {
    how = Say(l, " er omtrent uændret", " is about the same");
  }
  return Cat(subject, how, Say(l, ": fra mindst ", ": from at least "), before,
             Say(l, " i ", " in "), MonthName(MonthOf(months.front()), l),
             Say(l, " til mindst ", " to at least "), after,
             Say(l, " i ", " in "), MonthName(MonthOf(months.back()), l), ".");
}

Html Development(const QuarterReport& report, const TableSeries& tables,
                 Language l) {
  Html out = Heading(
      Say(l, "Udviklingen i kvartalet", "How it went over the quarter"));
  std::vector<CellSeries> rows;
  for (std::size_t i = 0; i < kDevelopment; ++i) {
    if (const auto* table = Find(tables, kOrder[i])) {
      for (const CellSeries& series : *table) {
        // The one row of new alerts is its own sum.
        if (kOrder[i] == "alerts-new" && series.row == "total") continue;
        if (series.column == "total") continue;
        rows.push_back(series);
        rows.back().column.clear();
      }
    }
  }
  if (rows.empty()) {
    return out + Paragraph(Say(l, "Matcheren har ikke talt dette i kvartalet.",
                               "The matcher did not count this in the "
                               "quarter."));
  }
  for (std::size_t i = 0; i < kDevelopment; ++i) {
    const std::string name(kOrder[i]);
    if (Find(tables, name) == nullptr) continue;
    out += Paragraph(
        Cat(StatisticsTitle(name, l), ": ", StatisticsExplanation(name, l)));
  }
  std::vector<std::string> header = {""};
  for (const auto& month : report.status.months) {
    header.push_back(MonthHeader(report.status, month, l));
  }
  std::vector<std::vector<std::string>> lines;
  for (const CellSeries& series : rows) {
    lines.push_back(
        {series.row == "total" ? Say(l, "Unge med et åbent advis i alt",
                                     "Young people with an open alert in all")
         : series.row == "previous-month" ? Say(l, "Nye advis i måneden før",
                                                "New alerts in the month "
                                                "before")
                                          : StatisticsWord(series.row, l)});
    for (const auto& month : report.status.months) {
      lines.back().push_back(CellText(series, MonthOf(month)));
    }
  }
  out += HtmlTable(header, lines);
  for (const CellSeries& series : rows) {
    std::string text;
    if (series.row == "assigned") {
      text = Movement(report, series,
                      Say(l, "Antallet af unge med en ungeguide",
                          "The number with a youth guide"),
                      l);
    } else if (series.row == "backlog") {
      text = Movement(report, series,
                      Say(l, "Antallet, der venter på en ungeguide,",
                          "The number waiting for a youth guide"),
                      l);
    }
    if (!text.empty()) out += Paragraph(text);
  }
  return out;
}

Html Indicators(const QuarterReport& report, Language l) {
  Html section = IndicatorSection(report.status, l);
  if (!report.status.figures.empty()) return section;
  if (section.markup().empty()) {
    section = Heading(Say(l, "Indikatorer", "Indicators"));
  }
  return section +
         Paragraph(Say(
             l,
             "Der er ingen tal fra andre kilder med. Hvor mange der er i "
             "uddannelse, i job eller på ydelse, står i de nationale registre "
             "og ikke i Samkør; kommunen kan lægge dem ved som en fil.",
             "No figures from elsewhere are given. How many are in education, "
             "in a job or on benefits stands in the national registers, not in "
             "Samkør; the municipality can add them as a file."));
}

Html Words(Language l) {
  const std::pair<const char*, const char*> words[] = {
      {Say(l, "Advis", "Alert"),
       Say(l,
           "En ung har åbne sager i flere afdelinger, så kommunens regel "
           "siger, "
           "at indsatsen bør samles, eller en afdeling har indstillet den "
           "unge. "
           "Et menneske afgør, hvad der sker.",
           "A young person has open cases in several departments, so that the "
           "municipality's rule says that the effort should be joined, or a "
           "department has nominated the person. A human decides what "
           "happens.")},
      {Say(l, "Ungeguide", "Youth guide"),
       Say(l,
           "Den ene medarbejder, som den unge har aftaler med. »Med ungeguide« "
           "betyder, at guiden har sagt ja.",
           "The one employee whom the young person deals with. \"With a youth "
           "guide\" means that the guide has said yes.")},
      {Say(l, "Venter", "Waiting"),
       Say(l,
           "Adviset er åbent, og ingen ungeguide har sagt ja endnu. At vente "
           "siger ikke, at den unge er uden hjælp: sagerne løber i "
           "afdelingerne.",
           "The alert is open and no youth guide has said yes yet. Waiting "
           "does "
           "not mean without help: the cases go on in the departments.")},
  };
  Html out = Heading(Say(l, "Hvad ordene betyder", "What the words mean"));
  for (const auto& [word, meaning] : words) {
    out += TextElement("h3", word) + Paragraph(meaning);
  }
  return out;
}

std::string MissingText(const QuarterReport& report, Language l) {
  std::string names;
  for (const absl::CivilMonth month : report.missing) {
    names += Cat(names.empty() ? "" : ", ", MonthName(month, l));
  }
  return Cat(
      Say(l, "Der er ingen opgørelse af ", "There is no count of "), names,
      Say(l, ": måneden er ikke begyndt, eller Samkør talte ikke dengang.",
          ": the month has not begun, or Samkør did not count then."));
}

std::string QuarterKey(Quarter quarter) {
  return Cat(quarter.year, "-", quarter.number);
}

}  // namespace

absl::StatusOr<Quarter> ParseQuarter(std::string_view text, Language l) {
  Quarter quarter;
  const char* const end = text.data() + text.size();
  const auto year = std::from_chars(text.data(), end, quarter.year);
  if (text.size() == 6 && year.ec == std::errc() &&
      year.ptr == text.data() + 4 && text[4] == '-' && text[5] >= '1' &&
      text[5] <= '4' && quarter.year >= 2000 && quarter.year <= 2999) {
    quarter.number = text[5] - '0';
    return quarter;
  }
  return absl::InvalidArgumentError(Say(l, "et kvartal skrives som 2026-3",
                                        "a quarter is written as 2026-3"));
}

Quarter LastQuarter(absl::CivilDay day) {
  const absl::CivilMonth before =
      absl::CivilMonth(day) - (day.month() - 1) % 3 - 1;
  return {static_cast<int>(before.year()), (before.month() - 1) / 3 + 1};
}

std::array<absl::CivilMonth, 3> MonthsOf(Quarter quarter) {
  const absl::CivilMonth first(quarter.year, quarter.number * 3 - 2);
  return {first, first + 1, first + 2};
}

std::string QuarterText(Quarter quarter, Language l) {
  return l == Language::kDanish
             ? Cat(quarter.number, ". kvartal ", quarter.year)
             : Cat("quarter ", quarter.number, " of ", quarter.year);
}

absl::StatusOr<QuarterReport> MakeQuarterReport(
    Quarter quarter, std::vector<v1::GetStatisticsResponse> months,
    std::vector<ExternalFigure> figures, absl::Time made, Language l) {
  auto status =
      MakeStatusReport(std::move(months), std::move(figures), made, l);
  if (!status.ok()) return status.status();
  QuarterReport report{quarter, *std::move(status), {}};
  const auto wanted = MonthsOf(quarter);
  for (const auto& month : report.status.months) {
    if (std::find(wanted.begin(), wanted.end(), MonthOf(month)) ==
        wanted.end()) {
      return absl::InvalidArgumentError(
          Cat(MonthName(MonthOf(month), l),
              Say(l, " ligger ikke i ", " does not lie in "),
              QuarterText(quarter, l)));
    }
  }
  for (const absl::CivilMonth month : wanted) {
    if (std::none_of(
            report.status.months.begin(), report.status.months.end(),
            [&](const auto& held) { return MonthOf(held) == month; })) {
      report.missing.push_back(month);
    }
  }
  return report;
}

std::string QuarterHtml(const QuarterReport& report, const TextStyle& style) {
  const Language l = style.language;
  const std::string title =
      Cat(Say(l, "Kvartalsrapport, ", "Quarterly report, "),
          QuarterText(report.quarter, l));
  Html main = TextElement("h1", title) + Html("\n");
  main += Paragraph(Say(
      l,
      "Til udvalg, byråd og direktion om den samlede indsats for unge. "
      "Rapporten har kun samlede tal: ingen ung kan genkendes, og hverken "
      "unge, "
      "afdelinger eller medarbejdere sammenlignes eller rangordnes.",
      "To committees, council and directors, on the joint effort for young "
      "people. The report has aggregates only: no young person can be "
      "recognised, and neither young people nor departments nor employees are "
      "compared or ranked."));
  if (!report.missing.empty()) main += Paragraph(MissingText(report, l));
  const TableSeries tables = SeriesOf(report.status);
  main += Development(report, tables, l);
  for (std::size_t i = kDevelopment; i < std::size(kOrder); ++i) {
    if (const auto* table = Find(tables, kOrder[i])) {
      main += TableSection(report.status, std::string(kOrder[i]), *table, l);
    }
  }
  for (const auto& [name, table] : tables) {
    if (std::find(std::begin(kOrder), std::end(kOrder), name) ==
        std::end(kOrder)) {
      main += TableSection(report.status, name, table, l);
    }
  }
  main += Indicators(report, l);
  main += Heading(Say(l, "Sådan læses tallene", "How to read the numbers")) +
          Paragraph(CountedText(report.status, l)) +
          Paragraph(HowToRead(report.status, l)) +
          Paragraph(Say(l,
                        "Kvartalets tal er månedsrapporternes egne: intet er "
                        "talt om, så de to kan ikke trækkes fra hinanden.",
                        "The quarter's numbers are those of the monthly "
                        "reports: nothing was counted anew, so that one cannot "
                        "be subtracted from the other."));
  main += Words(l);
  main += Paragraph(MadeText(report.status, style));
  return HtmlPage(title, main, l);
}

std::string QuarterCsv(const QuarterReport& report, Language language) {
  return StatusCsv(report.status, language);
}

absl::StatusOr<std::string> QuarterJson(const QuarterReport& report,
                                        Language l) {
  auto fields = ReportJsonFields(report.status, l);
  if (!fields.ok()) return fields.status();
  std::string missing;
  for (const absl::CivilMonth month : report.missing) {
    missing += Cat(missing.empty() ? "\"" : ", \"", MonthKey(month), "\"");
  }
  return Cat(
      "{\n\"report\": \"samkoer-quarter-report\",\n\"version\": 1,\n"
      "\"quarter\": \"",
      QuarterKey(report.quarter), "\",\n\"missing\": [", missing, "],\n",
      *fields, "}\n");
}

}  // namespace samkoer::clients
