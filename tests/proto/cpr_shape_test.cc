// Every number here is fictional: it fails modulus 11 and no such number has
// been issued.
#include "proto/cpr_shape.h"

#include <cstdlib>
#include <iostream>
#include <random>
#include <regex>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace samkoer::proto {
namespace {

TEST(CprShapeTest, PlainAndHyphenatedNumbersAreSeen) {
  EXPECT_TRUE(LooksLikeCprNumber("1304021235"));
  EXPECT_TRUE(LooksLikeCprNumber("130402-1235"));
  EXPECT_TRUE(LooksLikeCprNumber("130402 1235"));
}

TEST(CprShapeTest, SeparatorsOfEveryKindAreSeen) {
  for (const std::string separator :
       {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x91", "\xe2\x80\x93",
        "\xe2\x88\x92", " - ", "\xc2\xad-"}) {
    EXPECT_TRUE(LooksLikeCprNumber("130402" + separator + "1235"))
        << testing::PrintToString(separator);
  }
}

TEST(CprShapeTest, NumbersInsideOtherTextAreSeen) {
  EXPECT_TRUE(LooksLikeCprNumber("Sag 130402-1235 (mor)"));
  EXPECT_TRUE(LooksLikeCprNumber("JC1304021235"));
  EXPECT_TRUE(LooksLikeCprNumber("27.24.03-130402-1235"));
  EXPECT_TRUE(LooksLikeCprNumber("99 1304021235x"));
}

TEST(CprShapeTest, SeparatorsBetweenDayMonthAndYearAreSeen) {
  for (const std::string text :
       {"13-04-02-1235", "13 04 02 1235", "13 04 02-1235", "1304 02 1235",
        "13-04021235", "Sag 13-04-02 - 1235"}) {
    EXPECT_TRUE(LooksLikeCprNumber(text)) << text;
  }
}

TEST(CprShapeTest, DotsSlashesYearsInFullAndPairsAreSeen) {
  for (const std::string text :
       {"Borgeren 13.04.02-1235", "13/04/02-1235", "13/04-02 1235",
        "130402.1235", "13.04.02 1235", "13 04 02 12 35", "13.04.02.12.35",
        "13-04-02-12-35", "(13 04 02 12 35)", "13-04-2002-1235",
        "13.04.2002-1235", "13 04 2002 1235", "13.04.20021235", "13042002-1235",
        "130402 - 1235", "130402 . 1235"}) {
    EXPECT_TRUE(LooksLikeCprNumber(text)) << text;
  }
}

TEST(CprShapeTest, DatesTimesCodesAndJournalNumbersAreNot) {
  for (const std::string text : {"13.04.2002",
                                 "den 13.04.2002 kl. 11.18",
                                 "13-04-2002 11:18",
                                 "13.04.2002 11.18",
                                 "13.04.02 11.18",
                                 "2012-04-13 12:35",
                                 "2012-04-13 12 35",
                                 "13.04.2002-14.05.2003",
                                 "13-04-2002-14-05-2003",
                                 "13.04.02-14.05.03",
                                 "130402-140503",
                                 "27.24.00-G01",
                                 "27.03.36-G01",
                                 "27.03.36-A00-1-20",
                                 "2026-12345678",
                                 "2012-12345678",
                                 "2012-20345678",
                                 "201220345678",
                                 "13-04-1702-1235",
                                 "13-042002-1235",
                                 "1304-2002-1235",
                                 "13 04 02 12-35",
                                 "13 04 02 12 35 140",
                                 "13 04 2002 12 35",
                                 "87 65 43 21 10",
                                 "12.345.678,90"}) {
    EXPECT_FALSE(LooksLikeCprNumber(text)) << text;
  }
}

// What the header says, as one slow expression.
bool NaiveLooksLikeCprNumber(const std::string& text) {
  const std::string start =
      "(?:^|[^0-9])(?:0[1-9]|[12][0-9]|3[01]|6[1-9]|[78][0-9]|9[01])";
  const std::string month = "(?:0[1-9]|1[0-2])";
  const std::string some = "[-. /]{1,3}", any = "[-. /]{0,3}";
  const std::string last = "[0-9]{4}(?![0-9])";
  const std::string year = "(?:1[89]|20)[0-9]{2}";
  static const std::regex shape(
      start + any + month + any + "[0-9]{2}" + any + last + "|" +  //
      start + some + month + some + year + any + last + "|" +      //
      start + month + year + some + last + "|" +                   //
      start + "(" + some + ")(?![-. /])" + month +
      "\\1(?![-. /])[0-9]{2}\\1(?![-. /])[0-9]{2}\\1(?![-. /])[0-9]{2}"
      "(?!" +
      any + "[0-9])");
  return std::regex_search(text, shape);
}

TEST(CprShapeTest, RandomTextsAreSeenAsANaiveCheckerSeesThem) {
  const char* given = std::getenv("SAMKOER_SEED");
  const auto seed = given != nullptr ? std::strtoull(given, nullptr, 10)
                                     : std::random_device{}();
  std::cout << "SAMKOER_SEED=" << seed << std::endl;
  std::mt19937_64 rng(seed);
  const std::vector<std::string> parts = {
      "13",   "04",   "02", "12", "35", "31",  "00", "2002",
      "1235", "1304", "20", "19", "7",  "-",   "-",  " ",
      " ",    ".",    ".",  "/",  "x",  " - ", ":"};
  int seen = 0;
  for (int round = 0; round < 4000; ++round) {
    std::string text;
    const std::string& between = parts[13 + rng() % 7];
    for (std::size_t n = 3 + rng() % 9; n > 0; --n) {
      text += parts[rng() % parts.size()];
      if (rng() % 2 == 0) text += between;
    }
    const bool expected = NaiveLooksLikeCprNumber(text);
    ASSERT_EQ(LooksLikeCprNumber(text), expected) << text;
    seen += expected ? 1 : 0;
  }
  EXPECT_GT(seen, 20);
}

TEST(CprShapeTest, ReplacementNumbersAreSeen) {
  EXPECT_TRUE(LooksLikeCprNumber("730402-1235"));
}

TEST(CprShapeTest, DaysAndMonthsThatCannotBeAreNot) {
  EXPECT_FALSE(LooksLikeCprNumber("320402-1236"));
  EXPECT_FALSE(LooksLikeCprNumber("000402-1236"));
  EXPECT_FALSE(LooksLikeCprNumber("600402-1236"));
  EXPECT_FALSE(LooksLikeCprNumber("920402-1236"));
  EXPECT_FALSE(LooksLikeCprNumber("130002-1236"));
  EXPECT_FALSE(LooksLikeCprNumber("131302-1236"));
}

TEST(CprShapeTest, PartsOfLongerDigitRunsAreNot) {
  EXPECT_FALSE(LooksLikeCprNumber("13040212350"));
  EXPECT_FALSE(LooksLikeCprNumber("01304021235"));
  EXPECT_FALSE(LooksLikeCprNumber("130402-12350"));
  EXPECT_FALSE(LooksLikeCprNumber("0130402-1235"));
}

TEST(CprShapeTest, OrdinaryReferencesAreNot) {
  for (const std::string text :
       {"", "JC2057", "DUB-26-6899", "S-7784/24", "HP10291",
        "32.21.20-G01-10101-25", "130402", "130402----1235", "130402-123",
        "2026-11-02", "130402_1235", "2002-04-13-1235", "13-04-02-123",
        "13-04-02-12355", "1-304-02-1235", "87 65 43 21"}) {
    EXPECT_FALSE(LooksLikeCprNumber(text)) << text;
  }
}

TEST(CprShapeTest, TextThatEndsEarlyIsReadWithinItsBounds) {
  const std::string text = "130402-1235";
  for (std::size_t n = 0; n < text.size(); ++n) {
    EXPECT_FALSE(LooksLikeCprNumber(text.substr(0, n)));
  }
  EXPECT_FALSE(LooksLikeCprNumber("130402\xe2\x80"));
}

}  // namespace
}  // namespace samkoer::proto
