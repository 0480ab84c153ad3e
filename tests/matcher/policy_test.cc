#include "matcher/policy.h"

#include <string>

#include "absl/strings/escaping.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_CRIME_PREVENTION;
using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using samkoer::v1::DOMAIN_HOUSING_ECONOMY;
using samkoer::v1::DOMAIN_SOCIAL;
using samkoer::v1::DOMAIN_UNSPECIFIED;

constexpr std::uint16_t kSocial = 2;

TEST(PolicyTest, AnUnsoundPolicyIsNotCompiled) {
  samkoer::v1::Policy policy = ExamplePolicy();
  policy.mutable_departments(2)->set_id("Social");
  const auto compiled = CompiledPolicy::Compile(policy, "");
  EXPECT_EQ(compiled.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(compiled.status().message(),
            "departments[2].id: must be 1 to 64 of a-z, 0-9 and '-'");
}

TEST(PolicyTest, DepartmentsAndUnitsAreFoundByName) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  EXPECT_EQ(policy.FindDepartment("family"), 0);
  EXPECT_EQ(policy.FindDepartment("shelter"), 3);
  EXPECT_EQ(policy.FindDepartment("Family"), kUnknownIndex);
  EXPECT_EQ(policy.department(kSocial).name(), "Social, voksne");
  EXPECT_EQ(policy.FindUnit(kSocial, "Bolig"), 4);
  EXPECT_EQ(policy.FindUnit(0, "Bolig"), kUnknownIndex);
  EXPECT_EQ(policy.FindUnit(4, "Bolig"), kUnknownIndex);
  EXPECT_EQ(policy.FindUnit(kUnknownIndex, "Bolig"), kUnknownIndex);
  EXPECT_EQ(policy.units()[4].department, kSocial);
}

TEST(PolicyTest, AUnitIsAsItsDepartmentUnlessItSays) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  std::vector<bool> authority;
  for (const CompiledUnit& unit : policy.units()) {
    authority.push_back(unit.authority);
  }
  EXPECT_THAT(authority,
              testing::ElementsAre(true, false, true, true, true, false, true));
}

TEST(PolicyTest, OnlyADepartmentsOwnDomainsAreAllowed) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  EXPECT_TRUE(policy.DomainAllowed(kSocial, DOMAIN_HOUSING_ECONOMY));
  EXPECT_FALSE(policy.DomainAllowed(0, DOMAIN_SOCIAL));
  EXPECT_FALSE(policy.DomainAllowed(4, DOMAIN_SOCIAL));
  EXPECT_FALSE(policy.DomainAllowed(kSocial, DOMAIN_UNSPECIFIED));
  EXPECT_FALSE(
      policy.DomainAllowed(kSocial, static_cast<samkoer::v1::Domain>(8)));
  EXPECT_FALSE(
      policy.DomainAllowed(kSocial, static_cast<samkoer::v1::Domain>(-1)));
}

TEST(PolicyTest, TheMonthOfABirthdayCountsOnBothSides) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  const Month now = M(202611);
  const auto permitted = [&](std::uint32_t birth) {
    return policy.Permitted(0, DOMAIN_FAMILY, M(birth), now);
  };
  EXPECT_FALSE(permitted(199610));  // 30 since last month
  EXPECT_TRUE(permitted(199611));   // 30 some day of this month
  EXPECT_TRUE(permitted(201311));   // 13 some day of this month
  EXPECT_FALSE(permitted(201312));  // 12 all month
}

TEST(PolicyTest, NothingIsPermittedWithoutALegalBasis) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.mutable_departments(0)->add_domains(DOMAIN_CRIME_PREVENTION);
  const CompiledPolicy policy = Compiled(written);
  const Month now = M(202611);
  EXPECT_TRUE(policy.Permitted(0, DOMAIN_FAMILY, M(200604), now));
  EXPECT_FALSE(policy.Permitted(0, DOMAIN_CRIME_PREVENTION, M(200604), now));
  EXPECT_FALSE(policy.Permitted(0, DOMAIN_EMPLOYMENT, M(200604), now));
  EXPECT_FALSE(policy.Permitted(9, DOMAIN_FAMILY, M(200604), now));
  EXPECT_FALSE(policy.Permitted(0, DOMAIN_FAMILY, Month(), now));
  EXPECT_FALSE(policy.Permitted(0, DOMAIN_FAMILY, M(200604), Month()));
}

