// The key-encryption key changes under a matcher that runs.
#include <gmock/gmock.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "matcher/push_commands.h"
#include "storage/kek_marker.h"
#include "storage/key_layout.h"
#include "storage/old_values.h"
#include "tests/matcher/intake_fixture.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class MatcherKekTest : public MatcherIntakeTest {
 protected:
  std::size_t Old() {
    return ValueOf(storage::FindOldValues(in_.store(), in_.kek_generation(), "",
                                          {1 << 30, 1 << 30, 1 << 30}))
        .keys.size();
  }
  void RotateToTheEnd() {
    for (int step = 0; step < 1000; ++step) {
      SAMKOER_ASSERT_OK(in_.RotateKekStep(7));
      if (!in_.kek_rotates()) return;
    }
    FAIL() << "the rotation does not end";
  }
};

TEST_F(MatcherKekTest, EverythingIsThereUnderTheNewKeyAlone) {
  in_.MustSnapshot("family", ManyFamily(50));
  in_.MustSnapshot("jobs", {Jobs("p1", "J-1"), Jobs("p2", "J-2")});
  const auto feed = in_.Feed();
  const auto begun = in_.RotateKekStep(1);
  SAMKOER_ASSERT_OK(begun);
  EXPECT_GT(Old(), 10u);
  RotateToTheEnd();
  EXPECT_EQ(Old(), 0u);
  // Neither memory nor a restart needs the older key.
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
    EXPECT_EQ(in_.Feed().size(), feed.size());
    EXPECT_EQ(in_.LookUp(PseudonymOf("p1")).records_size(), 2);
    in_.Restart();
  }
  in_.MustDelta("jobs", {Jobs("p3", "J-3")});
  EXPECT_EQ(in_.ActiveAlerts().size(), 3u);
  SAMKOER_EXPECT_OK(in_.audit().VerifyLeaves(in_.store()));
  EXPECT_EQ(Old(), 0u);
}

TEST_F(MatcherKekTest, AnUnfinishedPushGoesOnUnderTheNewKey) {
  PushPlan plan = in_.Plan("family", samkoer::v1::PUSH_KIND_SNAPSHOT,
                           ManyFamily(6), /*batch_size=*/3);
  {
    auto push = MustBegin(plan);
    SAMKOER_ASSERT_OK(Send(*push, plan.batches[0]).status());
    RotateToTheEnd();
    SAMKOER_ASSERT_OK(Send(*push, plan.batches[1]).status());
  }
  in_.Restart();
  RotateToTheEnd();
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  EXPECT_EQ(Held(), 6u);
}

TEST_F(MatcherKekTest, ValuesThatAreGoneOrNewAreSkipped) {
  in_.MustSnapshot("family", ManyFamily(3));
  SAMKOER_ASSERT_OK(in_.RotateKekStep(1));
  const std::string state = storage::MetaKey("matcher-state");
  EXPECT_EQ(ValueOf(in_.matcher().Reseal(
                {storage::NumberKey(storage::Table::kAlert, 999), state,
                 storage::NumberKey(storage::Table::kSegment, 0)})),
            1u)
      << "the state was written with the change itself";
  EXPECT_EQ(ValueOf(in_.matcher().Reseal({})), 0u);
}

TEST_F(MatcherKekTest, ADamagedValueIsSaidAndTheMatcherGoesOn) {
  in_.MustSnapshot("family", ManyFamily(3));
  const std::string key = storage::NumberKey(storage::Table::kSegment, 0);
  std::string damaged = ValueOf(in_.store().Get(key));
  damaged.back() ^= 1;
  storage::WriteBatch batch;
  batch.Put(key, damaged);
  SAMKOER_ASSERT_OK(in_.store().Write(batch));
  SAMKOER_ASSERT_OK(in_.RotateKekStep(1));
  EXPECT_TRUE(absl::IsDataLoss(in_.matcher().Reseal({key}).status()));
  EXPECT_FALSE(in_.fatal());
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  SAMKOER_EXPECT_OK(in_.RotateKekStep(1));
}

TEST_F(MatcherKekTest, ReadersAndPushesAreNotDisturbed) {
  in_.MustSnapshot("family", ManyFamily(40));
  std::atomic<bool> stop = false;
  // An engine on disk does not let the older key go before older readers have
  // ended; the one in memory leaves that to the test.
  std::mutex reading;
  std::thread reader([&] {
    while (!stop) {
      const std::lock_guard lock(reading);
      in_.AllAlerts();
      in_.Feed();
    }
  });
  std::thread pusher([&] {
    for (int i = 0; i < 30; ++i) {
      const std::string n = std::to_string(i);
      in_.MustDelta("jobs", {Jobs("p" + n, "J-" + n)});
    }
    stop = true;
  });
  while (!stop) {
    std::unique_lock lock(reading, std::defer_lock);
    if (in_.kek_rotates() && Old() == 0) lock.lock();
    SAMKOER_EXPECT_OK(in_.RotateKekStep(5));
  }
  pusher.join();
  reader.join();
  EXPECT_EQ(in_.ActiveAlerts().size(), 30u);
  if (in_.kek_rotates()) RotateToTheEnd();
  in_.Restart();
  EXPECT_EQ(in_.ActiveAlerts().size(), 30u);
}

// A batch that another thread sealed before the key changed.
class StragglerTest : public StateFixture {
 protected:
  void Prepare() {
    ticket_.caller = Installation::Department("family");
    ticket_.push_id = std::string(16, 'p');
    ticket_.kind = samkoer::v1::PUSH_KIND_SNAPSHOT;
    ticket_.epoch = 4;
    ticket_.day = state_.day;
    SAMKOER_ASSERT_OK(RunBegin(state_, tx_, /*allow_shrink=*/true, ticket_));
    samkoer::v1::RecordBatch batch;
    *batch.add_records() = Family("a", "F-1");
    prepared_ = ValueOf(PrepareBatch(batch, ticket_, "", sealer_));
  }
  PushTicket ticket_;
  PreparedBatch prepared_;
};

TEST_F(StragglerTest, IsSealedAgainWhenItComes) {
  Prepare();
  SAMKOER_ASSERT_OK(
      sealer_.Replace({{1, storage::TestKey(1)}, {2, storage::TestKey(2)}}, 2));
  SAMKOER_ASSERT_OK(
      RunBatch(state_, tx_, ticket_, std::move(prepared_)).status());
  const std::string key = storage::StagedBatchKey(ticket_.push_number, 0);
  const std::string value = ValueOf(tx_.writes().Get(key));
  EXPECT_EQ(ValueOf(storage::ValueSealer::GenerationOf(key, value)), 2u);
  SAMKOER_EXPECT_OK(sealer_.Open(key, value).status());
}

TEST_F(StragglerTest, IsSentAgainWhenItsKeyIsDestroyed) {
  Prepare();
  SAMKOER_ASSERT_OK(sealer_.Replace({{2, storage::TestKey(2)}}, 2));
  EXPECT_TRUE(absl::IsUnavailable(
      RunBatch(state_, tx_, ticket_, std::move(prepared_)).status()));
  EXPECT_TRUE(
      absl::IsNotFound(tx_.writes()
                           .Get(storage::StagedBatchKey(ticket_.push_number, 0))
                           .status()));
}

}  // namespace
}  // namespace samkoer::matcher
