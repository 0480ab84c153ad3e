#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "clients/alerts/statistics_text.h"
#include "tests/clients/alerts_months.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

// Those of reports.proto.
constexpr const char* kTables[] = {"persons-by-department-and-domain",
                                   "alerts-by-state",
                                   "alerts-by-rule-and-age",
                                   "persons-by-departments-together",
                                   "persons-by-domains-together",
                                   "alerts-by-guide",
                                   "alerts-new",
                                   "alerts-by-wait-for-guide"};

TEST(StatisticsText, EveryTableHasATitleAndAnExplanationOfItsOwn) {
  for (const Language l : {Language::kDanish, Language::kEnglish}) {
    std::set<std::string> titles, explanations;
    for (const char* table : kTables) {
      titles.insert(StatisticsTitle(table, l));
      explanations.insert(StatisticsExplanation(table, l));
    }
    EXPECT_EQ(titles.size(), std::size(kTables));
    EXPECT_EQ(explanations.size(), std::size(kTables));
    EXPECT_EQ(titles.count("alerts-new"), 0u);
    EXPECT_EQ(explanations.count(StatisticsExplanation("unknown", l)), 0u);
    EXPECT_FALSE(StatisticsExplanation("unknown", l).empty());
  }
  EXPECT_EQ(StatisticsTitle("unknown", Language::kDanish), "unknown");
}

TEST(StatisticsText, RowsAndColumnsHaveWordsAndIdsStayAsTheyAre) {
  const auto word = [](const char* key) {
    return StatisticsWord(key, Language::kDanish);
  };
  EXPECT_EQ(word("backlog"), "Venter på en ungeguide");
  EXPECT_EQ(word("4+"), "Fire eller flere");
  EXPECT_EQ(word("30-89-days"), "30 til 89 dage");
  EXPECT_EQ(word("DISABILITY_PSYCHIATRY"), "Handicap og psykiatri");
  EXPECT_EQ(word("GUIDE_ASSIGNED"), "ungeguide tildelt");
  EXPECT_EQ(word("familieafdelingen"), "familieafdelingen");
}

// The same keys count departments in one table and domains in another.
TEST(StatisticsText, HowManyIsSaidWithoutOfWhat) {
  for (const std::string key : {"1", "2", "3", "4+"}) {
    for (const Language language : {Language::kDanish, Language::kEnglish}) {
      const std::string word = StatisticsWord(key, language);
      EXPECT_NE(word, key);
      EXPECT_THAT(word, Not(HasSubstr("afdeling")));
      EXPECT_THAT(word, Not(HasSubstr("epartment")));
    }
  }
}

TEST(StatisticsText, ThePageExplainsEachTableBeforeItsNumbers) {
  const std::string page = StatisticsPage(TestMonth("2026-11-03", 25), {});
  const std::size_t title = page.find("Advis efter tilstand\n");
  const std::size_t words = page.find("Et advis tæller én gang");
  const std::size_t number = page.find("identificeret");
  ASSERT_NE(number, std::string::npos);
  EXPECT_LT(title, words);
  EXPECT_LT(words, number);
  EXPECT_THAT(page, Not(HasSubstr("for gammelt")));
}

}  // namespace
}  // namespace samkoer::clients
