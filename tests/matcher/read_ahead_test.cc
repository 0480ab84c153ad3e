#include "matcher/read_ahead.h"

#include <future>

#include "storage/key_layout.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

// Whose reads wait for the test.
class GatedReader : public storage::Reader {
 public:
  explicit GatedReader(const storage::Reader& inner) : inner_(inner) {}

  void Close() {
    const std::lock_guard lock(mutex_);
    open_ = false;
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void AwaitReads(int reads) const {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return reads_ >= reads; });
  }
  int reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
  }

  absl::StatusOr<std::string> Get(std::string_view key) const override {
    std::unique_lock lock(mutex_);
    ++reads_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    lock.unlock();
    return inner_.Get(key);
  }
  absl::Status Scan(
      std::string_view, std::string_view,
      const std::function<bool(std::string_view, std::string_view)>&)
      const override {
    return absl::UnimplementedError("not read");
  }
  absl::Status ScanBackward(
      std::string_view, std::string_view,
      const std::function<bool(std::string_view, std::string_view)>&)
      const override {
    return absl::UnimplementedError("not read");
  }

 private:
  const storage::Reader& inner_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  mutable int reads_ = 0;
  bool open_ = true;
};

class ReadAheadTest : public testing::Test {
 protected:
  ReadAheadTest() {
    for (const std::uint64_t push : {1u, 2u, 3u}) Stage(push);
  }
  ~ReadAheadTest() override { gate_.Open(); }

  // One batch of one record, whose case is named by the push.
  void Stage(std::uint64_t push) {
    storage::StagedBatchHead head;
    head.record_count = head.staged_count = 1;
    std::string plaintext;
    storage::PutStagedBatchHead(plaintext, head);
    storage::StagedRecord record;
    record.case_id[0] = static_cast<std::uint8_t>(push);
    storage::PutStagedRecord(plaintext, record);
    const std::string key = storage::StagedBatchKey(push, 0);
    storage::WriteBatch batch;
    batch.Put(key, sealer_.Seal(key, plaintext));
    SAMKOER_EXPECT_OK(engine_.Write(batch));
  }
  static int CaseOf(const std::optional<StagedSnapshot>& snapshot) {
    return snapshot ? snapshot->records.at(0).case_id[0] : -1;
  }

  const storage::ValueSealer sealer_ = storage::TestSealer();
  storage::MemoryEngine engine_;
  GatedReader gate_{engine_};
  ReadAhead ahead_{gate_, sealer_, 1};
};

TEST_F(ReadAheadTest, OneIsReadWhileItWaits) {
  auto first = ahead_.Ask(1, 1, 1);
  auto second = ahead_.Ask(2, 1, 1);
  auto third = ahead_.Ask(3, 1, 1);
  gate_.AwaitReads(1);
  EXPECT_EQ(CaseOf(ahead_.Take(*first)), 1);
  gate_.AwaitReads(2);
  EXPECT_EQ(CaseOf(ahead_.Take(*second)), 2);
  gate_.AwaitReads(3);
  EXPECT_EQ(CaseOf(ahead_.Take(*third)), 3);
  EXPECT_EQ(CaseOf(ahead_.Take(*third)), -1);
}

TEST_F(ReadAheadTest, NoMoreThanOneIsHeld) {
  auto first = ahead_.Ask(1, 1, 1);
  auto second = ahead_.Ask(2, 1, 1);
  gate_.AwaitReads(1);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  EXPECT_EQ(gate_.reads(), 1);
  // Its commit was refused: it makes room.
  first.reset();
  gate_.AwaitReads(2);
  EXPECT_EQ(CaseOf(ahead_.Take(*second)), 2);
}

TEST_F(ReadAheadTest, WhoseTurnComesWaitsForWhatIsBeingRead) {
  gate_.Close();
  auto first = ahead_.Ask(1, 1, 1);
  auto second = ahead_.Ask(2, 1, 1);
  gate_.AwaitReads(1);
  auto taken =
      std::async(std::launch::async, [&] { return ahead_.Take(*first); });
  EXPECT_EQ(taken.wait_for(std::chrono::milliseconds(50)),
            std::future_status::timeout);
  // Not begun: not waited for, and not begun any more.
  EXPECT_EQ(CaseOf(ahead_.Take(*second)), -1);
  gate_.Open();
  EXPECT_EQ(CaseOf(taken.get()), 1);
  auto third = ahead_.Ask(3, 1, 1);
  gate_.AwaitReads(2);
  EXPECT_EQ(CaseOf(ahead_.Take(*third)), 3);
  EXPECT_EQ(gate_.reads(), 2);
}

TEST_F(ReadAheadTest, WhatCannotBeReadIsLeftToTheLoop) {
  auto missing = ahead_.Ask(9, 1, 1);
  auto too_short = ahead_.Ask(1, 2, 2);
  auto more_than_said = ahead_.Ask(1, 1, 0);
  auto too_many = ahead_.Ask(1, 1, ReadAhead::kMostRecords + 1);
  auto good = ahead_.Ask(2, 1, 1);
  gate_.AwaitReads(5);
  EXPECT_EQ(CaseOf(ahead_.Take(*missing)), -1);
  EXPECT_EQ(CaseOf(ahead_.Take(*too_short)), -1);
  EXPECT_EQ(CaseOf(ahead_.Take(*more_than_said)), -1);
  EXPECT_EQ(CaseOf(ahead_.Take(*too_many)), -1);
  EXPECT_EQ(CaseOf(ahead_.Take(*good)), 2);
}

TEST_F(ReadAheadTest, WhoIsDroppedWhileItIsReadLeavesRoom) {
  gate_.Close();
  auto first = ahead_.Ask(1, 1, 1);
  gate_.AwaitReads(1);
  first.reset();
  auto second = ahead_.Ask(2, 1, 1);
  gate_.Open();
  gate_.AwaitReads(2);
  EXPECT_EQ(CaseOf(ahead_.Take(*second)), 2);
}

}  // namespace
}  // namespace samkoer::matcher
