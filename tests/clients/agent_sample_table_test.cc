#include <gtest/gtest.h>

#include "clients/agent/cells.h"
#include "clients/agent/sample_facts.h"
#include "clients/agent/sample_table.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

// Rows that a test writes down; the first is the header.
class Rows final : public RowSource {
 public:
  explicit Rows(std::vector<std::vector<std::string>> rows, int repeat = 1)
      : rows_(std::move(rows)), repeat_(repeat) {}
  absl::Status Read(const RowSink& sink, const ReadProgress&) override {
    std::int64_t line = 1;
    for (std::size_t i = 0; i < rows_.size(); ++i) {
      for (int n = 0; n < (i == 0 ? 1 : repeat_); ++n) {
        if (absl::Status s = sink(line++, rows_[i]); !s.ok()) return s;
      }
    }
    return end;
  }
  absl::Status end;

 private:
  std::vector<std::vector<std::string>> rows_;
  int repeat_;
};

TEST(SampleTable, ReadsNoMoreThanEnough) {
  Rows few({{"CPR"}, {"x"}}, 10), many({{"CPR"}, {"x"}}, kSampleRows + 1);
  const auto whole = SampleTable::Read(few), cut = SampleTable::Read(many);
  ASSERT_TRUE(whole.ok() && cut.ok());
  EXPECT_TRUE(whole->whole());
  EXPECT_EQ(whole->rows(), 10u);
  EXPECT_FALSE(cut->whole());
  EXPECT_EQ(cut->rows(), kSampleRows);
}

TEST(SampleTable, TheSourcesOwnErrorIsReturned) {
  Rows broken({{"CPR"}, {"x"}});
  broken.end = absl::UnavailableError("gone");
  EXPECT_TRUE(absl::IsUnavailable(SampleTable::Read(broken).status()));
}

TEST(SampleTable, CellsThatAreCutShortOrBrokenAreEmpty) {
  Rows rows({{" CPR ", "Navn"}, {"1"}, {" 2 ", std::string(kErrorCell)}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->header()[0], "CPR");
  EXPECT_EQ(table->Cell(0, 1), "");
  EXPECT_EQ(table->Cell(1, 0), "2");
  EXPECT_EQ(table->Cell(1, 1), "");
}

TEST(SampleTable, AColumnThatStandsTwiceIsNotFound) {
  Rows rows({{"cpr", "CPR", "Sag", "Dato", "DATO"}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok());
  EXPECT_EQ(table->Find("CPR"), 1);
  EXPECT_EQ(table->Find("cpr"), 0);
  EXPECT_EQ(table->Find("Cpr"), -1);
  EXPECT_EQ(table->Find("SAG"), 2);
  EXPECT_EQ(table->Find("dato"), -1);
  EXPECT_EQ(table->Find("Navn"), -1);
}

TEST(LookAtColumns, CountsWhatEachCellIs) {
  Rows rows({{"A", "B", "C"},
             {std::string(kCprA), "01-02-2026", "ja"},
             {"000000-0000", "NULL", "nej"},
             {std::string(kCprOld), "", "ja"},
             {"020402-A104", "02-03-2026", "måske"}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok());
  const auto facts = LookAtColumns(*table, kDay);
  EXPECT_EQ(facts[0].cpr, 2u);
  EXPECT_EQ(facts[0].young, 1u);
  EXPECT_EQ(facts[0].placeholder, 1u);
  EXPECT_EQ(facts[0].replacement, 1u);
  EXPECT_FALSE(facts[0].Mostly(facts[0].cpr, 60));
  EXPECT_TRUE(facts[0].Mostly(facts[0].cpr, 50));
  EXPECT_EQ(facts[1].filled, 2u);
  EXPECT_EQ(facts[1].null_words, 1u);
  EXPECT_STREQ(kDateFormats[facts[1].BestFormat()], "%d-%m-%Y");
  EXPECT_TRUE(facts[1].MostlyDates());
  EXPECT_EQ(facts[2].yes_no, 3u);
  EXPECT_EQ(facts[2].distinct, 3u);
}

TEST(LookAtColumns, DaysGoBeforeMonthsUnlessTheyCannot) {
  const auto format = [](std::vector<std::vector<std::string>> cells) {
    Rows rows(std::move(cells));
    const auto table = SampleTable::Read(rows);
    EXPECT_TRUE(table.ok());
    return std::string(
        kDateFormats[LookAtColumns(*table, kDay)[0].BestFormat()]);
  };
  EXPECT_EQ(format({{"A"}, {"01/02/2026"}, {"03/04/2026"}}), "%d/%m/%Y");
  EXPECT_EQ(format({{"A"}, {"01/02/2026"}, {"03/14/2026"}}), "%m/%d/%Y");
  EXPECT_EQ(format({{"A"}, {"20260102"}}), "%Y%m%d");
}

TEST(WordsOf, AreCountedWithoutRegardToCaseMostFrequentFirst) {
  Rows rows({{"S", "Slut"},
             {"Åben", ""},
             {"lukket", "x"},
             {"ÅBEN", "NULL"},
             {"", "x"}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok());
  const auto words = WordsOf(*table, 0, 1, 2);
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0].text, "Åben");
  EXPECT_EQ(words[0].count, 2u);
  EXPECT_EQ(words[0].closed, 0u);
  EXPECT_EQ(words[1].closed, 1u);
  EXPECT_TRUE(WordsOf(*table, 0, -1, 1).empty());
}

}  // namespace
}  // namespace samkoer::agent
