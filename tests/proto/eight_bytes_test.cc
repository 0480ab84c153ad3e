#include "proto/eight_bytes.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace samkoer::proto {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

void Compare(const std::string& text) {
  EXPECT_EQ(CountDigits(text), static_cast<std::size_t>(std::count_if(
                                   text.begin(), text.end(), IsDigit)))
      << testing::PrintToString(text);
  EXPECT_EQ(PrintableAsciiPrefix(text),
            static_cast<std::size_t>(
                std::find_if_not(text.begin(), text.end(), IsPrintable) -
                text.begin()))
      << testing::PrintToString(text);
}

TEST(EightBytesTest, NothingHasNone) { Compare(""); }

// Eight bytes, so that a byte that carries into the next would be seen.
TEST(EightBytesTest, EveryByteBesideEveryOther) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const char pair[] = {static_cast<char>(a), static_cast<char>(b)};
      std::string text;
      for (int i = 0; i < 4; ++i) text.append(pair, 2);
      Compare(text);
    }
  }
}

TEST(EightBytesTest, RandomTextsGiveWhatByteByByteGives) {
  const char* given = std::getenv("SAMKOER_SEED");
  const unsigned seed = given != nullptr ? std::strtoul(given, nullptr, 10)
                                         : std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::mt19937 random(seed);
  const std::string likely = "0189 /:a~\x7f\xc3\xb8\x1f";
  for (int round = 0; round < 20000; ++round) {
    std::string text(random() % 40, 'x');
    for (char& c : text) {
      const unsigned draw = random();
      if (draw % 8 == 0) {
        c = likely[draw / 8 % likely.size()];
      } else if (draw % 8 < 5) {
        c = static_cast<char>('0' + draw / 8 % 10);
      }
    }
    Compare(text);
  }
}

}  // namespace
}  // namespace samkoer::proto
