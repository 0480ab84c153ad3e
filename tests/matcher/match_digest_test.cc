#include "matcher/match_digest.h"

#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

std::vector<crypto::Hash16> Digests(const samkoer::v1::Policy& policy) {
  return RuleDigests(Compiled(policy));
}

TEST(MatchDigestTest, EveryRuleHasItsOwn) {
  samkoer::v1::Policy policy = ExamplePolicy();
  *policy.add_rules() = policy.rules(0);
  policy.mutable_rules(1)->set_id("other");
  const auto digests = Digests(policy);
  ASSERT_EQ(digests.size(), 2u);
  EXPECT_NE(digests[0], digests[1]);
  EXPECT_NE(digests[0], crypto::Hash16{});
}

TEST(MatchDigestTest, AVersionAloneIsNoDifference) {
  samkoer::v1::Policy policy = ExamplePolicy();
  policy.set_version(99);
  EXPECT_EQ(Digests(policy), Digests(ExamplePolicy()));
}

TEST(MatchDigestTest, WhatAnAlertShowsIsADifference) {
  samkoer::v1::Policy name = ExamplePolicy();
  name.mutable_departments(0)->set_name("Børn");
  EXPECT_NE(Digests(name), Digests(ExamplePolicy()));
  samkoer::v1::Policy text = ExamplePolicy();
  text.mutable_rules(0)->set_text("Andre ord.");
  EXPECT_NE(Digests(text), Digests(ExamplePolicy()));
  samkoer::v1::Policy age = ExamplePolicy();
  age.mutable_rules(0)->set_age_from(14);
  EXPECT_NE(Digests(age), Digests(ExamplePolicy()));
}

}  // namespace
}  // namespace samkoer::matcher
