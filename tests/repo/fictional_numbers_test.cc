// Every number in the repository that has the shape of a CPR number is
// fictional: it fails modulus 11 and is not born on 1 January.

#include <algorithm>
#include <cctype>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/repo/repository.h"

namespace samkoer::repo {
namespace {

// The text of a file, with UTF-16 read as its low bytes.
std::string Narrow(const std::string& text) {
  const bool little = text.starts_with("\xff\xfe");
  const bool big = text.starts_with("\xfe\xff");
  if (!little && !big) return text;
  std::string narrow;
  for (size_t i = 2 + (big ? 1 : 0); i < text.size(); i += 2) narrow += text[i];
  return narrow;
}

bool WordByte(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
}

// All ten-digit candidates: nnnnnnnnnn, nnnnnn-nnnn and nnnnnn nnnn standing as
// words of their own.
std::vector<std::string> Candidates(const std::string& text) {
  std::vector<std::string> found;
  for (size_t i = 0; i < text.size(); ++i) {
    if (!std::isdigit(static_cast<unsigned char>(text[i]))) continue;
    if (i > 0 && WordByte(text[i - 1])) continue;
    std::string digits;
    size_t at = i;
    while (at < text.size() && digits.size() < 10) {
      if (std::isdigit(static_cast<unsigned char>(text[at]))) {
        digits += text[at];
      } else if (digits.size() != 6 || (text[at] != '-' && text[at] != ' ') ||
                 at != i + 6) {
        break;
      }
      ++at;
    }
    if (digits.size() == 10 && (at == text.size() || !WordByte(text[at]))) {
      found.push_back(digits);
    }
  }
  return found;
}

// True if somebody could bear the number.
bool CouldBeReal(const std::string& digits) {
  static constexpr int kWeights[] = {4, 3, 2, 7, 6, 5, 4, 3, 2, 1};
  const int day = std::stoi(digits.substr(0, 2));
  const int month = std::stoi(digits.substr(2, 2));
  if (day < 1 || day > 31 || month < 1 || month > 12) return false;
  int sum = 0;
  for (int i = 0; i < 10; ++i) sum += (digits[i] - '0') * kWeights[i];
  return sum % 11 == 0 || (day == 1 && month == 1);
}

// A number that passes modulus 11, made here so that it stands in no file.
std::string PassingNumber() {
  for (int last = 0; last < 10000; ++last) {
    const std::string serial = std::to_string(10000 + last).substr(1);
    const std::string digits = "150604" + serial;
    if (CouldBeReal(digits)) return digits;
  }
  return "";
}

TEST(FictionalNumbersTest, EveryCprShapedNumberFailsModulus11) {
  for (const File& file : Files("")) {
    if (file.path.starts_with("tests/vectors/")) continue;
    // A placeholder of case systems that passes modulus 11 and that the agent
    // must know: the exports hold it, nothing else may.
    const std::string placeholder =
        file.path.starts_with("tests/data/") ? std::string(9, '1') + "8" : "";
    for (const std::string& digits : Candidates(Narrow(file.text))) {
      if (digits == placeholder) continue;
      EXPECT_FALSE(CouldBeReal(digits))
          << file.path << " holds a number that could be somebody's, beginning "
          << digits.substr(0, 4);
    }
  }
}

TEST(FictionalNumbersTest, NumbersThatLostTheirZeroAreFictionalToo) {
  for (const File& file : Files("tests/data")) {
    const std::string text = Narrow(file.text);
    for (size_t i = 0; i + 9 <= text.size(); ++i) {
      const bool starts = i == 0 || !WordByte(text[i - 1]);
      const bool ends = i + 9 == text.size() || !WordByte(text[i + 9]);
      const std::string nine = text.substr(i, 9);
      if (!starts || !ends ||
          !std::all_of(nine.begin(), nine.end(), [](char c) {
            return std::isdigit(static_cast<unsigned char>(c));
          })) {
        continue;
      }
      EXPECT_FALSE(CouldBeReal("0" + nine)) << file.path;
    }
  }
}

TEST(FictionalNumbersTest, APossibleNumberIsNoticedInEveryForm) {
  const std::string digits = PassingNumber();
  ASSERT_EQ(digits.size(), 10u);
  const std::string hyphen = digits.substr(0, 6) + "-" + digits.substr(6);
  for (const std::string& text : {digits, "x " + hyphen + ";", hyphen}) {
    const auto found = Candidates(text);
    ASSERT_EQ(found.size(), 1u) << text.size();
    EXPECT_TRUE(CouldBeReal(found[0]));
  }
  EXPECT_TRUE(Candidates("a" + digits).empty());
  EXPECT_TRUE(Candidates(digits + "0").empty());
}

}  // namespace
}  // namespace samkoer::repo
