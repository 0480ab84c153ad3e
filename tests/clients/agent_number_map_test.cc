#include <gtest/gtest.h>

#include "clients/agent/number_map.h"
#include "tests/clients/agent_samples.h"

namespace samkoer::agent {
namespace {

std::string NewestOf(const NumberMap& map, std::string_view cpr) {
  return std::string(map.Newest(clients::ParseCpr(cpr)).ExposeDigits());
}

std::string ErrorOf(std::string_view text) {
  const auto map = NumberMap::Parse(text, "kort.csv");
  return map.ok() ? "none" : std::string(map.status().message());
}

TEST(NumberMap, FollowsSeveralSteps) {
  const auto map = NumberMap::Parse(
      "gammelt;nyt\r\n020402-4104;150810-9838\r\n150810-9838;1006972629\r\n",
      "kort.csv");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(map->size(), 2u);
  EXPECT_EQ(NewestOf(*map, kCprA), "1006972629");
  EXPECT_EQ(NewestOf(*map, kCprB), "1006972629");
  EXPECT_EQ(NewestOf(*map, kCprD), "2108019070");
}

TEST(NumberMap, CommasTooAndLostZeros) {
  const auto map = NumberMap::Parse("204024104,1508109838\n", "kort.csv");
  ASSERT_TRUE(map.ok()) << map.status();
  EXPECT_EQ(NewestOf(*map, kCprA), "1508109838");
}

TEST(NumberMap, ErrorsNameTheLineAndNoNumber) {
  EXPECT_EQ(ErrorOf("a;b\n020402-4104;ukendt\n"),
            "kort.csv:2: holds something that is not a CPR number");
  EXPECT_EQ(ErrorOf("020402-4104;150810-9838;x\n"),
            "kort.csv:1: must have two columns");
  EXPECT_EQ(ErrorOf("020402-4104;150810-9838\n020402-4104;100697-2629\n"),
            "kort.csv:2: gives an old number a second new one");
}

TEST(NumberMap, RingsAreRefused) {
  EXPECT_EQ(ErrorOf("020402-4104;020402-4104\n"),
            "kort.csv:1: leads back to where it began");
  EXPECT_EQ(ErrorOf("020402-4104;150810-9838\n150810-9838;100697-2629\n"
                    "100697-2629;020402-4104\n"),
            "kort.csv:3: leads back to where it began");
}

TEST(NumberMap, AnEmptyMapChangesNothing) {
  EXPECT_EQ(NewestOf(NumberMap(), kCprA), "0204024104");
}

}  // namespace
}  // namespace samkoer::agent
