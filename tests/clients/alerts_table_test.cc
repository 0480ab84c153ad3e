#include <algorithm>

#include "clients/alerts/table.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

TEST(DisplayWidth, CountsWhatTheEyeSees) {
  EXPECT_EQ(DisplayWidth(""), 0u);
  EXPECT_EQ(DisplayWidth("abc"), 3u);
  EXPECT_EQ(DisplayWidth("æøåÆØÅ"), 6u);
  EXPECT_EQ(DisplayWidth("a\xCC\x8A"), 1u);  // a decomposed å
  EXPECT_EQ(DisplayWidth("漢字"), 4u);
  EXPECT_EQ(DisplayWidth("\xff\xc3"), 2u);
}

TEST(Table, ColumnsWithDanishLettersAreAligned) {
  Table table({"Afdeling", "Antal"});
  table.AddRow({"Børn og Unge", "2"});
  table.AddRow({"Jobcenter", "10"});
  EXPECT_EQ(table.Render(),
            "Afdeling      Antal\n"
            "------------  -----\n"
            "Børn og Unge  2\n"
            "Jobcenter     10\n");
}

TEST(Table, EmptyCellsLeaveNoTrailingSpaces) {
  Table table({"A", "B", "C"});
  table.AddRow({"1", "", ""});
  table.AddRow({"", "2"});
  EXPECT_EQ(table.Render(), "A  B  C\n-  -  -\n1\n   2\n");
}

TEST(Table, CellsCannotSpeakToTheTerminal) {
  Table table({"A"});
  table.AddRow({"x\x1b[2J\ny"});
  const std::string text = table.Render();
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3);
}

}  // namespace
}  // namespace samkoer::clients
