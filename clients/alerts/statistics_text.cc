#include "clients/alerts/statistics_text.h"

#include <map>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/alerts/alert_words.h"
#include "clients/alerts/table.h"
#include "clients/common/cat.h"

namespace samkoer::clients {
namespace {

struct Word {
  const char* name;
  const char* danish;
  const char* english;
};

constexpr Word kTitles[] = {
    {"persons-by-department-and-domain", "Personer efter afdeling og område",
     "Persons by department and domain"},
    {"alerts-by-state", "Advis efter tilstand", "Alerts by state"},
    {"alerts-by-rule-and-age", "Advis, hvis regel gælder nu, efter alder",
     "Alerts whose rule holds now, by age"},
    {"persons-by-departments-together",
     "Personer efter, hvor mange afdelinger de er i",
     "Persons by how many departments hold them"},
    {"alerts-by-guide", "Åbne advis med og uden ungeguide",
     "Open alerts with and without a youth guide"},
    {"alerts-new", "Nye advis", "New alerts"},
};

constexpr Word kWords[] = {
    {"total", "i alt", "total"},
    {"alerts", "advis", "alerts"},
    {"assigned", "med ungeguide", "with a youth guide"},
    {"backlog", "uden ungeguide (venter)", "without a youth guide (waiting)"},
    {"previous-month", "oprettet i måneden før", "made in the month before"},
    {"persons", "personer", "persons"},
    {"under-18", "under 18", "under 18"},
    {"18-24", "18-24", "18-24"},
    {"25-and-over", "25 og over", "25 and over"},
    {"EMPLOYMENT", "beskæftigelse", "employment"},
    {"EDUCATION", "uddannelse", "education"},
    {"FAMILY", "familie", "family"},
    {"SOCIAL", "social", "social"},
    {"DISABILITY_PSYCHIATRY", "handicap og psykiatri", "disability/psychiatry"},
    {"HOUSING_ECONOMY", "bolig og økonomi", "housing/economy"},
    {"CRIME_PREVENTION", "kriminalitetsforebyggelse", "crime prevention"},
};

template <std::size_t n>
std::string WordFor(const Word (&words)[n], const std::string& name,
                    Language language) {
  for (const Word& word : words) {
    if (name == word.name) return Say(language, word.danish, word.english);
  }
  v1::AlertState state;
  return v1::AlertState_Parse("ALERT_STATE_" + name, &state)
             ? StateText(state, language)
             : name;
}

// "2026-11-01" as "01-11-2026"; anything else as it is.
std::string DayOf(const std::string& iso) {
  absl::CivilDay day;
  if (!absl::ParseCivilTime(iso, &day)) return iso;
  return absl::FormatTime("%d-%m-%Y", absl::FromCivil(day, absl::UTCTimeZone()),
                          absl::UTCTimeZone());
}

std::string TableText(const v1::StatisticsTable& table, Language language) {
  std::vector<std::string> rows, columns;
  std::map<std::string, std::map<std::string, std::string>> cells;
  for (const v1::StatisticsCell& cell : table.cells()) {
    if (!cells.contains(cell.row())) rows.push_back(cell.row());
    auto& row = cells[cell.row()];
    if (rows.size() == 1) columns.push_back(cell.column());
    row[cell.column()] = cell.withheld() ? "–" : Cat(cell.count());
  }
  std::vector<std::string> header = {""};
  for (const std::string& column : columns) {
    header.push_back(WordFor(kWords, column, language));
  }
  Table text(std::move(header));
  for (const std::string& row : rows) {
    std::vector<std::string> line = {WordFor(kWords, row, language)};
    for (const std::string& column : columns) {
      line.push_back(cells[row][column]);
    }
    text.AddRow(std::move(line));
  }
  return text.Render();
}

}  // namespace

std::string StatisticsTitle(const std::string& table, Language language) {
  return WordFor(kTitles, table, language);
}

std::string StatisticsWord(const std::string& key, Language language) {
  return WordFor(kWords, key, language);
}

std::string StatisticsPage(const v1::GetStatisticsResponse& statistics,
                           const TextStyle& style) {
  const Language l = style.language;
  const std::uint32_t base = statistics.withhold_below();
  std::string page =
      Cat(Say(l, "Statistik, talt op den ", "Statistics, counted on "),
          DayOf(statistics.day()),
          Say(l,
              ", og den samme resten af måneden.\nTal er rundet ned til "
              "et helt antal gange ",
              ", and the same for the rest of the month.\nNumbers are rounded "
              "down to a multiple of "),
          base,
          Say(l, "; »–« er tilbageholdt: færre end ",
              "; \"–\" is withheld: fewer than "),
          base,
          Say(l,
              ", eller det ville røbe et lille tal.\nSummer er af de viste "
              "tal, altså for lave.\n",
              ", or it would give a small number away.\nSums are of the "
              "numbers shown, so they are too low.\n"));
  for (const v1::StatisticsTable& table : statistics.tables()) {
    page +=
        Cat("\n", WordFor(kTitles, table.name(), l), "\n", TableText(table, l));
  }
  return page;
}

}  // namespace samkoer::clients
