#include "matcher/shared_count.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace samkoer::matcher {
namespace {

using testing::Each;

// Counts a number that changes: the count of 3 is "3".
class SharedCountTest : public testing::Test {
 protected:
  using Shared = SharedCount<int, std::string>;

  Shared::Counted Ask() {
    return shared_.Get(
        [this] {
          ++looked_;
          return now_.load();
        },
        [this](const int& basis) -> absl::StatusOr<std::string> {
          const int number = ++counts_;
          if (number == 1 && held_.valid()) held_.wait();
          if (moving_) ++now_;
          if (!error_.ok()) return error_;
          return std::to_string(basis);
        });
  }
  std::string MustAsk() {
    const auto counted = Ask();
    EXPECT_TRUE(counted.ok()) << counted.status();
    return counted.ok() ? **counted : "";
  }
  // The first count goes on when the promise is kept.
  void HoldTheFirst(std::promise<void>& go) { held_ = go.get_future().share(); }
  // So many have looked at what holds, and will not ask again before a count
  // ends. False after a while.
  bool WaitUntilLooked(int times) {
    for (int i = 0; i < 2000 && looked_ < times; ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return looked_ >= times;
  }
  // So many ask at once; what they are given.
  std::vector<std::future<Shared::Counted>> AskAtOnce(int people) {
    std::vector<std::future<Shared::Counted>> asked;
    for (int i = 0; i < people; ++i) {
      asked.push_back(std::async(std::launch::async, [this] { return Ask(); }));
    }
    return asked;
  }
  static std::vector<std::string> Answers(
      std::vector<std::future<Shared::Counted>>& asked) {
    std::vector<std::string> answers;
    for (auto& one : asked) {
      const auto counted = one.get();
      answers.push_back(counted.ok() ? **counted : "error");
    }
    return answers;
  }

  Shared shared_;
  std::atomic<int> now_{1}, looked_{0}, counts_{0};
  std::atomic<bool> moving_{false};
  std::shared_future<void> held_;
  absl::Status error_;
};

TEST_F(SharedCountTest, WhatHasNotChangedIsCountedOnce) {
  EXPECT_EQ(MustAsk(), "1");
  EXPECT_EQ(MustAsk(), "1");
  EXPECT_EQ(counts_, 1);
}

TEST_F(SharedCountTest, EveryChangeIsCountedAlsoOneBack) {
  EXPECT_EQ(MustAsk(), "1");
  now_ = 2;
  EXPECT_EQ(MustAsk(), "2");
  now_ = 1;
  EXPECT_EQ(MustAsk(), "1");
  EXPECT_EQ(counts_, 3);
}

TEST_F(SharedCountTest, WhoAskDuringACountWaitForIt) {
  std::promise<void> go;
  HoldTheFirst(go);
  auto asked = AskAtOnce(20);
  EXPECT_TRUE(WaitUntilLooked(20));
  go.set_value();
  EXPECT_THAT(Answers(asked), Each("1"));
  EXPECT_EQ(counts_, 1);
}

TEST_F(SharedCountTest, NobodyIsGivenWhatWasOldWhenTheyAsked) {
  std::promise<void> go;
  HoldTheFirst(go);
  auto first = AskAtOnce(1);
  EXPECT_TRUE(WaitUntilLooked(1));
  now_ = 2;
  auto later = AskAtOnce(20);
  EXPECT_TRUE(WaitUntilLooked(21));
  go.set_value();
  EXPECT_THAT(Answers(first), Each("1"));
  EXPECT_THAT(Answers(later), Each("2"));
  EXPECT_EQ(counts_, 2);
}

TEST_F(SharedCountTest, WhereEverythingChangesAllTheTimeNobodyWaitsForLong) {
  std::promise<void> go;
  HoldTheFirst(go);
  moving_ = true;
  auto first = AskAtOnce(1);
  EXPECT_TRUE(WaitUntilLooked(1));
  auto later = AskAtOnce(20);
  EXPECT_TRUE(WaitUntilLooked(21));
  go.set_value();
  EXPECT_THAT(Answers(first), Each("1"));
  // The second count was begun after they asked, and is everybody's.
  EXPECT_THAT(Answers(later), Each("2"));
  EXPECT_EQ(counts_, 2);
}

TEST_F(SharedCountTest, AnErrorIsToldAndNotKept) {
  error_ = absl::DataLossError("damaged");
  EXPECT_TRUE(absl::IsDataLoss(Ask().status()));
  EXPECT_TRUE(absl::IsDataLoss(Ask().status()));
  EXPECT_EQ(counts_, 2);
  error_ = absl::OkStatus();
  EXPECT_EQ(MustAsk(), "1");
}

}  // namespace
}  // namespace samkoer::matcher
