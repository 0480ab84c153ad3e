#include "matcher/rules.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/matcher/example_policy.h"

namespace samkoer::matcher {
namespace {

using testing::ElementsAre;

const Day kDay = D("2026-11-02");

// An open case of somebody of 18 in the example policy's unit.
CaseFacts Case(const CompiledPolicy& policy, std::uint16_t unit) {
  CaseFacts facts;
  facts.unit = unit;
  facts.department = policy.units()[unit].department;
  facts.domain =
      static_cast<std::uint8_t>(policy.department(facts.department).domains(0));
  facts.authority = policy.units()[unit].authority;
  facts.open = true;
  facts.birth = M(200804);
  facts.opened = M(202504);
  return facts;
}

class RulesTest : public testing::Test {
 protected:
  samkoer::v1::PolicyRule& rule() { return *written_.mutable_rules(0); }
  CompiledPolicy policy() const { return Compiled(written_); }
  bool Holds(const std::vector<CaseFacts>& cases, Day day = kDay) const {
    return Evaluate(policy(), cases, day).has_value();
  }

  samkoer::v1::Policy written_ = ExamplePolicy();
  const CompiledPolicy plain_ = Compiled(ExamplePolicy());
  const CaseFacts family_ = Case(plain_, 0), tilbud_ = Case(plain_, 1),
                  jobs_ = Case(plain_, 2), social_ = Case(plain_, 3),
                  bolig_ = Case(plain_, 4), shelter_ = Case(plain_, 5);
};

TEST_F(RulesTest, TwoAuthorityDepartmentsMakeAMatch) {
  const std::vector<CaseFacts> cases = {family_, jobs_};
  const auto match = Evaluate(plain_, cases, kDay);
  ASSERT_TRUE(match.has_value());
  EXPECT_EQ(match->rule, 0);
  EXPECT_THAT(match->cases, ElementsAre(0, 1));
  EXPECT_FALSE(match->reasons.empty());
}

TEST_F(RulesTest, TwoCasesOfOneDepartmentDoNot) {
  EXPECT_FALSE(Holds({family_, family_}));
  EXPECT_FALSE(Holds({social_, bolig_}));
  EXPECT_FALSE(Holds({family_}));
  EXPECT_FALSE(Holds({}));
}

TEST_F(RulesTest, ProvidersAreKnownButNeitherCountNorTakePart) {
  EXPECT_FALSE(Holds({family_, shelter_}));
  EXPECT_FALSE(Holds({jobs_, tilbud_}));
  const std::vector<CaseFacts> cases = {shelter_, family_, tilbud_, jobs_};
  EXPECT_THAT(Evaluate(plain_, cases, kDay)->cases, ElementsAre(1, 3));
}

TEST_F(RulesTest, AnAuthorityUnitOfAProviderCounts) {
  EXPECT_TRUE(Holds({family_, Case(plain_, 6)}));
}

TEST_F(RulesTest, ClosedCasesDoNotCount) {
  CaseFacts closed = jobs_;
  closed.open = false;
  EXPECT_FALSE(Holds({family_, closed}));
}

TEST_F(RulesTest, ACaseThatOpensAfterTheMonthDoesNotCountYet) {
  CaseFacts future = jobs_;
  future.opened = M(202612);
  EXPECT_FALSE(Holds({family_, future}));
  EXPECT_TRUE(Holds({family_, future}, D("2026-12-02")));
  future.opened = M(202611);
  EXPECT_TRUE(Holds({family_, future}));
  future.opened = Month();
  EXPECT_TRUE(Holds({family_, future}));
}

TEST_F(RulesTest, AgesAreLenientInTheMonthOfTheBirthday) {
  const auto holds = [&](std::uint32_t birth) {
    CaseFacts a = family_, b = jobs_;
    a.birth = b.birth = M(birth);
    return Holds({a, b});
  };
  EXPECT_FALSE(holds(199610));
  EXPECT_TRUE(holds(199611));
  EXPECT_TRUE(holds(201111));
  EXPECT_FALSE(holds(201112));
}

TEST_F(RulesTest, EachCaseIsJudgedByItsOwnBirthMonth) {
  CaseFacts wrong = jobs_;
  wrong.birth = M(197004);
  EXPECT_FALSE(Holds({family_, wrong}));
  const std::vector<CaseFacts> cases = {family_, wrong, social_};
  EXPECT_THAT(Evaluate(plain_, cases, kDay)->cases, ElementsAre(0, 2));
}

TEST_F(RulesTest, ACaseWithoutABirthMonthNeverCounts) {
  CaseFacts unknown = jobs_;
  unknown.birth = Month();
  EXPECT_FALSE(Holds({family_, unknown}));
}

TEST_F(RulesTest, ACaseThatLostItsLegalBasisDoesNotCount) {
  written_.mutable_legal_bases(0)->mutable_domains()->RemoveLast();
  EXPECT_TRUE(Holds({family_, jobs_}));
  EXPECT_FALSE(Holds({family_, social_}));
  written_.mutable_legal_bases(0)->set_age_from(20);
  EXPECT_FALSE(Holds({family_, jobs_}));
}

TEST_F(RulesTest, SeparateLegalRangesAreEachHeld) {
  CaseFacts housing = bolig_;
  housing.domain = samkoer::v1::DOMAIN_HOUSING_ECONOMY;
  EXPECT_TRUE(Holds({family_, housing}));
  rule().set_age_below(60);
  written_.mutable_legal_bases(0)->set_age_below(60);
  const auto aged = [&](std::uint32_t birth) {
    CaseFacts a = family_, b = housing;
    a.birth = b.birth = M(birth);
    return Holds({a, b});
  };
  EXPECT_FALSE(aged(199504));
  EXPECT_TRUE(aged(198504));
  EXPECT_FALSE(aged(197504));
}

TEST_F(RulesTest, WhatThePolicyNoLongerKnowsDoesNotCount) {
  CaseFacts gone = jobs_;
  gone.department = kUnknownIndex;
  gone.unit = kUnknownIndex;
  EXPECT_FALSE(Holds({family_, gone}));
  gone = jobs_;
  gone.unit = kUnknownIndex;
  EXPECT_FALSE(Holds({family_, gone}));
  gone = jobs_;
  gone.domain = 200;
  EXPECT_FALSE(Holds({family_, gone}));
  gone = jobs_;
  gone.department = 4;
  EXPECT_FALSE(Holds({family_, gone}));
}

TEST_F(RulesTest, DomainsAreCountedAcrossOneDepartment) {
  CaseFacts housing = bolig_;
  housing.domain = samkoer::v1::DOMAIN_HOUSING_ECONOMY;
  EXPECT_FALSE(Holds({social_, housing}));
  rule().set_count(samkoer::v1::COUNT_BASIS_DOMAINS);
  EXPECT_TRUE(Holds({social_, housing}));
  EXPECT_FALSE(Holds({social_, bolig_}));
  EXPECT_FALSE(Holds({social_, Case(plain_, 6)}));
}

TEST_F(RulesTest, UnitsAreCountedAcrossOneDepartment) {
  rule().set_count(samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS);
  EXPECT_TRUE(Holds({social_, bolig_}));
  EXPECT_FALSE(Holds({social_, social_}));
  EXPECT_FALSE(Holds({family_, tilbud_}));
}

TEST_F(RulesTest, MoreThanTwoMayBeAskedFor) {
  rule().set_at_least(3);
  EXPECT_FALSE(Holds({family_, jobs_, jobs_}));
  EXPECT_TRUE(Holds({family_, jobs_, jobs_, social_}));
}

TEST_F(RulesTest, OneCountingCaseMustMeetACriterion) {
  rule().add_criteria("x");
  rule().add_criteria("y");
  EXPECT_FALSE(Holds({family_, jobs_}));
  CaseFacts met = jobs_;
  met.criteria = 2;
  EXPECT_TRUE(Holds({family_, met}));
  CaseFacts provider = shelter_;
  provider.criteria = 1;
  EXPECT_FALSE(Holds({family_, jobs_, provider}));
  rule().set_at_least(1);
  EXPECT_TRUE(Holds({met}));
  EXPECT_FALSE(Holds({jobs_}));
}

TEST_F(RulesTest, AnotherRulesCriterionDoesNot) {
  rule().add_criteria("x");
  auto& second = *written_.add_rules();
  second = rule();
  second.set_id("second");
  second.set_criteria(0, "y");
  CaseFacts met = jobs_;
  met.criteria = 2;
  const std::vector<CaseFacts> cases = {family_, met};
  EXPECT_EQ(Evaluate(policy(), cases, kDay)->rule, 1);
}

TEST_F(RulesTest, ACoordinatorExcludesWhereTheRuleSaysSo) {
  CaseFacts has = family_;
  has.coordinator_exists = true;
  EXPECT_TRUE(Holds({has, jobs_}));
  rule().set_exclude_coordinator_exists(true);
  EXPECT_TRUE(Holds({family_, jobs_}));
  EXPECT_FALSE(Holds({has, jobs_}));
  EXPECT_FALSE(Holds({jobs_, social_, has}));
}

TEST_F(RulesTest, AProviderMaySayThatThereIsACoordinator) {
  rule().set_exclude_coordinator_exists(true);
  CaseFacts provider = shelter_;
  provider.coordinator_exists = true;
  EXPECT_FALSE(Holds({family_, jobs_, provider}));
}

TEST_F(RulesTest, AClosedOrUnlawfulCaseDoesNotSaySo) {
  rule().set_exclude_coordinator_exists(true);
  CaseFacts says = social_;
  says.coordinator_exists = true;
  says.open = false;
  EXPECT_TRUE(Holds({family_, jobs_, says}));
  says.open = true;
  says.birth = M(197004);
  EXPECT_TRUE(Holds({family_, jobs_, says}));
}

TEST_F(RulesTest, RulesHoldOnTheirDaysOnly) {
  rule().set_effective_from("2026-11-02");
  rule().set_effective_until("2026-11-04");
  EXPECT_FALSE(Holds({family_, jobs_}, D("2026-11-01")));
  EXPECT_TRUE(Holds({family_, jobs_}, D("2026-11-02")));
  EXPECT_TRUE(Holds({family_, jobs_}, D("2026-11-03")));
  EXPECT_FALSE(Holds({family_, jobs_}, D("2026-11-04")));
}

TEST_F(RulesTest, TheFirstRuleThatHoldsWins) {
  auto& second = *written_.add_rules();
  second = rule();
  second.set_id("second");
  rule().set_at_least(3);
  std::vector<CaseFacts> cases = {family_, jobs_};
  EXPECT_EQ(Evaluate(policy(), cases, kDay)->rule, 1);
  cases.push_back(social_);
  EXPECT_EQ(Evaluate(policy(), cases, kDay)->rule, 0);
}

TEST_F(RulesTest, AnEvaluatorBeforeAnyoneWasBornFindsNobody) {
  EXPECT_FALSE(Holds({family_, jobs_}, D("1900-01-01")));
  EXPECT_FALSE(Holds({family_, jobs_}, D("1910-06-02")));
}

TEST_F(RulesTest, TimeChangesResultsByMonthOrByRule) {
  rule().set_effective_from("2026-11-20");
  const CompiledPolicy p = policy();
  EXPECT_FALSE(TimeMayChangeResults(p, D("2026-11-02"), D("2026-11-02")));
  EXPECT_FALSE(TimeMayChangeResults(p, D("2026-11-02"), D("2026-11-19")));
  EXPECT_TRUE(TimeMayChangeResults(p, D("2026-11-19"), D("2026-11-20")));
  EXPECT_TRUE(TimeMayChangeResults(p, D("2026-11-30"), D("2026-12-01")));
  EXPECT_TRUE(TimeMayChangeResults(p, D("2026-12-01"), D("2026-11-30")));
}

// The rules once more, as a person would check them on paper: ages by counting
// months one at a time, sets for what is counted, nothing prepared.
class Reference {
 public:
  Reference(const CompiledPolicy& policy, Day day)
      : policy_(policy), day_(day) {}

