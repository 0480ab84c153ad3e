#include "clients/common/progress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

class ProgressTest : public testing::Test {
 protected:
  ProgressBar Bar(std::uint64_t total) {
    return ProgressBar(
        "Sender", total,
        [this](const std::string& text) { out_.push_back(text); },
        [this] { return now_; });
  }
  std::vector<std::string> out_;
  double now_ = 100;
};

TEST_F(ProgressTest, OneLineIsRewrittenWithShareAndRate) {
  ProgressBar bar = Bar(200);
  now_ = 102;
  bar.Set(50);
  ASSERT_EQ(out_.size(), 1u);
  EXPECT_THAT(out_[0], testing::StartsWith("\r"));
  EXPECT_THAT(out_[0], HasSubstr("Sender"));
  EXPECT_THAT(out_[0], HasSubstr(" 25%"));
  EXPECT_THAT(out_[0], HasSubstr("50/200"));
  EXPECT_THAT(out_[0], HasSubstr("25/s"));
  EXPECT_THAT(out_[0], testing::Not(HasSubstr("\n")));
}

TEST_F(ProgressTest, RewrittenAtMostTenTimesASecondButAlwaysAtTheEnd) {
  ProgressBar bar = Bar(3);
  bar.Set(1);
  now_ += 0.05;
  bar.Set(2);
  EXPECT_EQ(out_.size(), 1u);
  bar.Set(3);
  EXPECT_EQ(out_.size(), 2u);
  EXPECT_THAT(out_[1], HasSubstr("100%"));
}

TEST_F(ProgressTest, UnknownTotalShowsTheCount) {
  ProgressBar bar = Bar(0);
  now_ += 1;
  bar.Set(7);
  EXPECT_THAT(out_[0], HasSubstr("7  7/s"));
}

TEST_F(ProgressTest, TheLineIsClearedOnceAtTheEnd) {
  {
    ProgressBar bar = Bar(10);
    bar.Set(10);
    bar.Finish();
  }
  ASSERT_EQ(out_.size(), 2u);
  EXPECT_EQ(out_[1], "\r\x1b[K");
}

TEST_F(ProgressTest, SilentWhereThereIsNoTerminal) {
  testing::internal::CaptureStderr();
  {
    ProgressBar bar("Sender", 10);
    bar.Set(5);
  }
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace samkoer::clients
