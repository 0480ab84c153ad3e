#include "matcher/block_writer.h"

#include "storage/alert_table.h"
#include "storage/key_layout.h"
#include "storage/person_table.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;
using storage::ValueOf;

class BlockWriterTest : public StateFixture {
 protected:
  std::vector<storage::StoredPerson> Persons(std::uint64_t block) {
    const std::string key = NumberKey(Table::kPersonBlock, block);
    return ValueOf(storage::DecodePersonBlock(
        ValueOf(sealer_.OpenSecret(key, ValueOf(engine_.Get(key))))));
  }
  std::vector<storage::StoredAlert> Alerts(std::uint64_t block) {
    const std::string key = NumberKey(Table::kAlert, block);
    return ValueOf(storage::DecodeAlertBlock(
        block, ValueOf(sealer_.Open(key, ValueOf(engine_.Get(key))))));
  }
  bool Has(Table table, std::uint64_t block) {
    return engine_.Get(NumberKey(table, block)).ok();
  }
  std::size_t Pending() { return tx_.writes().Take().operations().size(); }
};

TEST_F(BlockWriterTest, PersonsAndAlertsStandInTheirBlocks) {
  AddPersons(0, 99);
  Write();
  ASSERT_EQ(Persons(0).size(), 64u);
  ASSERT_EQ(Persons(1).size(), 36u);
  for (const auto& stored : Persons(1)) {
    const Person& person = state_.index.person(64 + stored.slot);
    EXPECT_EQ(stored.person_key, person.person_key);
    EXPECT_TRUE(crypto::AsText(stored.data_key.Expose()) ==
                crypto::AsText(person.data_key.Expose()));
  }
  // Alerts are numbered from 1.
  ASSERT_EQ(Alerts(0).size(), 63u);
  ASSERT_EQ(Alerts(1).size(), 37u);
  for (const auto& stored : Alerts(1)) {
    const AlertInfo& info = *state_.index.FindAlert(stored.person);
    EXPECT_EQ(stored.number, info.number);
    EXPECT_EQ(stored.alert_id, info.id);
    EXPECT_EQ(stored.match_digest, info.match_digest);
    EXPECT_EQ(stored.place.page, info.place.page);
    EXPECT_EQ(stored.departments, info.departments);
    EXPECT_EQ(stored.subject_id,
              state_.index.person(stored.person).subject_id());
  }
}

TEST_F(BlockWriterTest, WhatDidNotChangeIsNotWrittenAgain) {
  AddPersons(0, 99);
  Write();
  WriteDirtyBlocks(state_, tx_);
  EXPECT_EQ(Pending(), 0u);
  AddPersons(100, 100);
  Pending();  // its segment and feed entry
  WriteDirtyBlocks(state_, tx_);
  EXPECT_EQ(Pending(), 2u);  // the second block of either
}

TEST_F(BlockWriterTest, WhoIsGoneIsNotInTheBlockAndAnEmptyBlockIsNotThere) {
  {
    RecordChanges changes(state_, tx_);
    for (int n = 0; n < 65; ++n) {
      UpsertFamily(changes, "p" + std::to_string(n), "F-" + std::to_string(n));
    }
    Finish(changes);
  }
  Write();
  ASSERT_TRUE(Has(Table::kPersonBlock, 1));
  {
    RecordChanges changes(state_, tx_);
    changes.Withdraw(state_.index.person(PersonOf("p3")).first_record);
    changes.Withdraw(state_.index.person(PersonOf("p64")).first_record);
    EXPECT_EQ(Finish(changes).persons_gone, 2u);
  }
  Write();
  EXPECT_EQ(Persons(0).size(), 63u);
  EXPECT_EQ(Persons(0)[3].slot, 4);
  EXPECT_FALSE(Has(Table::kPersonBlock, 1));
}

}  // namespace
}  // namespace samkoer::matcher