  std::optional<std::pair<int, std::vector<std::uint32_t>>> Match(
      const std::vector<CaseFacts>& cases) const {
    for (int r = 0; r < policy_.proto().rules_size(); ++r) {
      const auto& rule = policy_.proto().rules(r);
      const std::string today = day_.ToString();
      if (!rule.effective_from().empty() && today < rule.effective_from()) {
        continue;
      }
      if (!rule.effective_until().empty() && today >= rule.effective_until()) {
        continue;
      }
      std::vector<std::uint32_t> counting;
      std::set<std::string> counted;
      bool coordinator = false, criterion = rule.criteria().empty();
      for (std::uint32_t i = 0; i < cases.size(); ++i) {
        const CaseFacts& facts = cases[i];
        if (!facts.open || Future(facts) || !Lawful(facts)) continue;
        coordinator |= facts.coordinator_exists;
        if (!facts.authority ||
            !AgeFits(facts.birth, rule.age_from(), rule.age_below())) {
          continue;
        }
        counting.push_back(i);
        counted.insert(What(rule, facts));
        for (const std::string& code : rule.criteria()) {
          if (facts.criteria >> *policy_.CriterionBit(code) & 1) {
            criterion = true;
          }
        }
      }
      if (counted.size() >= rule.at_least() && criterion &&
          !(coordinator && rule.exclude_coordinator_exists())) {
        return std::pair(r, counting);
      }
    }
    return std::nullopt;
  }

