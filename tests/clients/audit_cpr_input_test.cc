#include <unistd.h>

#include <string>

#include "clients/audit/cpr_input.h"
#include "clients/common/cli.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;
using testing::Not;

// Both fail modulus 11.
constexpr const char* kNumber = "2311045672";
constexpr const char* kFormer = "2311045681";

absl::StatusOr<std::vector<Cpr>> Read(const std::string& typed,
                                      CprInput input = CprInput::kOne) {
  int ends[2];
  if (pipe(ends) != 0) return absl::InternalError("no pipe");
  EXPECT_EQ(write(ends[1], typed.data(), typed.size()),
            static_cast<ssize_t>(typed.size()));
  close(ends[1]);
  auto numbers = ReadCpr(input, Language::kDanish, ends[0]);
  close(ends[0]);
  return numbers;
}

std::string Message(const absl::Status& status) {
  return std::string(status.message().data(), status.message().size());
}

TEST(ReadCprTest, TakesTheFormsThatPeopleType) {
  for (const std::string typed :
       {"2311045672\n", "231104-5672\n", " 231104 5672 \r\n", "2311045672",
        "2311045672\n\n \r\n"}) {
    const auto numbers = Read(typed);
    ASSERT_TRUE(numbers.ok()) << typed;
    ASSERT_EQ(numbers->size(), 1u);
    EXPECT_EQ(numbers->front().ExposeDigits(), kNumber);
  }
}

TEST(ReadCprTest, ASecondLineIsNeverIgnored) {
  for (const std::string more : {kFormer, "x", "2311045672"}) {
    const auto numbers = Read(std::string(kNumber) + "\n" + more + "\n");
    ASSERT_TRUE(absl::IsInvalidArgument(numbers.status())) << more;
    EXPECT_THAT(HintOf(numbers.status()), HasSubstr("--also"));
    EXPECT_THAT(Message(numbers.status()), Not(HasSubstr(more)));
  }
}

TEST(ReadCprTest, AFormerNumberStandsInTheSecondLine) {
  const auto numbers =
      Read(std::string(kNumber) + "\n231104-5681\n", CprInput::kWithFormer);
  ASSERT_TRUE(numbers.ok());
  ASSERT_EQ(numbers->size(), 2u);
  EXPECT_EQ((*numbers)[0].ExposeDigits(), kNumber);
  EXPECT_EQ((*numbers)[1].ExposeDigits(), kFormer);
}

TEST(ReadCprTest, TwoNumbersAreTwoDifferentOnesAndNoMore) {
  const std::string one = std::string(kNumber) + "\n";
  const std::string former = std::string(kFormer) + "\n";
  for (const std::string& typed :
       {one, one + one, one + "231104-5672\n", one + "\n" + former,
        one + former + former}) {
    EXPECT_TRUE(
        absl::IsInvalidArgument(Read(typed, CprInput::kWithFormer).status()))
        << typed;
  }
}

TEST(ReadCprTest, WhatIsNoNumberIsExplainedAndNotRepeated) {
  for (const std::string typed :
       {"000000-0000", "hello", "831104-5672", "310204-5672", "", "\n"}) {
    const auto numbers = Read(typed);
    ASSERT_TRUE(absl::IsInvalidArgument(numbers.status())) << typed;
    if (typed.size() > 1) {
      EXPECT_THAT(Message(numbers.status()), Not(HasSubstr(typed)));
    }
  }
  EXPECT_THAT(Message(Read("831104-5672").status()),
              HasSubstr("erstatningspersonnummer"));
}

}  // namespace
}  // namespace samkoer::clients