TEST(PolicyTest, AgesBetweenTwoBasesAreNotPermitted) {
  const CompiledPolicy policy = Compiled(ExamplePolicy());
  const auto permitted = [&](int age) {
    return policy.Permitted(kSocial, DOMAIN_HOUSING_ECONOMY,
                            M((2026 - age) * 100 + 4), M(202611));
  };
  EXPECT_FALSE(permitted(17));
  EXPECT_TRUE(permitted(18));
  EXPECT_TRUE(permitted(24));
  EXPECT_FALSE(permitted(25));
  EXPECT_FALSE(permitted(39));
  EXPECT_TRUE(permitted(40));
}

TEST(PolicyTest, ABasisMayBeForSomeDepartmentsOnly) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.mutable_legal_bases(0)->add_departments("jobs");
  const CompiledPolicy policy = Compiled(written);
  EXPECT_TRUE(policy.Permitted(1, DOMAIN_EMPLOYMENT, M(200604), M(202611)));
  EXPECT_FALSE(policy.Permitted(0, DOMAIN_FAMILY, M(200604), M(202611)));
}

TEST(PolicyTest, IntakeInfoListsDomainsWithJoinedAges) {
  samkoer::v1::Policy written = ExamplePolicy();
  auto& more = *written.add_legal_bases();
  more = written.legal_bases(1);
  more.set_id("adjoining");
  more.set_age_from(25);
  more.set_age_below(27);
  auto& inside = *written.add_legal_bases();
  inside = more;
  inside.set_id("inside");
  inside.set_age_from(20);
  inside.set_age_below(22);
  const auto permitted = Compiled(written).PermittedFor(kSocial);
  ASSERT_EQ(permitted.size(), 2u);
  EXPECT_EQ(permitted[0].ShortDebugString(),
            "domain: DOMAIN_SOCIAL ages { age_from: 13 age_below: 30 }");
  EXPECT_EQ(permitted[1].ShortDebugString(),
            "domain: DOMAIN_HOUSING_ECONOMY ages { age_from: 18 age_below: 27 "
            "} ages { age_from: 40 age_below: 50 }");
}

TEST(PolicyTest, IntakeInfoLeavesOutDomainsWithoutABasis) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.clear_legal_bases();
  EXPECT_TRUE(Compiled(written).PermittedFor(kSocial).empty());
  EXPECT_TRUE(Compiled(written).PermittedFor(kUnknownIndex).empty());
}

TEST(PolicyTest, CriteriaAreNumberedInTheOrderOfTheRules) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.mutable_rules(0)->add_criteria("b");
  written.mutable_rules(0)->add_criteria("a");
  auto& second = *written.add_rules();
  second = written.rules(0);
  second.set_id("second");
  second.clear_criteria();
  second.add_criteria("c");
  second.add_criteria("b");
  const CompiledPolicy policy = Compiled(written);
  EXPECT_THAT(policy.criteria(), testing::ElementsAre("b", "a", "c"));
  EXPECT_EQ(policy.CriterionBit("c"), 2);
  EXPECT_EQ(policy.CriterionBit("d"), std::nullopt);
  EXPECT_EQ(policy.rules()[0].criteria, 3u);
  EXPECT_EQ(policy.rules()[1].criteria, 5u);
}

TEST(PolicyTest, ACodeOfTheRoutingIsTakenInAndMakesNoAlert) {
  samkoer::v1::Policy written = ExamplePolicy();
  written.mutable_rules(0)->add_criteria("b");
  auto& routing = *written.mutable_coordination()->add_routing();
  routing.set_text("Førtidspension");
  routing.set_age_below(30);
  routing.set_department("family");
  routing.add_criteria("pension");
  routing.add_criteria("b");
  const CompiledPolicy policy = Compiled(written);
  EXPECT_THAT(policy.criteria(), testing::ElementsAre("b", "pension"));
  EXPECT_EQ(policy.CriterionBit("pension"), 1);
  EXPECT_EQ(policy.rules()[0].criteria, 1u);
}

TEST(PolicyTest, TheDigestIsTheTextsSha256) {
  const auto policy = CompiledPolicy::Compile(ExamplePolicy(), "abc").value();
  EXPECT_EQ(policy.text(), "abc");
  EXPECT_EQ(absl::BytesToHexString(
                std::string(policy.digest().begin(), policy.digest().end())),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(PolicyTest, ACopyStandsAlone) {
  auto first = std::make_unique<CompiledPolicy>(Compiled(ExamplePolicy()));
  const CompiledPolicy copy = *first;
  first.reset();
  EXPECT_EQ(copy.FindDepartment("jobs"), 1);
  EXPECT_EQ(copy.FindUnit(1, "Team Unge"), 2);
}

}  // namespace
}  // namespace samkoer::matcher