 private:
  std::uint32_t Now() const { return day_.year() * 100 + day_.month(); }
  bool Future(const CaseFacts& facts) const {
    return facts.opened.ToYyyymm() > Now();
  }
  bool AgeFits(Month birth, std::uint32_t from, std::uint32_t below) const {
    std::uint32_t months = 0;
    for (std::uint32_t m = birth.ToYyyymm(); m < Now(); ++months) {
      m += m % 100 == 12 ? 89 : 1;
    }
    return birth.ToYyyymm() <= Now() && months >= from * 12 &&
           months <= below * 12;
  }
  bool Lawful(const CaseFacts& facts) const {
    if (facts.department >= policy_.proto().departments_size()) return false;
    if (facts.unit == kUnknownIndex) return false;
    const auto& department = policy_.department(facts.department);
    if (std::count(department.domains().begin(), department.domains().end(),
                   facts.domain) == 0) {
      return false;
    }
    for (const auto& basis : policy_.proto().legal_bases()) {
      const bool named =
          std::count(basis.domains().begin(), basis.domains().end(),
                     facts.domain) > 0 &&
          (basis.departments().empty() ||
           std::count(basis.departments().begin(), basis.departments().end(),
                      department.id()) > 0);
      if (named && AgeFits(facts.birth, basis.age_from(), basis.age_below())) {
        return true;
      }
    }
    return false;
  }
  std::string What(const samkoer::v1::PolicyRule& rule,
                   const CaseFacts& facts) const {
    switch (rule.count()) {
      case samkoer::v1::COUNT_BASIS_DOMAINS:
        return std::to_string(facts.domain);
      case samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS:
        return policy_.department(facts.department).id() + "/" +
               policy_.units()[facts.unit].name;
      default:
        return policy_.department(facts.department).id();
    }
  }

