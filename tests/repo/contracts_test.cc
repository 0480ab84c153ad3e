// Holds what makes the public contracts readable: every proto field, message,
// enum value and rpc is documented, and no file names what it should not.

#include <regex>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/repo/repository.h"

namespace samkoer::repo {
namespace {

TEST(ContractsTest, EveryProtoElementIsDocumented) {
  static const std::regex element(
      R"(^\s*(message|enum|service|rpc|oneof)\s|^\s*(repeated |optional )?[A-Za-z0-9_.]+ [a-z0-9_]+ = \d+;|^\s*[A-Z0-9_]+ = \d+;)");
  int elements = 0;
  for (const File& file : Files("proto/samkoer")) {
    std::istringstream lines(file.text);
    std::string previous;
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      if (std::regex_search(line, element)) {
        ++elements;
        EXPECT_NE(previous.find("//"), std::string::npos)
            << file.path << ":" << number << " has no comment above it";
      }
      previous = line;
    }
  }
  EXPECT_GT(elements, 150);
}

TEST(ContractsTest, NoSourceFileHasLeftOvers) {
  // Spelled apart so that this file does not find itself.
  const std::regex leftover(std::string("\\b(TO") + "DO|FIX" + "ME|XX" +
                            "X|HA" + "CK)\\b");
  for (const File& file : Files("")) {
    if (!IsCpp(file.path) && !file.path.ends_with(".proto")) continue;
    EXPECT_FALSE(std::regex_search(file.text, leftover)) << file.path;
  }
}

TEST(ContractsTest, NoSourceFileIsTooLong) {
  for (const File& file : Files("")) {
    if (!IsCpp(file.path)) continue;
    EXPECT_LE(std::count(file.text.begin(), file.text.end(), '\n'), 500)
        << file.path << ": would it be two?";
  }
}

}  // namespace
}  // namespace samkoer::repo
