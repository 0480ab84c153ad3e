#include "matcher/padding.h"

#include <gtest/gtest.h>

#include <string>

namespace samkoer::matcher {
namespace {

samkoer::v1::LookUpPersonResponse AnswerOf(std::size_t bytes) {
  samkoer::v1::LookUpPersonResponse answer;
  if (bytes == 0) return answer;
  answer.set_subject_id(std::string(bytes, 'x'));
  return answer;
}

TEST(PadAnswerTest, EveryLengthBecomesAMultipleAndNoMoreThanItMust) {
  // All lengths around one unit and two, where tag and length take most.
  for (std::size_t bytes = 0; bytes < 3 * kAnswerUnit; ++bytes) {
    if (bytes % kAnswerUnit > 300 && bytes % kAnswerUnit < kAnswerUnit - 300) {
      continue;
    }
    auto answer = AnswerOf(bytes);
    const std::size_t bare = answer.ByteSizeLong();
    PadAnswer(answer);
    const std::size_t whole = answer.SerializeAsString().size();
    ASSERT_EQ(whole % kAnswerUnit, 0u) << bytes;
    // Gaps of 1, 2 and 130 bytes cannot be filled.
    ASSERT_LT(whole - bare, kAnswerUnit + 131) << bytes;
    ASSERT_EQ(answer.subject_id().size(), bytes);
  }
}

TEST(PadAnswerTest, ZerosAloneAreAdded) {
  auto answer = AnswerOf(16);
  PadAnswer(answer);
  EXPECT_EQ(answer.ByteSizeLong(), kAnswerUnit);
  EXPECT_EQ(answer.padding().find_first_not_of('\0'), std::string::npos);
}

TEST(PadAnswerTest, OnceMoreChangesNothing) {
  auto answer = AnswerOf(1000);
  PadAnswer(answer);
  const std::string once = answer.SerializeAsString();
  PadAnswer(answer);
  EXPECT_EQ(answer.SerializeAsString(), once);
}

TEST(PadAnswerTest, AnEmptyAnswerIsPaddedToo) {
  samkoer::v1::LookUpPersonResponse answer;
  PadAnswer(answer);
  EXPECT_EQ(answer.ByteSizeLong(), kAnswerUnit);
}

}  // namespace
}  // namespace samkoer::matcher
