#include "matcher/coordination_rules.h"

#include <gmock/gmock.h>

#include <functional>

#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::CoordinationPolicy;
using testing::ElementsAre;

std::string Wrong(const std::function<void(CoordinationPolicy&)>& change) {
  auto policy = ExamplePolicy();
  change(*policy.mutable_coordination());
  const auto error = FindCoordinationError(policy);
  return error ? error->path : "";
}

TEST(CoordinationRulesTest, WithoutAPolicyTheDefaultsHoldAndNothingIsGiven) {
  const auto policy = ExamplePolicy();
  const CoordinationRules rules(policy);
  EXPECT_FALSE(rules.given);
  EXPECT_THAT(rules.transition_ages, ElementsAre(18u, 25u, 30u));
  EXPECT_EQ(rules.conference_rhythm_days, 14u);
  EXPECT_EQ(rules.conference_cases, 12u);
  EXPECT_FALSE(FindCoordinationError(policy));
}

TEST(CoordinationRulesTest, WhatThePolicySaysComesBeforeTheDefaults) {
  auto policy = ExamplePolicy();
  auto& coordination = *policy.mutable_coordination();
  coordination.add_transition_ages(25);
  coordination.add_transition_ages(15);
  coordination.set_conference_cases(10);
  const CoordinationRules rules(policy);
  EXPECT_TRUE(rules.given);
  EXPECT_THAT(rules.transition_ages, ElementsAre(15u, 25u));
  EXPECT_EQ(rules.conference_cases, 10u);
  EXPECT_EQ(rules.transition_months, 6u);
  EXPECT_EQ(rules.DepartmentName("jobs"), "Jobcenter");
  EXPECT_EQ(rules.DepartmentName("nobody"), "");
}

TEST(CoordinationRulesTest, ABirthdaysMonthCountsOnBothSides) {
  const auto policy = ExamplePolicy();
  const CoordinationRules rules(policy);
  EXPECT_FALSE(rules.OldEnoughForContactPerson(M(201312), M(202611)));
  EXPECT_TRUE(rules.OldEnoughForContactPerson(M(201311), M(202611)));
  EXPECT_FALSE(rules.TooOldForContactPerson(M(200111), M(202611)));
  EXPECT_TRUE(rules.TooOldForContactPerson(M(200110), M(202611)));
  EXPECT_TRUE(rules.OldEnoughForContactPerson(Month(), M(202611)));
  EXPECT_FALSE(rules.TooOldForContactPerson(Month(), M(202611)));
}

TEST(CoordinationRulesTest, AnEmptyPolicyIsSound) {
  EXPECT_EQ(Wrong([](CoordinationPolicy&) {}), "");
}

TEST(CoordinationRulesTest, EachFieldsBoundIsHeld) {
  EXPECT_EQ(Wrong([](auto& c) { c.add_transition_ages(121); }),
            "coordination.transition_ages");
  EXPECT_EQ(Wrong([](auto& c) {
              c.add_transition_ages(18);
              c.add_transition_ages(18);
            }),
            "coordination.transition_ages");
  EXPECT_EQ(Wrong([](auto& c) { c.set_transition_months(25); }),
            "coordination.transition_months");
  EXPECT_EQ(Wrong([](auto& c) { c.set_school_ends_age(9); }),
            "coordination.school_ends_age");
  EXPECT_EQ(Wrong([](auto& c) { c.set_school_ends_month(13); }),
            "coordination.school_ends_month");
  EXPECT_EQ(Wrong([](auto& c) { c.set_offer_days(4000); }),
            "coordination.offer_days");
  EXPECT_EQ(Wrong([](auto& c) { c.set_contact_person_from(25); }),
            "coordination.contact_person_below");
  EXPECT_EQ(Wrong([](auto& c) { c.set_conference_rhythm_days(367); }),
            "coordination.conference_rhythm_days");
  EXPECT_EQ(Wrong([](auto& c) { c.set_conference_cases(51); }),
            "coordination.conference_cases");
  EXPECT_EQ(Wrong([](auto& c) { c.set_conference_minutes(9); }),
            "coordination.conference_minutes");
  EXPECT_EQ(Wrong([](auto& c) {
              c.add_significance(samkoer::v1::DOMAIN_FAMILY);
              c.add_significance(samkoer::v1::DOMAIN_FAMILY);
            }),
            "coordination.significance");
}

TEST(CoordinationRulesTest, ARouteLeadsToWhatThePolicyHas) {
  const auto route = [](CoordinationPolicy& c) {
    auto* rule = c.add_routing();
    rule->set_text("Under 18");
    rule->set_age_below(18);
    rule->set_department("family");
    return rule;
  };
  EXPECT_EQ(Wrong([&](auto& c) { route(c); }), "");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->set_unit("Rådgivning"); }), "");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->set_unit("Team Unge"); }),
            "coordination.routing[0].unit");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->set_department("nobody"); }),
            "coordination.routing[0].department");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->set_text(""); }),
            "coordination.routing[0].text");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->set_age_from(18); }),
            "coordination.routing[0].age_below");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->set_only_domains(true); }),
            "coordination.routing[0].only_domains");
  EXPECT_EQ(Wrong([&](auto& c) { route(c)->add_criteria("early-pension"); }),
            "");
}

TEST(CoordinationRulesTest, AWrongPolicyDoesNotCompile) {
  auto policy = ExamplePolicy();
  policy.mutable_coordination()->set_transition_months(25);
  const auto compiled = CompiledPolicy::Compile(policy, "text");
  EXPECT_TRUE(absl::IsInvalidArgument(compiled.status()));
  EXPECT_NE(compiled.status().message().find("coordination.transition_months"),
            absl::string_view::npos);
}

}  // namespace
}  // namespace samkoer::matcher
