#include "matcher/policy_validation.h"

#include <functional>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Policy;

struct Breakage {
  std::string path;
  std::function<void(Policy&)> how;
};

std::vector<Breakage> Breakages() {
  return {
      {"municipality", [](Policy& p) { p.clear_municipality(); }},
      {"municipality", [](Policy& p) { p.set_municipality("Viborg"); }},
      {"purpose", [](Policy& p) { p.set_purpose(std::string(65, 'a')); }},
      {"version", [](Policy& p) { p.set_version(0); }},
      {"departments", [](Policy& p) { p.clear_departments(); }},
      {"departments",
       [](Policy& p) {
         for (int i = 0; i < 1000; ++i) {
           *p.add_departments() = p.departments(0);
         }
       }},
      {"departments[1].id",
       [](Policy& p) { p.mutable_departments(1)->set_id("a b"); }},
      {"departments[3].id",
       [](Policy& p) { p.mutable_departments(3)->set_id("family"); }},
      {"departments[0].name",
       [](Policy& p) { p.mutable_departments(0)->set_name(""); }},
      {"departments[0].name",
       [](Policy& p) {
         p.mutable_departments(0)->set_name(std::string(101, 'x'));
       }},
      {"departments[0].name",
       [](Policy& p) { p.mutable_departments(0)->set_name("a\nb"); }},
      {"departments[0].kind",
       [](Policy& p) { p.mutable_departments(0)->clear_kind(); }},
      {"departments[0].kind",
       [](Policy& p) {
         p.mutable_departments(0)->set_kind(
             static_cast<samkoer::v1::UnitKind>(3));
       }},
      {"departments[0].units",
       [](Policy& p) { p.mutable_departments(0)->clear_units(); }},
      {"departments[2].units[1].name",
       [](Policy& p) {
         p.mutable_departments(2)->mutable_units(1)->set_name("Voksne");
       }},
      {"departments[2].units[0].name",
       [](Policy& p) {
         p.mutable_departments(2)->mutable_units(0)->set_name(
             std::string(65, 'x'));
       }},
      {"departments[2].units[0].kind",
       [](Policy& p) {
         p.mutable_departments(2)->mutable_units(0)->set_kind(
             static_cast<samkoer::v1::UnitKind>(9));
       }},
      {"departments[1].domains",
       [](Policy& p) { p.mutable_departments(1)->clear_domains(); }},
      {"departments[1].domains[0]",
       [](Policy& p) {
         p.mutable_departments(1)->set_domains(0,
                                               samkoer::v1::DOMAIN_UNSPECIFIED);
       }},
      {"departments[1].domains[0]",
       [](Policy& p) {
         p.mutable_departments(1)->set_domains(
             0, static_cast<samkoer::v1::Domain>(8));
       }},
      {"departments[2].domains[1]",
       [](Policy& p) {
         p.mutable_departments(2)->set_domains(1, samkoer::v1::DOMAIN_SOCIAL);
       }},
      {"legal_bases[0].id",
       [](Policy& p) { p.mutable_legal_bases(0)->clear_id(); }},
      {"legal_bases[1].id",
       [](Policy& p) { p.mutable_legal_bases(1)->set_id("main"); }},
      {"legal_bases[0].text",
       [](Policy& p) { p.mutable_legal_bases(0)->clear_text(); }},
      {"legal_bases[0].domains",
       [](Policy& p) { p.mutable_legal_bases(0)->clear_domains(); }},
      {"legal_bases[0].age_below",
       [](Policy& p) { p.mutable_legal_bases(0)->set_age_below(13); }},
      {"legal_bases[0].age_below",
       [](Policy& p) { p.mutable_legal_bases(0)->set_age_below(121); }},
      {"legal_bases[2].departments[0]",
       [](Policy& p) {
         p.mutable_legal_bases(2)->set_departments(0, "other");
       }},
      {"legal_bases[2].departments[1]",
       [](Policy& p) { p.mutable_legal_bases(2)->add_departments("social"); }},
      {"rules", [](Policy& p) { p.clear_rules(); }},
      {"rules[0].id", [](Policy& p) { p.mutable_rules(0)->set_id("Ø"); }},
      {"rules[1].id", [](Policy& p) { *p.add_rules() = p.rules(0); }},
      {"rules[0].text", [](Policy& p) { p.mutable_rules(0)->set_text(""); }},
      {"rules[0].age_below",
       [](Policy& p) { p.mutable_rules(0)->set_age_below(10); }},
      {"rules[0].at_least",
       [](Policy& p) { p.mutable_rules(0)->set_at_least(0); }},
      {"rules[0].at_least",
       [](Policy& p) { p.mutable_rules(0)->set_at_least(1); }},
      {"rules[0].at_least",
       [](Policy& p) { p.mutable_rules(0)->set_at_least(17); }},
      {"rules[0].count", [](Policy& p) { p.mutable_rules(0)->clear_count(); }},
      {"rules[0].criteria[0]",
       [](Policy& p) { p.mutable_rules(0)->add_criteria("a,b"); }},
      {"rules[0].criteria[0]",
       [](Policy& p) {
         p.mutable_rules(0)->add_criteria(std::string(33, 'a'));
       }},
      {"rules[0].criteria[1]",
       [](Policy& p) {
         p.mutable_rules(0)->add_criteria("a");
         p.mutable_rules(0)->add_criteria("a");
       }},
      {"rules[0].criteria[64]",
       [](Policy& p) {
         for (int i = 0; i < 65; ++i) {
           p.mutable_rules(0)->add_criteria(std::to_string(i));
         }
       }},
      {"coordination.routing[0].criteria[0]",
       [](Policy& p) {
         auto& routing = *p.mutable_coordination()->add_routing();
         routing.set_text("Førtidspension");
         routing.set_age_below(30);
         routing.set_department("family");
         routing.add_criteria("a,b");
       }},
      {"rules[0].effective_from",
       [](Policy& p) { p.mutable_rules(0)->set_effective_from("2026-02-30"); }},
      {"rules[0].effective_until",
       [](Policy& p) { p.mutable_rules(0)->set_effective_until("soon"); }},
      {"rules[0].effective_until",
       [](Policy& p) {
         p.mutable_rules(0)->set_effective_from("2026-11-02");
         p.mutable_rules(0)->set_effective_until("2026-11-02");
       }},
      {"retention", [](Policy& p) { p.clear_retention(); }},
      {"retention.closed_case_months",
       [](Policy& p) { p.mutable_retention()->set_closed_case_months(121); }},
      {"retention.ended_alert_months",
       [](Policy& p) { p.mutable_retention()->set_ended_alert_months(0); }},
      {"retention.ended_alert_months",
       [](Policy& p) { p.mutable_retention()->set_ended_alert_months(121); }},
      {"retention.domains[0].domain",
       [](Policy& p) { p.mutable_retention()->add_domains(); }},
      {"retention.domains[1].domain",
       [](Policy& p) {
         for (int i = 0; i < 2; ++i) {
           p.mutable_retention()->add_domains()->set_domain(
               samkoer::v1::DOMAIN_FAMILY);
         }
       }},
      {"retention.domains[0].closed_case_months",
       [](Policy& p) {
         auto& own = *p.mutable_retention()->add_domains();
         own.set_domain(samkoer::v1::DOMAIN_FAMILY);
         own.set_closed_case_months(121);
       }},
      {"retention.states[0].state",
       [](Policy& p) {
         auto& own = *p.mutable_retention()->add_states();
         own.set_state(samkoer::v1::ALERT_STATE_OFFERED);
         own.set_ended_alert_months(1);
       }},
      {"retention.states[1].state",
       [](Policy& p) {
         for (int i = 0; i < 2; ++i) {
           auto& own = *p.mutable_retention()->add_states();
           own.set_state(samkoer::v1::ALERT_STATE_CLOSED);
           own.set_ended_alert_months(1);
         }
       }},
      {"retention.states[0].ended_alert_months",
       [](Policy& p) {
         p.mutable_retention()->add_states()->set_state(
             samkoer::v1::ALERT_STATE_CLOSED);
       }},
      {"shrink_limit_percent",
       [](Policy& p) { p.set_shrink_limit_percent(0); }},
      {"shrink_limit_percent",
       [](Policy& p) { p.set_shrink_limit_percent(101); }},
      {"withhold_below", [](Policy& p) { p.set_withhold_below(1); }},
      {"withhold_below", [](Policy& p) { p.set_withhold_below(101); }},
      {"alarms.silent_days",
       [](Policy& p) { p.mutable_alarms()->set_silent_days(32); }},
  };
}

