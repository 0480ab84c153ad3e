#include "matcher/coordination_words.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

samkoer::v1::Holder Of(std::string name, std::string department,
                       std::string unit, std::string external = "") {
  samkoer::v1::Holder holder;
  holder.set_name(std::move(name));
  holder.set_department(std::move(department));
  holder.set_unit(std::move(unit));
  holder.set_external(std::move(external));
  return holder;
}

TEST(CoordinationWordsTest, TextIsBoundedInBytesAndPlain) {
  EXPECT_TRUE(CheckWords("x", "æ", 2, 2).ok());
  EXPECT_FALSE(CheckWords("x", "æ", 1, 1).ok());
  EXPECT_FALSE(CheckWords("x", "", 1, 10).ok());
  EXPECT_TRUE(CheckWords("x", "", 0, 10).ok());
  EXPECT_FALSE(CheckWords("x", "a\x01", 1, 10).ok());
  EXPECT_FALSE(CheckWords("x", "\xff", 1, 10).ok());
  EXPECT_EQ(CheckWords("place", "", 1, 10).message(),
            "place: must have 1 to 10 bytes");
}

TEST(CoordinationWordsTest, ACprNumberIsRefusedAndNotRepeated) {
  const absl::Status refused = CheckWords("x", "ring til 250803-1236", 1, 100);
  EXPECT_TRUE(absl::IsInvalidArgument(refused));
  EXPECT_EQ(refused.message().find("1236"), absl::string_view::npos);
}

TEST(CoordinationWordsTest, AHolderIsOfTheMunicipalityOrExternalNeverBoth) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  const auto check = [&](const samkoer::v1::Holder& holder,
                         bool external = true) {
    return CheckHolder("guide", holder, policy, external).ok();
  };
  EXPECT_TRUE(check(Of("Mette", "jobs", "Team Unge")));
  EXPECT_TRUE(check(Of("Ole", "", "", "FGU Midt")));
  EXPECT_FALSE(check(Of("Ole", "", "", "FGU Midt"), false));
  EXPECT_FALSE(check(Of("Ole", "", "")));
  EXPECT_FALSE(check(Of("", "jobs", "Team Unge")));
  EXPECT_FALSE(check(Of("Mette", "jobs", "Team Unge", "FGU Midt")));
  EXPECT_FALSE(check(Of("Mette", "jobs", "Rådgivning")));
  EXPECT_FALSE(check(Of("Mette", "nobody", "Team Unge")));
  EXPECT_FALSE(check(Of("Mette", "jobs", "")));
  EXPECT_FALSE(check(Of("Mette", "", "Team Unge")));
}

}  // namespace
}  // namespace samkoer::matcher
