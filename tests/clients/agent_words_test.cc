#include <gtest/gtest.h>

#include "clients/agent/json.h"
#include "clients/agent/words.h"

namespace samkoer::agent {
namespace {

TEST(TrimText, SpacesOfAllKindsGoAtBothEndsOnly) {
  EXPECT_EQ(TrimText(" \t a b\r\n"), "a b");
  EXPECT_EQ(TrimText("\xC2\xA0\xE2\x80\x8B x\xC2\xA0y \xE2\x80\xAF"),
            "x\xC2\xA0y");
  EXPECT_EQ(TrimText(" \xC2\xA0 "), "");
}

TEST(FoldText, DanishCapitalsEqualSmallLetters) {
  EXPECT_EQ(FoldText(" ÅBEN "), FoldText("åben"));
  EXPECT_EQ(FoldText("Opstaaet"), "opstaaet");
  EXPECT_NE(FoldText("åben"), FoldText("aben"));
}

TEST(FoldText, DecomposedLettersEqualComposedOnes) {
  EXPECT_EQ(FoldText("a\xCC\x8A"
                     "ben"),
            FoldText("Åben"));
}

TEST(FoldText, BytesThatAreNotUtf8DoNotEndTheProgram) {
  EXPECT_EQ(FoldText("\xFF"), "\xEF\xBF\xBD");
}

TEST(MeansYes, WordsOfYesAndNo) {
  for (const char* yes : {"1", "ja", "Ja ", "TRUE", "x", "J"}) {
    EXPECT_TRUE(MeansYes(yes)) << yes;
    EXPECT_FALSE(MeansNo(yes)) << yes;
  }
  for (const char* no : {"0", "nej", "NEJ", "false", "n"}) {
    EXPECT_TRUE(MeansNo(no)) << no;
    EXPECT_FALSE(MeansYes(no)) << no;
  }
  EXPECT_FALSE(MeansYes(""));
  EXPECT_FALSE(MeansNo("måske"));
}

TEST(JsonString, EscapesWhatJsonAndTerminalsMind) {
  EXPECT_EQ(JsonString("a\"b\\c\n\x1b"), "\"a\\\"b\\\\c\\u000a\\u001b\"");
  EXPECT_EQ(JsonString("Å\xFF"), "\"Å\\ufffd\"");
}

TEST(JsonObject, KeysStayInOrderAndNest) {
  EXPECT_EQ(JsonObject()
                .Add("b", 1)
                .Add("a", true)
                .Add("c", JsonObject().Add("d", "x"))
                .Add("e", 1.5)
                .Text(),
            "{\"b\": 1, \"a\": true, \"c\": {\"d\": \"x\"}, \"e\": 1.50}");
}

}  // namespace
}  // namespace samkoer::agent
