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
struct TableWords {
  Word title;
  const char* danish;  // what it says
  const char* english;
};

// The coordinator's page shows these, too: they come to it with the report
// (StatusJson).
constexpr TableWords kTables[] = {
    {{"alerts-by-state", "Advis efter tilstand", "Alerts by state"},
     "Hvor mange unge der var i hver tilstand på den dag, tallene blev talt. "
     "Et advis tæller én gang.",
     "How many young people were in each state on the day of the count. An "
     "alert counts once."},
    {{"persons-by-departments-together",
      "Unge efter, hvor mange afdelinger der kender dem",
      "Young people by how many departments know them"},
     "Alle unge, som mindst én afdeling har en sag med, også dem, der ikke er "
     "et advis om.",
     "All young people with whom at least one department has a case, those of "
     "whom there is no alert, too."},
    {{"persons-by-domains-together",
      "Unge efter, hvor mange områder de har sager i",
      "Young people by how many domains they have cases in"},
     "Alle unge med en sag i mindst ét område, også dem, der ikke er et advis "
     "om. Kommunen har én afdeling, så der tælles områder.",
     "All young people with a case in at least one domain, those of whom there "
     "is no alert, too. The municipality has one department, so that domains "
     "are counted."},
    {{"persons-by-department-and-domain", "Unge efter afdeling og område",
      "Young people by department and domain"},
     "En ung med sager i flere områder eller afdelinger tæller i hvert felt, "
     "så hverken rækker eller kolonner kan lægges sammen til antallet af "
     "unge.",
     "A young person with cases in several domains or departments counts in "
     "each field, so that neither rows nor columns add up to the number of "
     "young people."},
    {{"alerts-by-guide", "Åbne advis med og uden ungeguide",
      "Open alerts with and without a youth guide"},
     "Åbne advis. Med betyder, at en ungeguide har sagt ja; venter, at ingen "
     "har gjort det endnu.",
     "Open alerts. With means that a youth guide has said yes; waiting, that "
     "nobody has yet."},
    {{"alerts-by-wait-for-guide", "Ventetid på en ungeguide",
      "The wait for a youth guide"},
     "Åbne advis, hvor en ungeguide har sagt ja: hele dage fra den unge blev "
     "fundet eller indstillet til det ja. En overdragelse tæller ikke som "
     "ventetid.",
     "Open alerts whose youth guide has said yes: whole days from when the "
     "young person was found or nominated to that yes. A handover is no wait."},
    {{"alerts-new", "Nye advis i måneden før",
      "New alerts in the month before"},
     "Advis, der kom til i kalendermåneden før, og som stadig er gemt.",
     "Alerts that were made in the calendar month before and are still held."},
    {{"alerts-by-rule-and-age", "Advis efter regel og alder",
      "Alerts by rule and age"},
     "Kun advis, hvis regel var opfyldt på den dag, tallene blev talt. Alderen "
     "er i hele år den dag.",
     "Only alerts whose rule held on the day of the count. The age is in whole "
     "years on that day."},
};

// The page has its own words for rows and columns (page/src/figures.tsx).
constexpr Word kWords[] = {
    {"total", "I alt", "Total"},
    {"alerts", "Advis", "Alerts"},
    {"assigned", "Med ungeguide", "With a youth guide"},
    {"backlog", "Venter på en ungeguide", "Waiting for a youth guide"},
    {"previous-month", "Måneden før", "The month before"},
    {"persons", "Unge", "Young people"},
    // Of departments or of domains, as the title says.
    {"1", "Én", "One"},
    {"2", "To", "Two"},
    {"3", "Tre", "Three"},
    {"4+", "Fire eller flere", "Four or more"},
    {"under-18", "Under 18 år", "Under 18"},
    {"18-24", "18 til 24 år", "18 to 24"},
    {"25-and-over", "25 år og over", "25 and over"},
    {"under-30-days", "Under 30 dage", "Under 30 days"},
    {"30-89-days", "30 til 89 dage", "30 to 89 days"},
    {"90-days-and-over", "90 dage eller mere", "90 days or more"},
};

const TableWords* FindTable(const std::string& name) {
  for (const TableWords& table : kTables) {
    if (name == table.title.name) return &table;
  }
  return nullptr;
}

std::string WordFor(const std::string& name, Language language) {
  for (const Word& word : kWords) {
    if (name == word.name) return Say(language, word.danish, word.english);
  }
  v1::Domain domain;
  if (v1::Domain_Parse("DOMAIN_" + name, &domain)) {
    return DomainText(domain, language);
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
    header.push_back(WordFor(column, language));
  }
  Table text(std::move(header));
  for (const std::string& row : rows) {
    std::vector<std::string> line = {WordFor(row, language)};
    for (const std::string& column : columns) {
      line.push_back(cells[row][column]);
    }
    text.AddRow(std::move(line));
  }
  return text.Render();
}

}  // namespace

std::string StatisticsTitle(const std::string& table, Language language) {
  const TableWords* words = FindTable(table);
  return words == nullptr
             ? table
             : Say(language, words->title.danish, words->title.english);
}

std::string StatisticsExplanation(const std::string& table, Language language) {
  const TableWords* words = FindTable(table);
  return words == nullptr ? Say(language,
                                "En tabel, som dette program er for gammelt "
                                "til at forklare.",
                                "A table that this program is too old to "
                                "explain.")
                          : Say(language, words->danish, words->english);
}

std::string StatisticsWord(const std::string& key, Language language) {
  return WordFor(key, language);
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
        Cat("\n", StatisticsTitle(table.name(), l), "\n",
            StatisticsExplanation(table.name(), l), "\n", TableText(table, l));
  }
  return page;
}

}  // namespace samkoer::clients
