#include "matcher/permission.h"

#include <gmock/gmock.h>

#include <map>

#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;

// The example policy's legal basis ends at the 30th birthday; its day is in
// November 2026.
class PermissionTest : public testing::Test {
 protected:
  PermissionTest() {
    SAMKOER_EXPECT_OK(in_.Open());
    in_.MustSnapshot(
        "family",
        {MakeRecord("older", "F-1", "Rådgivning", DOMAIN_FAMILY, 199611),
         MakeRecord("younger", "F-2", "Rådgivning", DOMAIN_FAMILY, 199612)});
    in_.MustSnapshot("jobs", {MakeRecord("younger", "J-2", "Team Unge",
                                         DOMAIN_EMPLOYMENT, 199612)});
  }
  std::map<std::string, std::uint64_t> Sweep(const char* day) {
    in_.SetDay(day);
    SAMKOER_EXPECT_OK(in_.Sweep());
    std::map<std::string, std::uint64_t> counts;
    const auto leaves = in_.Leaves();
    for (const auto& count : leaves.back().counts()) {
      counts[count.name()] = count.value();
    }
    return counts;
  }

  Installation in_{ExamplePolicy()};
};

TEST_F(PermissionTest, WhoGrowsOutOfTheLegalBasisIsHeldNoLonger) {
  EXPECT_EQ(Sweep("2026-11-30")["records_withdrawn"], 0u);
  EXPECT_TRUE(in_.LookUp(PseudonymOf("older")).known());
  EXPECT_EQ(Sweep("2026-12-01")["records_withdrawn"], 1u);
  EXPECT_FALSE(in_.LookUp(PseudonymOf("older")).known());
  EXPECT_EQ(in_.matcher().Stats().records_held, 2u);
  EXPECT_EQ(in_.ActiveAlerts().size(), 1u);
  EXPECT_EQ(Sweep("2027-01-01")["records_withdrawn"], 2u);
  EXPECT_EQ(in_.matcher().Stats().records_held, 0u);
  EXPECT_TRUE(in_.ActiveAlerts().empty());
}

TEST_F(PermissionTest, AMonthThatPassedWhileItWasAwayIsCaughtUp) {
  in_.Close();
  in_.SetDay("2026-12-10");
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_FALSE(in_.LookUp(PseudonymOf("older")).known());
  EXPECT_TRUE(in_.LookUp(PseudonymOf("younger")).known());
}

TEST_F(PermissionTest, ACommitRepeatedAfterItsRecordsWentIsNotCalledHeld) {
  const PushPlan plan = in_.Plan(
      "family", samkoer::v1::PUSH_KIND_SNAPSHOT,
      {MakeRecord("older", "F-1", "Rådgivning", DOMAIN_FAMILY, 199611)});
  in_.policy().set_shrink_limit_percent(100);
  in_.policy().set_version(in_.policy().version() + 1);
  SAMKOER_ASSERT_OK(in_.ApplyPolicy());
  SAMKOER_ASSERT_OK(in_.Push(plan).status);
  Sweep("2026-12-01");
  const absl::Status over = in_.Push(plan).status;
  EXPECT_TRUE(absl::IsAborted(over)) << over;
}

}  // namespace
}  // namespace samkoer::matcher
