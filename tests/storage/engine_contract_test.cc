// The seam's contract, held against every engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "storage/engine.h"
#include "tests/storage/fault_engine.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::IsEmpty;
using Keys = std::vector<std::string>;

struct Kind {
  const char* name;
  std::function<std::unique_ptr<Engine>(const std::string& path)> open;
};

class EngineContract : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override { engine_ = GetParam().open(dir_ / "store"); }
  void Put(const std::vector<std::string>& keys) {
    WriteBatch batch;
    for (const auto& key : keys) batch.Put(key, "v" + key);
    SAMKOER_ASSERT_OK(engine_->Write(batch));
  }
  static Keys Scan(const Reader& reader, std::string_view prefix,
                   std::string_view from, std::size_t limit = 100) {
    Keys keys;
    SAMKOER_EXPECT_OK(reader.Scan(prefix, from, [&](auto key, auto value) {
      EXPECT_EQ(value, "v" + std::string(key));
      keys.emplace_back(key);
      return keys.size() < limit;
    }));
    return keys;
  }
  static Keys ScanBackward(const Reader& reader, std::string_view prefix,
                           std::string_view before, std::size_t limit = 100) {
    Keys keys;
    SAMKOER_EXPECT_OK(
        reader.ScanBackward(prefix, before, [&](auto key, auto value) {
          EXPECT_EQ(value, "v" + std::string(key));
          keys.emplace_back(key);
          return keys.size() < limit;
        }));
    return keys;
  }

  TempDir dir_;
  std::unique_ptr<Engine> engine_;
};

TEST_P(EngineContract, GetsWhatWasPutAndNothingElse) {
  Put({"a", "b"});
  EXPECT_EQ(ValueOf(engine_->Get("a")), "va");
  EXPECT_EQ(engine_->Get("c").status().code(), StatusCode::kNotFound);
}

TEST_P(EngineContract, OperationsOfABatchHappenInOrder) {
  WriteBatch batch;
  batch.Put("a", "1");
  batch.Delete("a");
  batch.Put("b", "1");
  batch.Put("b", "2");
  SAMKOER_ASSERT_OK(engine_->Write(batch));
  EXPECT_EQ(engine_->Get("a").status().code(), StatusCode::kNotFound);
  EXPECT_EQ(ValueOf(engine_->Get("b")), "2");
}

TEST_P(EngineContract, ScanStaysInThePrefixAndAscends) {
  Put({"a9", "b1", "b2", "b3", "c0"});
  EXPECT_THAT(Scan(*engine_, "b", ""), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(Scan(*engine_, "b", "b2"), ElementsAre("b2", "b3"));
  EXPECT_THAT(Scan(*engine_, "b", "a"), ElementsAre("b1", "b2", "b3"));
  EXPECT_THAT(Scan(*engine_, "b", "c"), IsEmpty());
  EXPECT_THAT(Scan(*engine_, "b", "", 2), ElementsAre("b1", "b2"));
  EXPECT_THAT(Scan(*engine_, "x", ""), IsEmpty());
  EXPECT_EQ(Scan(*engine_, "", "").size(), 5u);
}

TEST_P(EngineContract, BackwardScanStaysInThePrefixAndDescends) {
  Put({"a9", "b1", "b2", "b3", "c0"});
  EXPECT_THAT(ScanBackward(*engine_, "b", ""), ElementsAre("b3", "b2", "b1"));
  EXPECT_THAT(ScanBackward(*engine_, "b", "b3"), ElementsAre("b2", "b1"));
  EXPECT_THAT(ScanBackward(*engine_, "b", "z"), ElementsAre("b3", "b2", "b1"));
  EXPECT_THAT(ScanBackward(*engine_, "b", "b1"), IsEmpty());
  EXPECT_THAT(ScanBackward(*engine_, "b", "a"), IsEmpty());
  EXPECT_THAT(ScanBackward(*engine_, "b", "", 1), ElementsAre("b3"));
  EXPECT_EQ(ScanBackward(*engine_, "", "").size(), 5u);
}

TEST_P(EngineContract, PrefixOfHighestBytesHasNoEndToRunPast) {
  const std::string high = "\xff\xff";
  Put({"\xfe", "\xff", high, high + "a"});
  EXPECT_THAT(Scan(*engine_, high, ""), ElementsAre(high, high + "a"));
  EXPECT_THAT(ScanBackward(*engine_, high, ""), ElementsAre(high + "a", high));
}

TEST_P(EngineContract, SnapshotDoesNotSeeLaterWrites) {
  Put({"a"});
  const auto snapshot = engine_->Snapshot();
  WriteBatch batch;
  batch.Delete("a");
  batch.Put("b", "vb");
  SAMKOER_ASSERT_OK(engine_->Write(batch));
  EXPECT_EQ(ValueOf(snapshot->Get("a")), "va");
  EXPECT_EQ(snapshot->Get("b").status().code(), StatusCode::kNotFound);
  EXPECT_THAT(Scan(*snapshot, "", ""), ElementsAre("a"));
  EXPECT_THAT(ScanBackward(*snapshot, "", ""), ElementsAre("a"));
  EXPECT_THAT(Scan(*engine_, "", ""), ElementsAre("b"));
}

TEST_P(EngineContract, EmptyBatchAndEmptyValueAreFine) {
  SAMKOER_EXPECT_OK(engine_->Write(WriteBatch()));
  WriteBatch batch;
  batch.Put("a", "");
  SAMKOER_ASSERT_OK(engine_->Write(batch));
  EXPECT_EQ(ValueOf(engine_->Get("a")), "");
}

TEST_P(EngineContract, CompactionKeepsEverything) {
  Put({"a", "b"});
  SAMKOER_ASSERT_OK(engine_->Compact());
  EXPECT_THAT(Scan(*engine_, "", ""), ElementsAre("a", "b"));
}

INSTANTIATE_TEST_SUITE_P(
    All, EngineContract,
    testing::Values(
        Kind{"RocksDb", [](const auto& path) { return OpenStore(path); }},
        Kind{"Memory",
             [](const auto&) { return std::make_unique<MemoryEngine>(); }}),
    [](const auto& test) { return test.param.name; });

TEST(FaultEngine, FailsTheChosenWriteInBothWaysAndAllAfterIt) {
  for (const Fault fault : {Fault::kNotPersisted, Fault::kPersistedButError}) {
    MemoryEngine inner;
    FaultEngine engine(inner);
    engine.FailWrite(2, fault);
    for (const auto& [key, ok] :
         {std::pair("a", true), std::pair("b", false), std::pair("c", false)}) {
      WriteBatch batch;
      batch.Put(key, "x");
      EXPECT_EQ(engine.Write(batch).ok(), ok) << key;
    }
    EXPECT_EQ(engine.writes(), 3u);
    EXPECT_TRUE(engine.Get("a").ok());
    EXPECT_EQ(engine.Get("b").ok(), fault == Fault::kPersistedButError);
    EXPECT_FALSE(engine.Get("c").ok());
  }
}

}  // namespace
}  // namespace samkoer::storage
