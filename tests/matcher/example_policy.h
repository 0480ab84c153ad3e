// A small sound policy for tests.
#ifndef SAMKOER_TESTS_MATCHER_EXAMPLE_POLICY_H_
#define SAMKOER_TESTS_MATCHER_EXAMPLE_POLICY_H_

#include <string>
#include <string_view>
#include <utility>

#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "matcher/calendar.h"
#include "matcher/policy.h"

namespace samkoer::matcher {

// Departments: 0 "family" (units 0 "Rådgivning", 1 "Tilbud", a provider),
// 1 "jobs" (unit 2 "Team Unge"), 2 "social" (units 3 "Voksne", 4 "Bolig"; two
// domains), 3 "shelter" (a provider; units 5 "Safranvej", 6 "Visitation", an
// authority). Legal bases: 13 to 30 for FAMILY, EMPLOYMENT and SOCIAL; 18 to 25
// and 40 to 50 for HOUSING_ECONOMY. One rule: 15 to 30, two departments.
inline samkoer::v1::Policy ExamplePolicy() {
  samkoer::v1::Policy policy;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(R"(
    municipality: "viborg" purpose: "ungeindsats" version: 3
    departments {
      id: "family" name: "Familieafdelingen" kind: UNIT_KIND_AUTHORITY
      units { name: "Rådgivning" }
      units { name: "Tilbud" kind: UNIT_KIND_PROVIDER }
      domains: DOMAIN_FAMILY
    }
    departments {
      id: "jobs" name: "Jobcenter" kind: UNIT_KIND_AUTHORITY
      units { name: "Team Unge" }
      domains: DOMAIN_EMPLOYMENT
    }
    departments {
      id: "social" name: "Social, voksne" kind: UNIT_KIND_AUTHORITY
      units { name: "Voksne" } units { name: "Bolig" }
      domains: DOMAIN_SOCIAL domains: DOMAIN_HOUSING_ECONOMY
    }
    departments {
      id: "shelter" name: "Botilbud" kind: UNIT_KIND_PROVIDER
      units { name: "Safranvej" }
      units { name: "Visitation" kind: UNIT_KIND_AUTHORITY }
      domains: DOMAIN_SOCIAL
    }
    legal_bases {
      id: "main" text: "Hjemmel" age_from: 13 age_below: 30
      domains: DOMAIN_FAMILY domains: DOMAIN_EMPLOYMENT domains: DOMAIN_SOCIAL
    }
    legal_bases {
      id: "housing" text: "Hjemmel" age_from: 18 age_below: 25
      domains: DOMAIN_HOUSING_ECONOMY
    }
    legal_bases {
      id: "housing-later" text: "Hjemmel" age_from: 40 age_below: 50
      domains: DOMAIN_HOUSING_ECONOMY departments: "social"
    }
    rules {
      id: "unge" text: "To afdelinger." age_from: 15 age_below: 30 at_least: 2
      count: COUNT_BASIS_AUTHORITY_DEPARTMENTS
    }
    retention { closed_case_months: 6 ended_alert_months: 12 }
    shrink_limit_percent: 20)",
                                                            &policy));
  return policy;
}

inline CompiledPolicy Compiled(samkoer::v1::Policy policy) {
  return CompiledPolicy::Compile(std::move(policy), "text").value();
}

inline Day D(std::string_view text) { return Day::Parse(text).value(); }
inline Month M(std::uint32_t yyyymm) { return Month::FromYyyymm(yyyymm); }

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_EXAMPLE_POLICY_H_
