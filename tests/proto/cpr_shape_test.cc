// Every number here is fictional: it fails modulus 11 and no such number has
// been issued.
#include "proto/cpr_shape.h"

#include <string>

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
        "2026-11-02", "130402_1235", "13-04-2002-1235", "2002-04-13-1235",
        "13-04-02-123", "13-04-02-12355", "1-304-02-1235", "87 65 43 21"}) {
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
