#include "proto/plain_text.h"

#include <cstdint>
#include <string>
#include <string_view>

#include "gtest/gtest.h"

namespace samkoer::proto {
namespace {

using std::string_view_literals::operator""sv;

TEST(PlainTextTest, DanishTextIsPlain) {
  EXPECT_TRUE(IsPlainLine(""));
  EXPECT_TRUE(IsPlainLine("Voksen rådgivning, Ærø §11 – ½"));
  EXPECT_TRUE(IsPlainLine("\U0001f600"));
}

TEST(PlainTextTest, ControlCharactersAreRefused) {
  for (const std::string_view text :
       {"a\0b"sv, "a\nb"sv, "a\tb"sv, "\x1b[31m"sv, "a\x7f"sv, "a\xc2\x80"sv,
        "\xc2\x9f"sv}) {
    EXPECT_FALSE(IsPlainLine(text));
    EXPECT_TRUE(IsValidUtf8(text));
  }
  EXPECT_TRUE(IsPlainLine("\xc2\xa0"));
}

TEST(PlainTextTest, CharactersThatReorderOrBreakLinesAreRefused) {
  EXPECT_FALSE(IsPlainLine("\u2028"));
  EXPECT_FALSE(IsPlainLine("a\u202e b"));
  EXPECT_FALSE(IsPlainLine("\u2066"));
  EXPECT_TRUE(IsPlainLine("\u2027\u202f\u2065x\u206a"));
}

TEST(PlainTextTest, NotesMayHaveLinesButNoOtherControls) {
  EXPECT_TRUE(IsPlainText("én\n\tto"));
  EXPECT_FALSE(IsPlainText("a\rb"));
  EXPECT_FALSE(IsPlainText("a\u202e"));
}

TEST(PlainTextTest, BrokenUtf8IsRefused) {
  for (const std::string_view text :
       {"\x80"sv, "\xc3"sv, "\xc3("sv, "\xc0\xaf"sv, "\xc1\xbf"sv,
        "\xe0\x80\xaf"sv, "\xed\xa0\x80"sv, "\xf0\x80\x80\xaf"sv,
        "\xf4\x90\x80\x80"sv, "\xf5\x80\x80\x80"sv, "\xe2\x82"sv,
        "R\xe5"
        "dgivning"sv}) {
    EXPECT_FALSE(IsValidUtf8(text));
    EXPECT_FALSE(IsPlainText(text));
  }
}

// Agreement with a second, slower way of reading UTF-8.
TEST(PlainTextTest, EveryCharacterIsReadAsItsNumber) {
  const auto encode = [](char32_t c) {
    std::string out;
    if (c < 0x80) {
      out = {static_cast<char>(c)};
    } else if (c < 0x800) {
      out = {static_cast<char>(0xc0 | c >> 6),
             static_cast<char>(0x80 | (c & 63))};
    } else if (c < 0x10000) {
      out = {static_cast<char>(0xe0 | c >> 12),
             static_cast<char>(0x80 | (c >> 6 & 63)),
             static_cast<char>(0x80 | (c & 63))};
    } else {
      out = {static_cast<char>(0xf0 | c >> 18),
             static_cast<char>(0x80 | (c >> 12 & 63)),
             static_cast<char>(0x80 | (c >> 6 & 63)),
             static_cast<char>(0x80 | (c & 63))};
    }
    return out;
  };
  for (char32_t c = 0; c < 0x110000; ++c) {
    const bool surrogate = c >= 0xd800 && c <= 0xdfff;
    ASSERT_EQ(IsValidUtf8(encode(c)), !surrogate)
        << static_cast<std::uint32_t>(c);
  }
}

}  // namespace
}  // namespace samkoer::proto
