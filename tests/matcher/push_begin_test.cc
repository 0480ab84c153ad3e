// What a push that begins again finds.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/key_layout.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::AUDIT_ACTION_PUSH_BEGUN;
using samkoer::v1::PUSH_KIND_DELTA;
using samkoer::v1::PUSH_KIND_SNAPSHOT;

std::vector<samkoer::v1::CaseRecord> Family(int count) {
  std::vector<samkoer::v1::CaseRecord> records;
  for (int i = 0; i < count; ++i) {
    records.push_back(MakeRecord("p" + std::to_string(i),
                                 "F-" + std::to_string(i), "Rådgivning",
                                 samkoer::v1::DOMAIN_FAMILY));
  }
  return records;
}

class PushBeginTest : public testing::Test {
 protected:
  PushBeginTest() { SAMKOER_EXPECT_OK(in_.Open()); }

  std::size_t PushesRemembered() {
    std::size_t count = 0;
    SAMKOER_EXPECT_OK(in_.store().Scan(
        storage::TablePrefix(storage::Table::kPush), "",
        [&](std::string_view, std::string_view) { return ++count > 0; }));
    return count;
  }

  Installation in_{ExamplePolicy()};
};

TEST_F(PushBeginTest, APushCommittedBeforeTheLastCannotBringItsDataBack) {
  const PushPlan older = in_.Plan("family", PUSH_KIND_SNAPSHOT, Family(6));
  SAMKOER_ASSERT_OK(in_.Push(older).status);
  in_.MustSnapshot("family", Family(5));
  // Its agent never got the commit's receipt, and comes back.
  EXPECT_TRUE(absl::IsAborted(in_.Push(older).status));
  in_.Restart();
  EXPECT_TRUE(absl::IsAborted(in_.Push(older).status));
  EXPECT_EQ(in_.matcher().Stats().records_held, 5u);
}

TEST_F(PushBeginTest, NightAfterNightTheStoreRemembersNoMorePushes) {
  for (int i = 0; i < 30; ++i) in_.MustSnapshot("family", Family(2));
  EXPECT_EQ(PushesRemembered(), 17u);
  in_.Restart();
  in_.MustSnapshot("family", Family(2));
  EXPECT_EQ(PushesRemembered(), 17u);
}

TEST_F(PushBeginTest, WhoLiftsTheGuardOfAnOpenPushStandsInTheLog) {
  in_.MustSnapshot("family", Family(10));
  PushPlan plan = in_.Plan("family", PUSH_KIND_SNAPSHOT, Family(2));
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.Push(plan).status));
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PUSH_BEGUN), 2u);
  plan.allow_shrink = true;
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PUSH_BEGUN), 3u);
  std::string detail;
  for (const auto& leaf : in_.Leaves()) {
    if (leaf.action() == AUDIT_ACTION_PUSH_BEGUN) detail = leaf.detail();
  }
  EXPECT_EQ(detail, "snapshot, may shrink");
}

TEST_F(PushBeginTest, GoingOnUnchangedIsNoNewBeginning) {
  PushPlan plan = in_.Plan("family", PUSH_KIND_DELTA, Family(2));
  plan.commit = false;
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  plan.commit = true;
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  EXPECT_EQ(in_.CountLeaves(AUDIT_ACTION_PUSH_BEGUN), 1u);
}

}  // namespace
}  // namespace samkoer::matcher
