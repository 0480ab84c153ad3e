#include "matcher/head_upgrade.h"

#include <gtest/gtest.h>

#include "matcher/recovery.h"
#include "matcher/transaction.h"
#include "storage/alert_table.h"
#include "tests/matcher/coordination_fixture.h"

namespace samkoer::matcher {
namespace {

using storage::NumberKey;
using storage::Table;
using storage::ValueOf;

class HeadUpgradeTest : public CoordinationTest {
 protected:
  // What an older program would have written in place of each block.
  void Rewrite(const std::function<std::string(std::string plaintext)>& older) {
    storage::WriteBatch batch;
    SAMKOER_ASSERT_OK(in_.store().Scan(
        storage::TablePrefix(Table::kAlert), "",
        [&](std::string_view key, std::string_view value) {
          batch.Put(std::string(key),
                    in_.sealer().Seal(
                        key, older(ValueOf(in_.sealer().Open(key, value)))));
          return true;
        }));
    SAMKOER_ASSERT_OK(in_.store().Write(batch));
  }
  // With all flags but that every alert has been matched, and no departments
  // but the first: as long as before.
  static std::string Poorer(const std::string& plaintext) {
    auto heads = ValueOf(storage::DecodeAlertBlock(0, plaintext));
    for (auto& head : heads) {
      head.flags = storage::kAlertMatched;
      head.departments.resize(
          std::min<std::size_t>(head.departments.size(), 1));
    }
    return storage::EncodeAlertBlock(heads);
  }
  std::size_t WithFlag(void (samkoer::v1::ListAlertsRequest::*set)(bool)) {
    samkoer::v1::ListAlertsRequest request;
    (request.*set)(true);
    return Listed(request);
  }
  std::vector<std::string> Blocks() {
    std::vector<std::string> blocks;
    SAMKOER_EXPECT_OK(in_.store().Scan(
        storage::TablePrefix(Table::kAlert), "",
        [&](std::string_view key, std::string_view value) {
          blocks.push_back(ValueOf(in_.sealer().Open(key, value)));
          return true;
        }));
    return blocks;
  }
};

TEST_F(HeadUpgradeTest, AnOlderStoresListsMissNothingFromTheStart) {
  for (int i = 0; i < 130; ++i) {
    const std::string person = "u" + std::to_string(i);
    family_.push_back(Family(person, "F-" + person));
    jobs_.push_back(Jobs(person, "J-" + person));
  }
  in_.MustSnapshot("family", family_);
  in_.MustSnapshot("jobs", jobs_);
  for (const char* person : {"u0", "u64", "u129"}) {
    SAMKOER_ASSERT_OK(Nominate("family", std::string("F-") + person).status());
    SAMKOER_ASSERT_OK(Take(AlertOf(person).alert_id(), Guide()).status());
  }
  const auto blocks = Blocks();
  const auto feed = in_.Feed().size();
  ASSERT_EQ(blocks.size(), 3u);
  in_.Close();
  for (const char version : {'\2', '\3'}) {
    Rewrite([&](const std::string& plaintext) {
      std::string older = Poorer(plaintext);
      older[0] = version;
      if (version == '\2') {
        older.erase(1, 1);
      } else {
        older[1] = 1;  // only what is matched
      }
      return older;
    });
    ASSERT_NE(Blocks(), blocks);
    SAMKOER_ASSERT_OK(in_.Open());
    EXPECT_EQ(Blocks(), blocks) << int{version};
    EXPECT_EQ(WithFlag(&samkoer::v1::ListAlertsRequest::set_nominated_only),
              3u);
    EXPECT_EQ(WithFlag(&samkoer::v1::ListAlertsRequest::set_without_guide),
              127u);
    samkoer::v1::ListAlertsRequest jobs;
    jobs.set_department("jobs");
    EXPECT_EQ(Listed(jobs), 130u);
    EXPECT_EQ(facade().GetOverview(Installation::Coordinator())->guides_size(),
              2);
    // Nobody is told of what has not changed.
    EXPECT_EQ(in_.Feed().size(), feed);
    in_.Close();
  }
  SAMKOER_ASSERT_OK(in_.Open());
}

TEST_F(HeadUpgradeTest, ABlockThatKnowsAllFlagsIsLeftAsItIs) {
  MatchOf();
  in_.Close();
  Rewrite(Poorer);
  const auto blocks = Blocks();
  LoopState state;
  state.store = &in_.store();
  state.sealer = &in_.sealer();
  state.match_key = storage::TestKey(42);
  SAMKOER_ASSERT_OK(LoadState(state));
  EXPECT_TRUE(state.old_heads.empty());
  Transaction tx(in_.store());
  SAMKOER_ASSERT_OK(UpgradeHeads(state, tx));
  EXPECT_TRUE(state.dirty_alert_blocks.empty());
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(Blocks(), blocks);
}

// By itself: no leaf need be in the same write.
TEST_F(HeadUpgradeTest, WhatIsBroughtUpToDateIsInTheWrite) {
  MatchOf();
  in_.Close();
  const auto blocks = Blocks();
  Rewrite([](std::string plaintext) {
    plaintext = Poorer(plaintext);
    plaintext[1] = 0;
    return plaintext;
  });
  LoopState state;
  state.store = &in_.store();
  state.sealer = &in_.sealer();
  state.match_key = storage::TestKey(42);
  SAMKOER_ASSERT_OK(LoadState(state));
  ASSERT_EQ(state.old_heads.size(), 1u);
  Transaction tx(in_.store());
  SAMKOER_ASSERT_OK(UpgradeHeads(state, tx));
  EXPECT_TRUE(state.old_heads.empty());
  EXPECT_TRUE(state.dirty_alert_blocks.empty());
  SAMKOER_ASSERT_OK(in_.store().Write(tx.writes().Take()));
  EXPECT_EQ(Blocks(), blocks);
}

TEST_F(HeadUpgradeTest, AnOldHeadWithoutItsAlertIsDataLoss) {
  MatchOf();
  in_.Close();
  Rewrite([](std::string plaintext) {
    plaintext[1] = 0;
    return plaintext;
  });
  storage::WriteBatch batch;
  batch.Delete(NumberKey(Table::kFeed, 1));
  SAMKOER_ASSERT_OK(in_.store().Write(batch));
  EXPECT_FALSE(in_.Open().ok());
}

}  // namespace
}  // namespace samkoer::matcher
