// All numbers here are fictional: they fail modulus 11 and nobody of them is
// born on 1 January. Those that need to fulfil it are made while testing.
#include "clients/common/cpr.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <string>
#include <vector>

namespace samkoer::clients {
namespace {

// Ten digits from their parts, so that no such number stands in this file.
std::string Number(int day, int month, int yy, int serial) {
  char text[16];
  std::snprintf(text, sizeof(text), "%02d%02d%02d%04d", day, month, yy, serial);
  return text;
}

CprClass ClassOf(std::string_view text) { return ParseCpr(text).cpr_class; }

TEST(CprTest, EveryAcceptedFormGivesTheSameTenDigits) {
  const std::vector<std::string> forms = {
      "1508109838",       "150810-9838",       "150810 9838",
      " 150810-9838 ",    "'1508109838",       "' 150810-9838",
      "150810\u00A09838", "150810\u202F9838",  "\u00A0150810-9838\u00A0",
      "150810\u20119838", "\u20191508109838",  "15 08 10-9838",
      "150810 - 9838",    "\t150810-9838\r\n", "\uFEFF1508109838",
  };
  for (const std::string& form : forms) {
    const Cpr cpr = ParseCpr(form);
    EXPECT_TRUE(cpr.valid()) << form;
    EXPECT_EQ(cpr.ExposeDigits(), "1508109838") << form;
    EXPECT_EQ(cpr.birth, (CivilDate{2010, 8, 15})) << form;
    EXPECT_FALSE(cpr.padded) << form;
    EXPECT_FALSE(cpr.modulus11) << form;
  }
}

TEST(CprTest, LeadingZeroThatASpreadsheetAteIsPutBack) {
  for (const char* form :
       {"204024104", "20402-4104", "'204024104", " 20402 4104 "}) {
    const Cpr cpr = ParseCpr(form);
    ASSERT_TRUE(cpr.valid()) << form;
    EXPECT_EQ(cpr.ExposeDigits(), "0204024104");
    EXPECT_TRUE(cpr.padded);
  }
  EXPECT_FALSE(ParseCpr("0204024104").padded);
}

TEST(CprTest, OnlyOneZeroCanHaveBeenLost) {
  EXPECT_EQ(ClassOf("04024104"), CprClass::kUnreadable);
}

TEST(CprTest, PlaceholdersAreSetAside) {
  const std::vector<std::string> placeholders = {
      "",
      " ",
      "\u00A0",
      "-",
      "      -",
      "------",
      "'",
      "0",
      "0000000000",
      "000000-0000",
      "000000000",
      std::string(10, '1'),
      std::string(6, '1') + "-" + std::string(4, '1'),
      std::string(9, '1'),
      std::string(9, '1') + "8",
      std::string(6, '1') + "-" + std::string(3, '1') + "8",
      std::string(10, '9'),
      std::string(10, '2')};
  for (const std::string& text : placeholders) {
    EXPECT_EQ(ClassOf(text), CprClass::kPlaceholder) << "'" << text << "'";
  }
}

TEST(CprTest, ReplacementNumbersAreSetAside) {
  const std::vector<std::string> replacements = {
      "670304-1234", "6703041234", "610304-1234", "910304-1234", "0503040AB3",
      "050304-0AB3", "050304AB34", "050304 ABC3", "050304-00ab"};
  for (const std::string& text : replacements) {
    EXPECT_EQ(ClassOf(text), CprClass::kLocalReplacement) << text;
  }
}

TEST(CprTest, UnreadableTextIsSetAside) {
  const std::vector<std::string> unreadable = {
      "2,5E+09",
      "2.5E+09",
      "12345",
      "31129912345678",
      "ABC",
      "1508109838X",
      "15081098388",
      "1.508.109.838",
      "150810/9838",
      "150-8109838",
      "1508109-838",
      "15-08109838-",
      "A508109838",
      "15081O9838",
      "150810\xC0\x80"
      "9838",
      "150810\xA0"
      "9838",
      "\xFF",
      "=\"1508109838\"",
      std::string(65, ' ') + "1508109838",
      std::string(1000, '1')};
  for (const std::string& text : unreadable) {
    EXPECT_EQ(ClassOf(text), CprClass::kUnreadable) << text;
  }
}

TEST(CprTest, ImpossibleDatesAreSetAside) {
  const std::vector<std::string> impossible = {
      "310204-5672", "000404-4321", "121304-5555", "120004-5555",
      "320304-1234", "920304-1234", "310404-1234", Number(29, 2, 1, 4444)};
  for (const std::string& text : impossible) {
    EXPECT_EQ(ClassOf(text), CprClass::kNoSuchDate) << text;
  }
}

TEST(CprTest, LeapDaysFollowTheFullYear) {
  EXPECT_TRUE(ParseCpr(Number(29, 2, 4, 4444)).valid());
  // With digit 7 from 0 to 3 the year 00 is 1900, which was no leap year; with
  // 4 it is 2000, which was.
  EXPECT_EQ(ClassOf(Number(29, 2, 0, 1234)), CprClass::kNoSuchDate);
  EXPECT_TRUE(ParseCpr(Number(29, 2, 0, 4234)).valid());
}

TEST(CprTest, CenturyFollowsTheTableForEveryDigitAndYear) {
  for (int digit7 = 0; digit7 <= 9; ++digit7) {
    for (int yy = 0; yy <= 99; ++yy) {
      int expected = 1900;
      if (digit7 == 4 || digit7 == 9) {
        if (yy <= 36) expected = 2000;
      } else if (digit7 >= 5) {
        expected = yy <= 57 ? 2000 : 1800;
      }
      const Cpr cpr = ParseCpr(Number(14, 3, yy, digit7 * 1000 + 123));
      ASSERT_TRUE(cpr.valid()) << digit7 << " " << yy;
      EXPECT_EQ(cpr.birth, (CivilDate{expected + yy, 3, 14}))
          << digit7 << " " << yy;
    }
  }
}

TEST(CprTest, ModulusElevenIsAFigureAndNeverARefusal) {
  int fulfil = 0;
  for (int serial = 4000; serial < 4110; ++serial) {
    const Cpr cpr = ParseCpr(Number(14, 3, 8, serial));
    ASSERT_TRUE(cpr.valid());
    if (cpr.modulus11) ++fulfil;
  }
  EXPECT_EQ(fulfil, 10);  // one in eleven
}

TEST(CprTest, NothingOfASetAsideNumberIsKept) {
  const Cpr cpr = ParseCpr("670304-1234");
  EXPECT_EQ(cpr.digits, crypto::SecretArray<kCprDigits>());
  EXPECT_EQ(cpr.birth, CivilDate{});
}

TEST(CprTest, ClassNamesAreThoseOfTheReports) {
  EXPECT_EQ(CprClassName(CprClass::kValid), "valid");
  EXPECT_EQ(CprClassName(CprClass::kPlaceholder), "placeholder");
  EXPECT_EQ(CprClassName(CprClass::kLocalReplacement), "local_replacement");
  EXPECT_EQ(CprClassName(CprClass::kUnreadable), "unreadable");
  EXPECT_EQ(CprClassName(CprClass::kNoSuchDate), "no_such_date");
}

TEST(ContainsCprTest, NumbersInsideOtherTextAreSeen) {
  for (const char* text :
       {"150810-9838", "1508109838", "sag 150810 9838 (ny)", "JC150810-9838",
        "x1508109838y", "670304-1234", "150810\u00A09838", "150810\u20139838",
        "150810 - 9838", "12-150810-9838"}) {
    EXPECT_TRUE(ContainsCpr(text)) << text;
  }
}

TEST(ContainsCprTest, CaseReferencesAreNotTakenForNumbers) {
  for (const char* text :
       {"", "DUB-25-6861", "JC7944", "S-9113/25", "32.21.20-G01-10129-25",
        "31129912345678", "15081098381", "129810-9838", "99-9999", "150810-98",
        "150810-98381", "0150810-9838", "150810----9838"}) {
    EXPECT_FALSE(ContainsCpr(text)) << text;
  }
}

TEST(AgeTest, WholeYearsOnTheDay) {
  const CivilDate birth{2008, 11, 2};
  EXPECT_EQ(AgeOn(birth, {2026, 11, 1}), 17);
  EXPECT_EQ(AgeOn(birth, {2026, 11, 2}), 18);
  EXPECT_EQ(AgeOn(birth, {2026, 12, 1}), 18);
  EXPECT_EQ(AgeOn(birth, {2008, 11, 2}), 0);
  EXPECT_LT(AgeOn(birth, {2008, 11, 1}), 0);
}

TEST(AgeTest, LeapDayBirthdaysComeOnTheFirstOfMarch) {
  const CivilDate birth{2008, 2, 29};
  EXPECT_EQ(AgeOn(birth, {2026, 2, 28}), 17);
  EXPECT_EQ(AgeOn(birth, {2026, 3, 1}), 18);
  EXPECT_EQ(AgeOn(birth, {2028, 2, 29}), 20);
}

TEST(DateTest, OnlyDaysOfTheCalendarExist) {
  EXPECT_TRUE(DateExists({2024, 2, 29}));
  EXPECT_FALSE(DateExists({2023, 2, 29}));
  EXPECT_FALSE(DateExists({1900, 2, 29}));
  EXPECT_TRUE(DateExists({2000, 2, 29}));
  EXPECT_FALSE(DateExists({2024, 4, 31}));
  EXPECT_FALSE(DateExists({2024, 0, 1}));
  EXPECT_FALSE(DateExists({2024, 13, 1}));
  EXPECT_FALSE(DateExists({2024, 1, 0}));
  EXPECT_FALSE(DateExists({0, 1, 1}));
}

}  // namespace
}  // namespace samkoer::clients
