#include "matcher/loop_state.h"

#include <gmock/gmock.h>

#include "storage/audit_leaf.h"
#include "tests/matcher/example_policy.h"
#include "tests/storage/store_testing.h"

namespace samkoer::matcher {
namespace {

TEST(LoopStateTest, AMadeLeafIsSound) {
  LoopState state;
  state.policy =
      std::make_shared<const CompiledPolicy>(Compiled(ExamplePolicy()));
  state.purpose = "ungeindsats";
  const Caller caller{"samkoer://viborg/coordinator/anna", "anna",
                      std::string(32, 'a')};
  auto leaf = state.MakeLeaf(absl::FromUnixMicros(1'700'000'000'000'001),
                             caller, samkoer::v1::AUDIT_ACTION_ALERTS_READ);
  AddCount(leaf, "alerts", 3);
  crypto::Hash16 one, two;
  one.fill(1);
  two.fill(2);
  SetSubjects(leaf, {two, one, two});
  SAMKOER_EXPECT_OK(storage::ValidateLeaf(leaf));
  EXPECT_EQ(leaf.purpose(), "ungeindsats");
  EXPECT_EQ(leaf.actor(), caller.uri);
  EXPECT_EQ(leaf.time().seconds(), 1'700'000'000);
  EXPECT_EQ(leaf.time().nanos(), 1000);
  EXPECT_THAT(leaf.subjects(), testing::ElementsAre(std::string(16, '\1'),
                                                    std::string(16, '\2')));
  EXPECT_EQ(leaf.counts(0).value(), 3u);
}

TEST(LoopStateTest, TimesBefore1970AreTimesToo) {
  const auto proto = ToProto(absl::FromUnixMicros(-1));
  EXPECT_EQ(proto.seconds(), -1);
  EXPECT_EQ(proto.nanos(), 999'999'000);
  EXPECT_EQ(ToMicros(absl::FromUnixMicros(-1)), -1);
  EXPECT_EQ(ToSeconds(absl::FromUnixMicros(1'999'999)), 1u);
}

}  // namespace
}  // namespace samkoer::matcher
