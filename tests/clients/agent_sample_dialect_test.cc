#include <gtest/gtest.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>

#include "clients/agent/sample_dialect.h"

namespace samkoer::agent {
namespace {

std::string Encoded(std::string_view text, const char* encoding) {
  const icu::UnicodeString wide = icu::UnicodeString::fromUTF8(
      icu::StringPiece(text.data(), static_cast<int32_t>(text.size())));
  std::string out(text.size() * 4 + 8, '\0');
  UErrorCode error = U_ZERO_ERROR;
  UConverter* converter = ucnv_open(encoding, &error);
  const int32_t size =
      ucnv_fromUChars(converter, out.data(), static_cast<int32_t>(out.size()),
                      wide.getBuffer(), wide.length(), &error);
  ucnv_close(converter);
  EXPECT_TRUE(U_SUCCESS(error));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

constexpr std::string_view kTable =
    "CPR;Afdeling;Åbnet\n020402-4104;Børn & Ø;01-02-2026\n";

TEST(FindEncoding, ByMarkOrByWhatTheBytesCanBe) {
  EXPECT_EQ(FindEncoding(kTable).name, "utf-8");
  EXPECT_EQ(FindEncoding("\xEF\xBB\xBF" + std::string(kTable)).name, "utf-8");
  EXPECT_EQ(FindEncoding(Encoded(kTable, "windows-1252")).name, "windows-1252");
  EXPECT_EQ(FindEncoding("\xFF\xFE" + Encoded(kTable, "utf-16le")).name,
            "utf-16");
  EXPECT_EQ(FindEncoding("\xFE\xFF" + Encoded(kTable, "utf-16be")).name,
            "utf-16");
  EXPECT_EQ(FindEncoding(Encoded(kTable, "utf-16le")).name, "utf-16le");
  EXPECT_EQ(FindEncoding(Encoded(kTable, "utf-16be")).name, "utf-16be");
  EXPECT_EQ(FindEncoding("a;b\n\x81;\xE5\n").name, "iso-8859-1");
  EXPECT_EQ(FindEncoding("").name, "utf-8");
}

TEST(FindEncoding, ALetterThatIsCutInTwoAtTheEndIsNoError) {
  EXPECT_EQ(FindEncoding("a;b\nBj\xC3").name, "utf-8");
}

TEST(FindDelimiter, TheOneThatCutsRowsAsTheHeader) {
  for (const char* delimiter : {";", "\t", ",", "|"}) {
    std::string text(kTable);
    for (char& c : text) {
      if (c == ';') c = delimiter[0];
    }
    const FoundDelimiter found = FindDelimiter(text, "utf-8");
    EXPECT_EQ(found.delimiter, delimiter);
    EXPECT_EQ(found.columns, 3u);
  }
}

TEST(FindDelimiter, DelimitersInQuotesAndInTitlesAreNone) {
  std::string text = "cpr,titel,status\n";
  for (int i = 0; i < 20; ++i) {
    text += "1,\"Hansen; Jens; skole; fravær\",Åben\n";
  }
  EXPECT_EQ(FindDelimiter(text, "utf-8").delimiter, ",");
  text = "cpr;titel;status\n";
  for (int i = 0; i < 20; ++i) text += "1;møde, skole, hjem, læge;Åben\n";
  EXPECT_EQ(FindDelimiter(text, "utf-8").delimiter, ";");
  // A header with more of the other one than the rows.
  text = "cpr;titel, dato, rum, navn;status\n1;a;b\n2;c;d\n";
  EXPECT_EQ(FindDelimiter(text, "utf-8").delimiter, ";");
}

TEST(FindDelimiter, OneColumnAndNothingAtAll) {
  EXPECT_EQ(FindDelimiter("CPR\n020402-4104\n", "utf-8").columns, 1u);
  EXPECT_EQ(FindDelimiter("", "utf-8").delimiter, ";");
  EXPECT_EQ(FindDelimiter("\"a;b\n", "utf-8").delimiter, ";");
}

TEST(FindDelimiter, WhatIsCutOffInTheMiddleOfARowDoesNotCount) {
  EXPECT_EQ(FindDelimiter("a,b,c\n1,2,3\n4,\"5;6;7", "utf-8").delimiter, ",");
}

}  // namespace
}  // namespace samkoer::agent
