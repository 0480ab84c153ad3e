#include "storage/table_check.h"

#include <string>
#include <utility>
#include <vector>

#include "storage/alarm_table.h"
#include "storage/key_layout.h"
#include "storage/proposal_table.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class TableCheckTest : public testing::Test {
 protected:
  void Put(const std::string& key, const std::string& value) {
    WriteBatch batch;
    batch.Put(key, value);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }
  void Seal(const std::string& key, std::string_view plaintext) {
    Put(key, sealer_.Seal(key, plaintext));
  }
  void Delete(const std::string& key) {
    WriteBatch batch;
    batch.Delete(key);
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }

  std::vector<std::string> Check() {
    Findings findings;
    SAMKOER_EXPECT_OK(CheckSharedTables(store_, findings));
    std::vector<std::string> told;
    for (const Finding& finding : findings.kept()) {
      told.push_back(finding.place + ": " + finding.problem);
    }
    return told;
  }

  MemoryEngine engine_;
  const ValueSealer sealer_ = TestSealer();
  const CheckedStore store_{
      engine_, sealer_, StoreKind::kKeyd, TestIndexKey(), {}};
};

TEST_F(TableCheckTest, EveryTableThatBothServersHaveIsParsed) {
  const std::pair<std::string, const char*> rows[] = {
      {NumberKey(Table::kProposal, 9), "proposal 9: is malformed"},
      {AlarmKey("12345678"), "alarms: one is malformed"},
      {MetaKey("kek-rotation"), "note of the key rotation: is malformed"},
      {MetaKey("witness"), "note of the witnesses: is malformed"},
  };
  EXPECT_THAT(Check(), IsEmpty());
  for (const auto& [key, finding] : rows) {
    Seal(key, "\xff");
    EXPECT_THAT(Check(), ElementsAre(finding));
    Delete(key);
  }
  EXPECT_THAT(Check(), IsEmpty());
}

TEST_F(TableCheckTest, WhatDoesNotOpenIsPassedOverInAWalk) {
  Seal(NumberKey(Table::kPolicy, 1), "one");
  Put(NumberKey(Table::kPolicy, 2), "not sealed");
  Seal(NumberKey(Table::kPolicy, 3), "three");
  std::vector<std::string> seen;
  SAMKOER_EXPECT_OK(
      ForEachRow(store_, Table::kPolicy,
                 [&](std::string_view, std::string_view plaintext) {
                   seen.emplace_back(plaintext);
                 }));
  EXPECT_THAT(seen, ElementsAre("one", "three"));
}

TEST_F(TableCheckTest, AValueOfOneKeyIsOpenedOrMissing) {
  const std::string key = MetaKey("word");
  EXPECT_TRUE(absl::IsNotFound(ValueAt(store_, key).status()));
  Seal(key, "value");
  const auto value = ValueAt(store_, key);
  SAMKOER_ASSERT_OK(value.status());
  EXPECT_EQ(*value, "value");
}

}  // namespace
}  // namespace samkoer::storage
