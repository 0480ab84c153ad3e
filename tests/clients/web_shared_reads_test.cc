#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <thread>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "clients/common/cat.h"
#include "clients/web/shared_reads.h"
#include "proto/limits.h"

namespace samkoer::clients {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;
using People = std::vector<std::string>;

class WebSharedReads : public ::testing::Test {
 protected:
  ~WebSharedReads() override {
    for (std::thread& thread : threads_) thread.join();
  }
  // One that answers with its number, after `before(people)`.
  SharedReads::Ask Ask(std::function<absl::Status(const People&)> before) {
    return [this, before = std::move(before)](
               const People& people) -> absl::StatusOr<SharedReads::Answer> {
      std::size_t number = 0;
      {
        const absl::MutexLock lock(&mutex_);
        calls_.push_back(people);
        number = calls_.size();
      }
      if (absl::Status s = before(people); !s.ok()) return s;
      return SharedReads::Answer{{std::to_string(number)}, ""};
    };
  }
  std::vector<People> calls() {
    const absl::MutexLock lock(&mutex_);
    return calls_;
  }
  // Of a thread of its own; its answer or its error stands in answers().
  void Start(const std::string& person, const SharedReads::Ask& ask) {
    threads_.emplace_back([this, person, ask] {
      const auto shared = reads_.Get("list", person, ask);
      const absl::MutexLock lock(&mutex_);
      answers_[person] = shared.ok() ? (*shared)->answer.body
                                     : std::string(shared.status().message());
    });
  }
  void Join() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  SharedReads reads_;
  std::vector<std::thread> threads_;
  absl::Mutex mutex_;
  std::vector<People> calls_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> answers_ ABSL_GUARDED_BY(mutex_);
};

TEST_F(WebSharedReads, WhoeverAsksAloneAsksAloneAndNothingIsKept) {
  const auto ask = Ask([](const People&) { return absl::OkStatus(); });
  for (const char* number : {"1", "2"}) {
    EXPECT_EQ((*reads_.Get("list", "anna", ask))->answer.body, number);
  }
  EXPECT_THAT(calls(), ElementsAre(People{"anna"}, People{"anna"}));
}

TEST_F(WebSharedReads, WhoComesMeanwhileAsksTogetherAfterwards) {
  absl::Notification begun, go;
  const auto ask = Ask([&](const People& people) {
    if (people.front() == "anna") {
      begun.Notify();
      go.WaitForNotification();
    }
    return absl::OkStatus();
  });
  Start("anna", ask);
  begun.WaitForNotification();
  for (const char* person : {"bo", "carl", "dina"}) Start(person, ask);
  // They wait for the call before, but not for long.
  absl::SleepFor(absl::Milliseconds(100));
  go.Notify();
  Join();
  const auto made = calls();
  std::multiset<std::string> named;
  for (const People& people : made) named.insert(people.begin(), people.end());
  EXPECT_THAT(named, UnorderedElementsAre("anna", "bo", "carl", "dina"));
  EXPECT_THAT(made.front(), ElementsAre("anna"));
  EXPECT_LE(made.size(), 4u);
}

TEST_F(WebSharedReads, ACallThatHangsHoldsNobodyElseUp) {
  absl::Notification begun, go;
  const auto ask = Ask([&](const People& people) {
    if (people.front() == "anna") {
      begun.Notify();
      go.WaitForNotification();
    }
    return absl::OkStatus();
  });
  Start("anna", ask);
  begun.WaitForNotification();
  EXPECT_EQ((*reads_.Get("list", "bo", ask))->answer.body, "2");
  // Another question does not wait at all.
  EXPECT_EQ((*reads_.Get("overview", "bo", ask))->answer.body, "3");
  go.Notify();
  Join();
}

TEST_F(WebSharedReads, ACallNamesNoMoreThanMayBe) {
  absl::Notification begun, go;
  std::atomic<int> asked = 0;
  const auto ask = Ask([&](const People& people) {
    if (people.front() == "anna") {
      begun.Notify();
      go.WaitForNotification();
    }
    asked += static_cast<int>(people.size());
    return absl::OkStatus();
  });
  Start("anna", ask);
  begun.WaitForNotification();
  for (int i = 0; i < 80; ++i) Start(Cat("p", i), ask);
  // Those that are full do not wait for the call before.
  for (int i = 0; i < 1000 && asked < 80; ++i) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(asked, 80);
  go.Notify();
  Join();
  std::multiset<std::string> named;
  for (const People& people : calls()) {
    EXPECT_LE(people.size(), proto::kMaxPeopleOfCall);
    named.insert(people.begin(), people.end());
  }
  EXPECT_EQ(named.size(), 81u);
  EXPECT_EQ(std::set<std::string>(named.begin(), named.end()).size(), 81u);
}

// What is refused for several is asked again for each.
class WebSharedReadsRefused
    : public WebSharedReads,
      public ::testing::WithParamInterface<absl::Status> {};

TEST_P(WebSharedReadsRefused, AloneEachGetsTheirOwnAnswer) {
  absl::Notification begun, go;
  const auto ask = Ask([&](const People& people) -> absl::Status {
    if (people.front() == "anna") {
      if (!begun.HasBeenNotified()) begun.Notify();
      go.WaitForNotification();
    }
    if (people.size() > 1) return GetParam();
    if (people.front() == "bo") return absl::ResourceExhaustedError("bo's own");
    return absl::OkStatus();
  });
  Start("anna", ask);
  begun.WaitForNotification();
  Start("bo", ask);
  Start("carl", ask);
  absl::SleepFor(absl::Milliseconds(100));
  go.Notify();
  Join();
  const absl::MutexLock lock(&mutex_);
  EXPECT_EQ(answers_["bo"], "bo's own");
  EXPECT_NE(answers_["carl"], "");
  EXPECT_NE(answers_["carl"], GetParam().message());
}

INSTANTIATE_TEST_SUITE_P(
    Codes, WebSharedReadsRefused,
    ::testing::Values(absl::ResourceExhaustedError("too many"),
                      absl::PermissionDeniedError("not permitted")));

TEST_F(WebSharedReads, AMatcherThatPermitsItNotIsNotAskedAgainAndAgain) {
  absl::Notification begun, go;
  std::atomic<bool> together = false;
  const auto ask = Ask([&](const People& people) -> absl::Status {
    if (people.front() == "anna" && !begun.HasBeenNotified()) {
      begun.Notify();
      go.WaitForNotification();
    }
    if (people.size() == 1) return absl::OkStatus();
    together = true;
    return absl::PermissionDeniedError("not permitted");
  });
  Start("anna", ask);
  begun.WaitForNotification();
  for (int i = 0; i < 40; ++i) Start(Cat("p", i), ask);
  for (int i = 0; i < 1000 && !together; ++i) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  go.Notify();
  Join();
  ASSERT_TRUE(together);
  const std::size_t before = calls().size();
  for (int i = 0; i < 40; ++i) Start(Cat("p", i), ask);
  Join();
  const auto made = calls();
  EXPECT_EQ(made.size(), before + 40);
  for (std::size_t i = before; i < made.size(); ++i) {
    EXPECT_EQ(made[i].size(), 1u);
  }
}

TEST_F(WebSharedReads, ErrorsAreEverybodysAndAreNotKept) {
  bool broken = true;
  const auto ask = Ask([&](const People&) {
    return broken ? absl::UnavailableError("away") : absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsUnavailable(reads_.Get("list", "anna", ask).status()));
  broken = false;
  EXPECT_TRUE(reads_.Get("list", "anna", ask).ok());
}

// Nobody is given what was asked before they came, everybody is named once for
// each time that they ask.
TEST_F(WebSharedReads, EachIsNamedOnceAndAnsweredFreshly) {
  std::atomic<std::uint64_t> clock = 0;
  std::atomic<int> stale = 0, named = 0, most = 0;
  const auto ask =
      [&](const People& people) -> absl::StatusOr<SharedReads::Answer> {
    const std::uint64_t now = ++clock;
    named += static_cast<int>(people.size());
    most = std::max<int>(most, static_cast<int>(people.size()));
    absl::SleepFor(absl::Microseconds(200));
    return SharedReads::Answer{{std::to_string(now)}, ""};
  };
  for (int t = 0; t < 12; ++t) {
    threads_.emplace_back([&, t] {
      for (int i = 0; i < 150; ++i) {
        const std::uint64_t before = ++clock;
        const auto shared =
            reads_.Get(i % 5 == 0 ? "overview" : "list", Cat("p", t), ask);
        if (!shared.ok() || std::stoull((*shared)->answer.body) <= before) {
          ++stale;
        }
      }
    });
  }
  Join();
  EXPECT_EQ(stale, 0);
  EXPECT_EQ(named, 12 * 150);
  EXPECT_GT(most, 1);
}

}  // namespace
}  // namespace samkoer::clients
