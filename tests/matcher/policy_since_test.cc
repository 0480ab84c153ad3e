#include "matcher/policy_since.h"

#include <gtest/gtest.h>

#include "storage/key_layout.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

using storage::ValueOf;

class PolicySinceTest : public StateFixture {};

TEST_F(PolicySinceTest, ThePolicyIsInForceSinceItWasApplied) {
  EXPECT_EQ(ValueOf(LoadPolicySince(state_, tx_)),
            absl::FromUnixSeconds(1'800'000'000));
  samkoer::v1::Policy next = ExamplePolicy();
  next.set_version(4);
  tx_.set_now(absl::FromUnixSeconds(1'800'000'500));
  SAMKOER_EXPECT_OK(ChangePolicy(
      state_, tx_, std::make_shared<const CompiledPolicy>(Compiled(next))));
  Write();
  EXPECT_EQ(ValueOf(LoadPolicySince(state_, tx_)),
            absl::FromUnixSeconds(1'800'000'500));
}

TEST_F(PolicySinceTest, NothingIsSaidOfAVersionThatNobodyNoted) {
  state_.state.policy_version = 9;
  EXPECT_EQ(ValueOf(LoadPolicySince(state_, tx_)), std::nullopt);
}

TEST_F(PolicySinceTest, ADamagedNoteIsRefused) {
  const std::string key = storage::MetaKey(kPolicySinceWord);
  tx_.writes().Put(key, sealer_.Seal(key, std::string("\1\0", 2)));
  EXPECT_TRUE(absl::IsDataLoss(LoadPolicySince(state_, tx_).status()));
  tx_.writes().Put(key, sealer_.Seal(key, std::string("\2")));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(LoadPolicySince(state_, tx_).status()));
}

}  // namespace
}  // namespace samkoer::matcher
