#include <gtest/gtest.h>

#include "clients/agent/cells.h"
#include "clients/agent/sample_facts.h"
#include "clients/agent/sample_table.h"
#include "clients/common/cli.h"
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

TEST(SampleTable, WhatIsNoNameBesideKnownNamesIsAColumnWithoutAName) {
  const std::string long_name(60, 'x');
  Rows rows({{"CPR", "Status", long_name, "Saldo pr. 31122026"}, {"1", "2"}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_EQ(table->header()[2], "");
  EXPECT_EQ(table->header()[3], "");
  EXPECT_EQ(table->Find(""), -1);
  // A row stays a row.
  for (const std::string& cell :
       {std::string(kCprA), std::string("ida@viborg.example")}) {
    Rows data({{"CPR", "Status", cell}});
    EXPECT_FALSE(SampleTable::Read(data).ok());
  }
  Rows one({{"CPR", "Asta", long_name}});
  EXPECT_NE(
      clients::HintOf(SampleTable::Read(one).status()).find("nothing above it"),
      std::string::npos);
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
  EXPECT_EQ(format({{"A"}, {"1. januar 2026"}, {"3. maj 2026"}}), "%d. %B %Y");
  EXPECT_EQ(format({{"A"}, {"01-JAN-26"}, {"14-MAJ-26"}}), "%d-%B-%y");
}

TEST(WordsOf, AreCountedWithoutRegardToCaseMostFrequentFirst) {
  Rows rows({{"S", "Slut"},
             {"Åben", ""},
             {"lukket", "x"},
             {"ÅBEN", "NULL"},
             {"", "x"}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok());
  WordContext context;
  context.ended = [&](std::size_t row) { return table->Cell(row, 1) == "x"; };
  const auto words = WordsOf(*table, 0, 2, context);
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0].text, "Åben");
  EXPECT_EQ(words[0].count, 2u);
  EXPECT_EQ(words[0].ended, 0u);
  EXPECT_EQ(words[1].ended, 1u);
  EXPECT_EQ(words[1].people, 0u);
  EXPECT_TRUE(WordsOf(*table, 0, 1).empty());
}

TEST(WordsOf, PeopleAreCountedByTheirNumbersHoweverTheyAreWritten) {
  Rows rows({{"S", "CPR"},
             {"ja", std::string(kCprA)},
             {"ja", "0204024104"},
             {"ja", "000000-0000"},
             {"nej", std::string(kCprA)},
             {"nej", std::string(kCprB)},
             {"nej", std::string(kCprC)},
             {"nej", std::string(kCprD)}});
  const auto table = SampleTable::Read(rows);
  ASSERT_TRUE(table.ok());
  WordContext context;
  context.cpr = 1;
  const auto words = WordsOf(*table, 0, 5, context);
  ASSERT_EQ(words.size(), 2u);
  EXPECT_EQ(words[0].people, kShownFrom);
  EXPECT_EQ(words[1].text, "ja");
  EXPECT_EQ(words[1].people, 1u);
}

}  // namespace
}  // namespace samkoer::agent
