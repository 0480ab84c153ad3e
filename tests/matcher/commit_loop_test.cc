#include "matcher/commit_loop.h"

#include <future>

#include "tests/storage/fault_engine.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

class CommitLoopTest : public testing::Test {
 protected:
  CommitLoopTest() {
    CommitLoopHooks hooks;
    hooks.next_time = [this] { return absl::FromUnixSeconds(++seconds_); };
    hooks.before_write = [this](Transaction& tx) {
      tx.writes().Put("hook", std::to_string(++before_));
    };
    hooks.publication = [this](std::size_t commands, std::size_t bytes) {
      EXPECT_GT(bytes, 0u);
      return [this, commands, seen = seen_] {
        ++after_;
        commands_ += commands;
        published_.push_back(seen);
      };
    };
    hooks.on_tick = [] { return Command(); };
    hooks.on_fatal = [this](const absl::Status& status) {
      ++fatal_;
      fatal_status_ = status;
    };
    loop_ = std::make_unique<CommitLoop>(&engine_, audit_.get(), nullptr,
                                         std::move(hooks));
  }

  // Puts key = value; remembers the answer in answers_.
  Command Put(std::string key, std::string value) {
    return {[=, this](Transaction& tx) {
              tx.writes().Put(key, value);
              tx.AddLeaf(storage::TestLeaf(1));
              seen_ = key;
            },
            [this](const absl::Status& status) { answers_.push_back(status); }};
  }
  // Waits until the loop has run a command, which sees what those before it
  // put: the value.
  std::string RunAndGet(const std::string& key) {
    std::promise<absl::StatusOr<std::string>> read;
    loop_->Submit(
        {[&](Transaction& tx) { read.set_value(tx.writes().Get(key)); },
         [this](const absl::Status& status) { answers_.push_back(status); }});
    return storage::ValueOf(read.get_future().get());
  }
  // Waits for all commands so far.
  void Drain() {
    std::promise<void> done;
    loop_->Submit(
        {[](Transaction&) {}, [&](const absl::Status&) { done.set_value(); }});
    done.get_future().wait();
  }

  storage::MemoryEngine memory_;
  storage::FaultEngine engine_{memory_};
  storage::ValueSealer sealer_ = storage::TestSealer();
  std::unique_ptr<storage::AuditLog> audit_ =
      storage::OpenLog(engine_, sealer_);
  int seconds_ = 0, before_ = 0, after_ = 0, fatal_ = 0;
  std::size_t commands_ = 0;
  std::string seen_;                    // the loop's thread's
  std::vector<std::string> published_;  // the writer's thread's
  absl::Status fatal_status_;
  std::vector<absl::Status> answers_;
  std::unique_ptr<CommitLoop> loop_;
};

TEST_F(CommitLoopTest, CommandsSubmittedTogetherShareAWrite) {
  // Submitted before the start, so they are one group for sure.
  for (int i = 0; i < 5; ++i) loop_->Submit(Put("k" + std::to_string(i), "v"));
  std::promise<void> done;
  loop_->Submit(
      {[](Transaction&) {}, [&](const absl::Status&) { done.set_value(); }});
  loop_->Start();
  done.get_future().wait();
  EXPECT_EQ(answers_.size(), 5u);
  EXPECT_EQ(engine_.writes(), 1u);
  EXPECT_EQ(after_, 1);
  EXPECT_EQ(commands_, 6u);
  EXPECT_EQ(audit_->size(), 5u);
  EXPECT_EQ(*memory_.Get("k4"), "v");
}

TEST_F(CommitLoopTest, AGroupThatWritesNothingWritesNothing) {
  loop_->Start();
  Drain();
  EXPECT_EQ(engine_.writes(), 0u);
  EXPECT_EQ(before_, 0);
}

TEST_F(CommitLoopTest, ManyMegabytesAreNotOneGroup) {
  const std::string big(3 << 20, 'x');
  for (int i = 0; i < 4; ++i) loop_->Submit(Put("k" + std::to_string(i), big));
  loop_->Start();
  Drain();
  EXPECT_EQ(engine_.writes(), 2u);
  EXPECT_EQ(answers_.size(), 4u);
}

TEST_F(CommitLoopTest, TimeGoesOnFromCommandToCommand) {
  std::vector<absl::Time> times;
  for (int i = 0; i < 3; ++i) {
    loop_->Submit({[&](Transaction& tx) { times.push_back(tx.now()); },
                   [](const absl::Status&) {}});
  }
  loop_->Start();
  Drain();
  ASSERT_EQ(times.size(), 3u);
  EXPECT_LT(times[0], times[1]);
  EXPECT_LT(times[1], times[2]);
}