  const CompiledPolicy& policy_;
  const Day day_;
};

class RandomCases {
 public:
  explicit RandomCases(std::uint64_t seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % n); }
  bool OneIn(int n) { return Below(n) == 0; }

  samkoer::v1::Policy Policy() {
    samkoer::v1::Policy policy = ExamplePolicy();
    policy.clear_rules();
    for (int i = 0, n = 1 + Below(3); i < n; ++i) {
      auto& rule = *policy.add_rules();
      rule.set_id("r" + std::to_string(i));
      rule.set_text("t");
      rule.set_age_from(Below(20));
      rule.set_age_below(rule.age_from() + 1 + Below(20));
      rule.set_at_least(2 + Below(2));
      rule.set_count(static_cast<samkoer::v1::CountBasis>(1 + Below(3)));
      rule.set_exclude_coordinator_exists(OneIn(3));
      if (OneIn(3)) {
        rule.add_criteria("c" + std::to_string(Below(4)));
        rule.set_at_least(1 + Below(3));
      }
      if (OneIn(4)) rule.set_effective_from("2026-11-15");
      if (OneIn(4)) rule.set_effective_until("2026-11-20");
    }
    for (auto& basis : *policy.mutable_legal_bases()) {
      if (OneIn(2)) basis.set_age_from(Below(basis.age_below()));
      if (OneIn(4)) basis.add_domains(samkoer::v1::DOMAIN_CRIME_PREVENTION);
    }
    return policy;
  }

  CaseFacts Facts(const CompiledPolicy& policy, Month birth) {
    CaseFacts facts = Case(policy, static_cast<std::uint16_t>(Below(7)));
    const auto& domains = policy.department(facts.department).domains();
    facts.domain = static_cast<std::uint8_t>(domains[Below(domains.size())]);
    facts.open = !OneIn(4);
    facts.coordinator_exists = OneIn(10);
    facts.birth = OneIn(10) ? RandomMonth(1980, 35) : birth;
    facts.opened = OneIn(5) ? Month() : RandomMonth(2020, 8);
    facts.criteria = OneIn(2) ? 0 : 1u << Below(4);
    if (OneIn(30)) facts.unit = facts.department = kUnknownIndex;
    return facts;
  }

  Month RandomMonth(int year, int years) {
    return Month::FromCount(year * 12 + Below(years * 12));
  }

 private:
  std::mt19937_64 random_;
};

TEST(RulesRandomTest, ResultsEqualTheReference) {
  const char* given = std::getenv("SAMKOER_SEED");
  const std::uint64_t seed =
      given ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  std::cout << "SAMKOER_SEED=" << seed << "\n";
  RandomCases random(seed);
  int matches = 0;
  for (int round = 0; round < 300; ++round) {
    const CompiledPolicy policy = Compiled(random.Policy());
    const Day day = D("2026-11-01").AddDays(random.Below(60));
    const RuleEvaluator evaluator(policy, day);
    const Reference reference(policy, day);
    for (int person = 0; person < 60; ++person) {
      const Month birth = random.RandomMonth(1990, 30);
      std::vector<CaseFacts> cases(random.Below(6));
      for (CaseFacts& facts : cases) facts = random.Facts(policy, birth);
      const auto expected = reference.Match(cases);
      const auto match = evaluator.Evaluate(cases);
      ASSERT_EQ(match.has_value(), expected.has_value())
          << "round " << round << " person " << person;
      EXPECT_EQ(evaluator.FirstRule(cases), expected ? expected->first : -1);
      if (!expected) continue;
      ++matches;
      EXPECT_EQ(match->rule, expected->first);
      EXPECT_EQ(match->cases, expected->second);
    }
  }
  EXPECT_GT(matches, 100) << "the random cases no longer test much";
}

}  // namespace
}  // namespace samkoer::matcher
