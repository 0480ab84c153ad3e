#include "storage/month_check.h"

#include <gmock/gmock.h>

#include <vector>

#include "storage/feed_id.h"
#include "storage/key_layout.h"
#include "storage/matcher_state.h"
#include "storage/month_table.h"
#include "tests/storage/memory_engine.h"
#include "tests/storage/store_testing.h"

namespace samkoer::storage {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::uint64_t kMay = 2026 * 12 + 4;

// Two months, the second of which runs.
class MonthCheckTest : public testing::Test {
 protected:
  MonthCheckTest() {
    MatcherState state;
    state.next_alert = 9;
    Seal(MetaKey(kMatcherStateWord), EncodeMatcherState(state));
    first_.ended = true;
    first_.first_alert = 1;
    first_.end_alert = 5;
    second_.first_alert = 5;
    Write();
  }
  void Seal(const std::string& key, std::string_view plaintext) {
    WriteBatch batch;
    batch.Put(key, sealer_.Seal(key, plaintext));
    SAMKOER_ASSERT_OK(engine_.Write(batch));
  }
  void Write() {
    Seal(NumberKey(Table::kMonth, kMay), EncodeMonth(first_));
    Seal(NumberKey(Table::kMonth, kMay + 1), EncodeMonth(second_));
  }
  std::vector<std::string> Places() {
    Findings findings;
    SAMKOER_EXPECT_OK(CheckMonths(
        {engine_, sealer_, StoreKind::kMatcher, TestIndexKey(), {}}, findings));
    std::vector<std::string> places;
    for (const Finding& finding : findings.kept()) {
      places.push_back(finding.place);
    }
    return places;
  }

  MemoryEngine engine_;
  const ValueSealer sealer_ = TestSealer();
  StoredMonth first_, second_;
};

TEST_F(MonthCheckTest, ASoundStoreAndOneWithoutMonthsHaveNoFindings) {
  Seal(MetaKey(kFeedIdWord), EncodeFeedId(NewFeedId()));
  EXPECT_THAT(Places(), IsEmpty());
  WriteBatch batch;
  batch.Delete(NumberKey(Table::kMonth, kMay));
  batch.Delete(NumberKey(Table::kMonth, kMay + 1));
  SAMKOER_ASSERT_OK(engine_.Write(batch));
  EXPECT_THAT(Places(), IsEmpty());
}

TEST_F(MonthCheckTest, AMonthThatIsMissingIsFound) {
  Seal(NumberKey(Table::kMonth, kMay + 3), EncodeMonth(second_));
  EXPECT_THAT(Places(), ElementsAre("month 2026-8"));
}

TEST_F(MonthCheckTest, MonthsThatDoNotFollowEachOtherAreFound) {
  second_.first_alert = 6;
  Write();
  EXPECT_THAT(Places(), ElementsAre("month 2026-6"));
  second_ = {};
  second_.first_alert = 5;
  first_ = {};
  Write();
  EXPECT_THAT(Places(), ElementsAre("month 2026-5"));
  first_.ended = second_.ended = true;
  first_.end_alert = second_.end_alert = 5;
  Write();
  EXPECT_THAT(Places(), ElementsAre("month 2026-6"));
}

TEST_F(MonthCheckTest, AlertsThatWereNotMadeAreFound) {
  first_.end_alert = second_.first_alert = 10;
  Write();
  EXPECT_THAT(Places(), ElementsAre("month 2026-5", "month 2026-6"));
}

TEST_F(MonthCheckTest, WhatIsMalformedIsFound) {
  first_.statistics = "\xff";
  Write();
  EXPECT_THAT(Places(), ElementsAre("month 2026-5"));
  first_.statistics.clear();
  Write();
  Seal(MetaKey(kFeedIdWord), "\x01");
  EXPECT_THAT(Places(), ElementsAre("id of the feed"));
}

}  // namespace
}  // namespace samkoer::storage
