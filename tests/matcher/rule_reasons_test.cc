#include "matcher/rule_reasons.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using testing::ElementsAre;

CaseFacts In(const CompiledPolicy& policy, std::uint16_t unit, int domain) {
  CaseFacts facts;
  facts.unit = unit;
  facts.department = policy.units()[unit].department;
  facts.domain = static_cast<std::uint8_t>(domain);
  return facts;
}

std::vector<std::string> Lines(const CompiledPolicy& policy,
                               const std::vector<CaseFacts>& cases) {
  std::vector<std::uint32_t> counting(cases.size());
  for (std::uint32_t i = 0; i < counting.size(); ++i) counting[i] = i;
  std::vector<std::string> lines;
  for (const auto& reason : RuleReasons(policy, 0, cases, counting)) {
    lines.push_back(reason.kind() + "|" + reason.text());
  }
  return lines;
}

TEST(RuleReasonsTest, DepartmentsAreNamedOnceInThePolicysOrder) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  EXPECT_THAT(
      Lines(policy, {In(policy, 3, 4), In(policy, 0, 3), In(policy, 4, 4)}),
      ElementsAre("rule|To afdelinger.", "age|Alder: fra 15 til og med 29 år",
                  "departments|Åbne sager i 2 myndighedsafdelinger: "
                  "Familieafdelingen; Social, voksne"));
}

TEST(RuleReasonsTest, DomainsAreNamedInDanish) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.mutable_rules(0)->set_count(samkoer::v1::COUNT_BASIS_DOMAINS);
  const CompiledPolicy policy = Compiled(written);
  EXPECT_EQ(Lines(policy, {In(policy, 2, 1), In(policy, 0, 3)})[2],
            "domains|Åbne sager i 2 områder: Beskæftigelse; Børn og familie");
}

TEST(RuleReasonsTest, UnitsAreNamedWithTheirDepartment) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.mutable_rules(0)->set_count(samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS);
  const CompiledPolicy policy = Compiled(written);
  EXPECT_EQ(Lines(policy, {In(policy, 4, 4), In(policy, 3, 4)})[2],
            "units|Åbne sager i 2 myndighedsenheder: Voksne (Social, voksne); "
            "Bolig (Social, voksne)");
}

TEST(RuleReasonsTest, CriteriaThatWereMetAreNamed) {
  samkoer::v1::Policy written = ExamplePolicy();
  auto& rule = *written.mutable_rules(0);
  rule.set_at_least(1);
  rule.set_age_below(16);
  for (const char* code : {"a", "b", "c"}) rule.add_criteria(code);
  auto& other = *written.add_rules();
  other = rule;
  other.set_id("other");
  other.add_criteria("d");
  const CompiledPolicy policy = Compiled(written);
  CaseFacts facts = In(policy, 2, 1);
  facts.criteria = 0b1101;
  EXPECT_THAT(
      Lines(policy, {facts}),
      ElementsAre("rule|To afdelinger.", "age|Alder: 15 år",
                  "departments|Åben sag i 1 myndighedsafdeling: Jobcenter",
                  "criterion|Kriterium opfyldt: a",
                  "criterion|Kriterium opfyldt: c"));
}

TEST(RuleReasonsTest, EveryDomainHasADanishName) {
  for (int i = samkoer::v1::Domain_MIN + 1; i <= samkoer::v1::Domain_MAX; ++i) {
    EXPECT_FALSE(DanishDomain(static_cast<samkoer::v1::Domain>(i)).empty());
  }
  EXPECT_EQ(DanishDomain(static_cast<samkoer::v1::Domain>(99)), "");
  EXPECT_EQ(DanishDomain(static_cast<samkoer::v1::Domain>(-1)), "");
}

}  // namespace
}  // namespace samkoer::matcher
