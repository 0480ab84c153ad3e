#include <gtest/gtest.h>

#include <limits>

#include "clients/agent/cells.h"

namespace samkoer::agent {
namespace {

std::string DayText(double serial, bool system_1904) {
  const auto day = SerialDay(serial, system_1904);
  return day ? FormatIsoDay(*day) : "none";
}

TEST(NumberText, WholeNumbersHaveAllTheirDigits) {
  EXPECT_EQ(NumberText(204024104), "204024104");
  EXPECT_EQ(NumberText(2.04024104E+9), "2040241040");
  EXPECT_EQ(NumberText(-0.0), "0");
  EXPECT_EQ(NumberText(12.5), "12.5");
  EXPECT_EQ(NumberText(std::numeric_limits<double>::infinity()), "");
}

TEST(ZeroPadded, AFormatOfZerosPutsThemBack) {
  EXPECT_EQ(ZeroPadded(204024104, "0000000000"), "0204024104");
  EXPECT_EQ(ZeroPadded(204024104, "000000-0000"), "020402-4104");
  EXPECT_EQ(ZeroPadded(204024104, "000000\\-0000"), "020402-4104");
  EXPECT_EQ(ZeroPadded(204024104, "000000\"-\"0000"), "020402-4104");
  EXPECT_EQ(ZeroPadded(7, "00"), "07");
}

TEST(ZeroPadded, OtherFormatsAndNumbersAreLeftAlone) {
  EXPECT_FALSE(ZeroPadded(7, "General"));
  EXPECT_FALSE(ZeroPadded(7, "0"));
  EXPECT_FALSE(ZeroPadded(7, "0.00"));
  EXPECT_FALSE(ZeroPadded(7.5, "000"));
  EXPECT_FALSE(ZeroPadded(-7, "000"));
  EXPECT_FALSE(ZeroPadded(1234, "000"));
  EXPECT_FALSE(ZeroPadded(1, "00\\"));
}

TEST(IsDateFormat, DaysMonthsAndYearsOutsideQuotesAndBrackets) {
  for (const char* format :
       {"dd-mm-yyyy", "D. MMMM YYYY", "[$-406]d. mmmm yyyy;@", "mmm", "yyyy",
        "dd/mm/yyyy hh:mm", "\\d\\a\\g d"}) {
    EXPECT_TRUE(IsDateFormat(format)) << format;
  }
  for (const char* format :
       {"General", "0.00", "0 \"dage\"", "hh:mm", "mm:ss", "[h]:mm:ss", "@",
        "#,##0\\ \\d", "[Red]0", "0;yyyy", "\"open"}) {
    EXPECT_FALSE(IsDateFormat(format)) << format;
  }
}

TEST(SerialDay, BothSystemsAndTheDayThatNeverWas) {
  EXPECT_EQ(DayText(1, false), "1900-01-01");
  EXPECT_EQ(DayText(59, false), "1900-02-28");
  EXPECT_EQ(DayText(60, false), "none");
  EXPECT_EQ(DayText(61, false), "1900-03-01");
  EXPECT_EQ(DayText(46055, false), "2026-02-02");
  EXPECT_EQ(DayText(46055.999, false), "2026-02-02");
  EXPECT_EQ(DayText(46055 - 1462, true), "2026-02-02");
  EXPECT_EQ(DayText(0, true), "1904-01-01");
  EXPECT_EQ(DayText(2958465, false), "9999-12-31");
}

TEST(SerialDay, NoDayBeforeTheFirstAndAfterTheLast) {
  EXPECT_EQ(DayText(0.5, false), "none");
  EXPECT_EQ(DayText(-1, true), "none");
  EXPECT_EQ(DayText(2958466, false), "none");
  EXPECT_EQ(DayText(2958465, true), "none");
  EXPECT_EQ(DayText(std::numeric_limits<double>::quiet_NaN(), false), "none");
}

TEST(LeadingIsoDay, ATimeAfterItDoesNotMatter) {
  EXPECT_TRUE(LeadingIsoDay("2026-02-01"));
  EXPECT_TRUE(LeadingIsoDay("2026-02-01 00:00:00.000"));
  EXPECT_TRUE(LeadingIsoDay("2026-02-01T12:00"));
  EXPECT_FALSE(LeadingIsoDay("2026-02-30"));
  EXPECT_FALSE(LeadingIsoDay("2026-02-011"));
  EXPECT_FALSE(LeadingIsoDay("01-02-2026"));
}

TEST(BrokenCell, OnlyTheThreeMarksAreBroken) {
  EXPECT_EQ(BrokenCell(kErrorCell), RejectReason::kErrorCell);
  EXPECT_EQ(BrokenCell(kMissingKeyCell), RejectReason::kKeyMissing);
  EXPECT_EQ(BrokenCell(kRepeatedKeyCell), RejectReason::kKeyRepeated);
  EXPECT_FALSE(BrokenCell(""));
  EXPECT_FALSE(BrokenCell("E"));
  EXPECT_FALSE(BrokenCell("\xC3\xA6"));
}

}  // namespace
}  // namespace samkoer::agent
