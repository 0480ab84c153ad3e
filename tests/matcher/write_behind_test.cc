#include "matcher/write_behind.h"

#include <atomic>
#include <future>
#include <vector>

#include "tests/storage/fault_engine.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

class WriteBehindTest : public testing::Test {
 protected:
  WriteBehindTest() {
    storage::WriteBatch batch;
    batch.Put("old", "0");
    batch.Put("gone", "0");
    SAMKOER_EXPECT_OK(memory_.Write(batch));
    behind_.Start();
  }
  ~WriteBehindTest() override {
    engine_.LetAllThrough();
    behind_.Stop();
  }

  // A group that notes what happens to it.
  WriteBehind::Group Group(const std::string& name, storage::WriteBatch batch) {
    WriteBehind::Group group;
    group.batch = std::move(batch);
    group.durable = [this, name] {
      events_.push_back(name + " durable");
      return absl::OkStatus();
    };
    group.done = [this, name](const absl::Status& status) {
      events_.push_back(name + (status.ok() ? " done" : " failed"));
    };
    return group;
  }
  WriteBehind::Group Put(const std::string& name, const std::string& key,
                         const std::string& value) {
    storage::WriteBatch batch;
    batch.Put(key, value);
    return Group(name, std::move(batch));
  }

  storage::MemoryEngine memory_;
  storage::FaultEngine engine_{memory_};
  // The writer's thread's own, until everything is settled.
  std::vector<std::string> events_;
  std::atomic<int> idle_{0};
  WriteBehind behind_{
      &engine_,
      {.on_idle = [this] { ++idle_; },
       .on_failure =
           [this](const absl::Status& status) {
             events_.push_back("failure " + storage::Message(status));
           }}};
};

TEST_F(WriteBehindTest, WhatIsNotYetWrittenIsReadAndNobodyElseSeesIt) {
  engine_.Hold();
  storage::WriteBatch first;
  first.Put("a", "1");
  first.Delete("gone");
  first.Put("b", "1");
  first.Put("b", "2");
  behind_.Add(Group("first", std::move(first)));
  behind_.Add(Put("second", "a", "3"));
  engine_.AwaitHeld();
  EXPECT_FALSE(behind_.idle());
  EXPECT_EQ(*behind_.Get("a"), "3");
  EXPECT_EQ(*behind_.Get("b"), "2");
  EXPECT_EQ(*behind_.Get("old"), "0");
  EXPECT_TRUE(absl::IsNotFound(behind_.Get("gone").status()));
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("a").status()));
  EXPECT_EQ(*memory_.Get("gone"), "0");

  engine_.LetOneThrough();
  engine_.AwaitHeld();
  EXPECT_EQ(*memory_.Get("a"), "1");
  EXPECT_EQ(*behind_.Get("a"), "3");
  engine_.LetAllThrough();
  SAMKOER_EXPECT_OK(behind_.Settle());
  EXPECT_EQ(*memory_.Get("a"), "3");
  EXPECT_EQ(*behind_.Get("a"), "3");
  EXPECT_TRUE(absl::IsNotFound(behind_.Get("gone").status()));
}

TEST_F(WriteBehindTest, GroupsAreToldOfInOrderOnceTheyAreDurable) {
  engine_.Hold();
  behind_.Add(Put("first", "a", "1"));
  // Writes nothing, but may have seen what the first writes.
  behind_.Add(Group("second", {}));
  engine_.AwaitHeld();
  EXPECT_TRUE(events_.empty());
  engine_.LetAllThrough();
  behind_.Add(Put("third", "a", "2"));
  SAMKOER_EXPECT_OK(behind_.Settle());
  EXPECT_EQ(events_, (std::vector<std::string>{"first durable", "first done",
                                               "second durable", "second done",
                                               "third durable", "third done"}));
  EXPECT_EQ(engine_.writes(), 2u);
  behind_.Stop();
  EXPECT_GE(idle_, 1);
}