TEST(PolicyValidationTest, TheExampleIsSound) {
  EXPECT_FALSE(FindPolicyError(ExamplePolicy()).has_value());
}

TEST(PolicyValidationTest, EachBreakageIsFoundWhereItIs) {
  int number = 0;
  for (const Breakage& breakage : Breakages()) {
    Policy policy = ExamplePolicy();
    breakage.how(policy);
    const auto error = FindPolicyError(policy);
    ASSERT_TRUE(error.has_value()) << number << " " << breakage.path;
    EXPECT_EQ(error->path, breakage.path) << number << " " << error->problem;
    EXPECT_FALSE(error->problem.empty());
    ++number;
  }
}

TEST(PolicyValidationTest, WhatIsJustAllowedIsAllowed) {
  Policy policy = ExamplePolicy();
  policy.set_purpose(std::string(64, 'a'));
  policy.mutable_departments(0)->set_name(std::string(100, 'x'));
  policy.mutable_legal_bases(0)->set_age_from(0);
  policy.mutable_legal_bases(0)->set_age_below(120);
  policy.mutable_rules(0)->set_at_least(1);
  for (int i = 0; i < 64; ++i) {
    policy.mutable_rules(0)->add_criteria(std::to_string(i));
  }
  policy.mutable_rules(0)->set_effective_from("2026-11-02");
  policy.mutable_rules(0)->set_effective_until("2026-11-03");
  policy.mutable_retention()->set_closed_case_months(0);
  policy.set_shrink_limit_percent(100);
  EXPECT_FALSE(FindPolicyError(policy).has_value());
  policy.clear_legal_bases();
  EXPECT_FALSE(FindPolicyError(policy).has_value());
}

}  // namespace
}  // namespace samkoer::matcher