TEST_F(CommitLoopTest, WriteNowMakesDurableInTheMiddleOfACommand) {
  loop_->Submit(Put("before", "1"));
  loop_->Submit({[&](Transaction& tx) {
                   tx.writes().Put("middle", "1");
                   SAMKOER_EXPECT_OK(tx.WriteNow());
                   EXPECT_EQ(*memory_.Get("before"), "1");
                   EXPECT_EQ(*memory_.Get("middle"), "1");
                   // Nobody is answered before the whole command is durable.
                   EXPECT_TRUE(answers_.empty());
                   tx.writes().Put("after", "1");
                 },
                 [](const absl::Status&) {}});
  loop_->Start();
  Drain();
  EXPECT_EQ(*memory_.Get("after"), "1");
  EXPECT_EQ(answers_.size(), 1u);
}

TEST_F(CommitLoopTest, TheNextGroupIsMadeWhileOneIsWritten) {
  engine_.Hold();
  loop_->Submit(Put("a", "1"));
  loop_->Start();
  engine_.AwaitHeld();
  EXPECT_EQ(RunAndGet("a"), "1");
  const std::string big(5 << 20, 'x');  // a group of its own
  loop_->Submit(Put("b", big));
  loop_->Submit(Put("c", "1"));
  // It joins what waits for the second write.
  EXPECT_EQ(RunAndGet("b"), big);
  EXPECT_EQ(RunAndGet("c"), "1");
  // Nobody has been told of anything, and nobody can see it.
  EXPECT_TRUE(answers_.empty());
  EXPECT_TRUE(published_.empty());
  EXPECT_EQ(audit_->size(), 0u);
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("a").status()));

  engine_.LetOneThrough();
  engine_.AwaitHeld();
  EXPECT_EQ(answers_.size(), 1u);
  EXPECT_EQ(audit_->size(), 1u);
  EXPECT_EQ(published_, std::vector<std::string>{"a"});
  EXPECT_EQ(*memory_.Get("a"), "1");
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("b").status()));

  engine_.LetAllThrough();
  Drain();
  EXPECT_EQ(answers_.size(), 6u);
  EXPECT_EQ(published_, (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(engine_.writes(), 3u);
  EXPECT_EQ(audit_->size(), 3u);
  SAMKOER_EXPECT_OK(audit_->VerifyLeaves(memory_));
}

TEST_F(CommitLoopTest, WhatIsSubmittedDuringAWriteSharesTheNext) {
  engine_.Hold();
  loop_->Submit(Put("a", "1"));
  loop_->Start();
  engine_.AwaitHeld();
  for (int i = 0; i < 10; ++i) {
    loop_->Submit(Put("k" + std::to_string(i), "v"));
    RunAndGet("k" + std::to_string(i));
  }
  engine_.LetAllThrough();
  Drain();
  EXPECT_EQ(engine_.writes(), 2u);
  EXPECT_EQ(answers_.size(), 21u);
}

TEST_F(CommitLoopTest, WriteInOrderGoesOnAndTellsWhenItIsDurable) {
  engine_.Hold();
  std::promise<void> went_on;
  bool told = false;
  loop_->Submit(
      {[&](Transaction& tx) {
         tx.writes().Put("first", "1");
         SAMKOER_EXPECT_OK(tx.WriteInOrder([&] {
           told = true;
           EXPECT_EQ(*memory_.Get("first"), "1");
           EXPECT_FALSE(memory_.Get("second").ok());
         }));
         EXPECT_EQ(*tx.writes().Get("first"), "1");
         tx.writes().Put("second", "1");
         went_on.set_value();
         SAMKOER_EXPECT_OK(tx.Settle());
         EXPECT_TRUE(told);
         EXPECT_TRUE(answers_.empty());
       },
       [this](const absl::Status& status) { answers_.push_back(status); }});
  loop_->Start();
  went_on.get_future().wait();
  engine_.LetAllThrough();
  Drain();
  EXPECT_EQ(*memory_.Get("second"), "1");
  EXPECT_EQ(answers_.size(), 1u);
}

TEST_F(CommitLoopTest, WhatWasMadeBehindAFailedWriteIsNeverWritten) {
  engine_.Hold();
  engine_.FailWrite(1, storage::Fault::kPersistedButError);
  loop_->Submit(Put("a", "1"));
  loop_->Start();
  engine_.AwaitHeld();
  loop_->Submit(Put("b", std::string(5 << 20, 'x')));
  loop_->Submit(Put("c", "1"));
  RunAndGet("c");
  engine_.LetAllThrough();
  loop_->Stop({});
  ASSERT_EQ(answers_.size(), 4u);
  for (const absl::Status& answer : answers_) {
    EXPECT_TRUE(absl::IsUnavailable(answer)) << answer;
  }
  EXPECT_EQ(fatal_, 1);
  EXPECT_TRUE(published_.empty());
  EXPECT_EQ(audit_->size(), 0u);
  EXPECT_EQ(engine_.writes(), 1u);
  EXPECT_FALSE(memory_.Get("b").ok());
}

TEST_F(CommitLoopTest, AfterAFailedWriteEverybodyIsToldUnavailable) {
  for (const storage::Fault fault : {storage::Fault::kNotPersisted}) {
    engine_.FailWrite(1, fault);
    loop_->Submit(Put("a", "1"));
    loop_->Submit(Put("b", "1"));
    loop_->Start();
    loop_->Stop({});
    loop_->Submit(Put("c", "1"));
    ASSERT_EQ(answers_.size(), 3u);
    for (const absl::Status& answer : answers_) {
      EXPECT_TRUE(absl::IsUnavailable(answer)) << answer;
    }
    EXPECT_EQ(fatal_, 1);
    EXPECT_EQ(fatal_status_.message(), "injected write error");
    EXPECT_TRUE(loop_->Failed());
    EXPECT_EQ(after_, 0);
    EXPECT_EQ(audit_->size(), 0u);
    EXPECT_TRUE(absl::IsNotFound(memory_.Get("a").status()));
    EXPECT_EQ(engine_.writes(), 1u);
  }
}

TEST_F(CommitLoopTest, ACommandThatIsFatalTakesItsGroupWithIt) {
  loop_->Submit(Put("a", "1"));
  loop_->Submit({[](Transaction& tx) {
                   tx.Fatal(absl::DataLossError("damage")).IgnoreError();
                 },
                 [](const absl::Status& status) {
                   EXPECT_TRUE(absl::IsUnavailable(status));
                 }});
  loop_->Submit(Put("b", "1"));
  loop_->Start();
  loop_->Stop({});
  EXPECT_EQ(engine_.writes(), 0u);
  ASSERT_EQ(answers_.size(), 2u);
  EXPECT_TRUE(absl::IsUnavailable(answers_[0]));
  EXPECT_EQ(fatal_status_.message(), "damage");
}

TEST_F(CommitLoopTest, ALeafThatIsMalformedStopsTheDataToo) {
  loop_->Submit({[](Transaction& tx) {
                   tx.writes().Put("a", "1");
                   tx.AddLeaf({});
                 },
                 [](const absl::Status& status) {
                   EXPECT_TRUE(absl::IsUnavailable(status));
                 }});
  loop_->Start();
  loop_->Stop({});
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("a").status()));
  EXPECT_EQ(fatal_, 1);
}

TEST_F(CommitLoopTest, StopRunsWhatWasSubmittedAndThenTheLastCommand) {
  loop_->Submit(Put("a", "1"));
  loop_->Start();
  loop_->Stop(Put("last", "1"));
  EXPECT_EQ(answers_.size(), 2u);
  EXPECT_EQ(*memory_.Get("last"), "1");
  loop_->Submit(Put("late", "1"));
  ASSERT_EQ(answers_.size(), 3u);
  EXPECT_TRUE(absl::IsUnavailable(answers_[2]));
  EXPECT_TRUE(absl::IsNotFound(memory_.Get("late").status()));
  loop_->Stop({});
}

TEST_F(CommitLoopTest, AFullQueueMakesTheCallerWaitAndLosesNothing) {
  constexpr int kCommands = 3 * CommitLoop::kMaxQueue;
  std::thread submitter([&] {
    for (int i = 0; i < kCommands; ++i) {
      loop_->Submit(Put("k" + std::to_string(i), "v"));
    }
  });
  loop_->Start();
  submitter.join();
  Drain();
  EXPECT_EQ(answers_.size(), static_cast<std::size_t>(kCommands));
}

}  // namespace
}  // namespace samkoer::matcher