TEST_F(WriteBehindTest, AScanWaitsForWhatWasAdded) {
  engine_.Hold();
  behind_.Add(Put("first", "a", "1"));
  engine_.AwaitHeld();
  const auto scan = [&](bool forward) {
    std::string found;
    const auto visit = [&](std::string_view key, std::string_view) {
      found.append(key);
      return true;
    };
    SAMKOER_EXPECT_OK(forward ? behind_.Scan("a", "", visit)
                              : behind_.ScanBackward("a", "", visit));
    return found;
  };
  auto forward = std::async(std::launch::async, scan, true);
  auto backward = std::async(std::launch::async, scan, false);
  EXPECT_EQ(forward.wait_for(std::chrono::milliseconds(50)),
            std::future_status::timeout);
  engine_.LetAllThrough();
  EXPECT_EQ(forward.get(), "a");
  EXPECT_EQ(backward.get(), "a");
}

TEST_F(WriteBehindTest, NoMoreThanTwoGroupsWait) {
  engine_.Hold();
  for (std::size_t i = 0; i < WriteBehind::kMaxGroups; ++i) {
    behind_.Add(Put("g", "a", std::to_string(i)));
  }
  auto third = std::async(std::launch::async,
                          [&] { behind_.Add(Put("last", "a", "last")); });
  EXPECT_EQ(third.wait_for(std::chrono::milliseconds(50)),
            std::future_status::timeout);
  engine_.AwaitHeld();
  engine_.LetOneThrough();
  third.get();
  engine_.AwaitHeld();
  EXPECT_EQ(engine_.writes(), 2u);
  engine_.LetAllThrough();
  SAMKOER_EXPECT_OK(behind_.Settle());
  EXPECT_EQ(*memory_.Get("a"), "last");
}

TEST_F(WriteBehindTest, AfterAFailureNothingIsWrittenNorRead) {
  engine_.Hold();
  engine_.FailWrite(2, storage::Fault::kNotPersisted);
  behind_.Add(Put("first", "a", "1"));
  behind_.Add(Put("second", "b", "1"));
  engine_.AwaitHeld();
  engine_.LetAllThrough();
  behind_.Add(Put("third", "c", "1"));
  EXPECT_FALSE(behind_.Settle().ok());
  EXPECT_EQ(events_,
            (std::vector<std::string>{"first durable", "first done",
                                      "failure injected write error",
                                      "second failed", "third failed"}));
  EXPECT_EQ(engine_.writes(), 2u);
  EXPECT_EQ(*memory_.Get("a"), "1");
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("c").status()));
  EXPECT_EQ(storage::Message(behind_.Get("a").status()),
            "injected write error");
  EXPECT_FALSE(behind_.Scan("", "", [](auto, auto) { return true; }).ok());
  EXPECT_FALSE(
      behind_.ScanBackward("", "", [](auto, auto) { return true; }).ok());
}

TEST_F(WriteBehindTest, WhatCannotBeToldOfCountsAsAFailure) {
  WriteBehind::Group group = Put("first", "a", "1");
  group.durable = [] { return absl::InternalError("no checkpoint"); };
  behind_.Add(std::move(group));
  behind_.Add(Put("second", "b", "1"));
  EXPECT_FALSE(behind_.Settle().ok());
  EXPECT_EQ(events_,
            (std::vector<std::string>{"failure no checkpoint", "first failed",
                                      "second failed"}));
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("b").status()));
}

TEST_F(WriteBehindTest, StopWritesWhatWasAdded) {
  engine_.Delay(std::chrono::milliseconds(20));
  behind_.Add(Put("first", "a", "1"));
  behind_.Add(Put("second", "b", "1"));
  behind_.Stop();
  EXPECT_EQ(events_.size(), 4u);
  EXPECT_EQ(*memory_.Get("b"), "1");
}

}  // namespace
}  // namespace samkoer::matcher
