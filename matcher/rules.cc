#include "matcher/rules.h"

#include <algorithm>
#include <array>
#include <limits>

#include "matcher/rule_reasons.h"

namespace samkoer::matcher {
namespace {

// Different values up to `enough`, without allocating. policy.proto allows no
// rule to ask for more than 16.
class FewDistinct {
 public:
  explicit FewDistinct(std::uint32_t enough)
      : enough_(std::min<std::uint32_t>(enough, kMost)) {}

  void Add(std::uint16_t value) {
    if (Enough()) return;
    const auto end = seen_.begin() + count_;
    if (std::find(seen_.begin(), end, value) == end) seen_[count_++] = value;
  }
  bool Enough() const { return count_ >= enough_; }

 private:
  static constexpr std::uint32_t kMost = 16;
  std::array<std::uint16_t, kMost> seen_;
  std::uint32_t count_ = 0;
  std::uint32_t enough_;
};

std::uint16_t WhatCounts(samkoer::v1::CountBasis basis,
                         const CaseFacts& facts) {
  switch (basis) {
    case samkoer::v1::COUNT_BASIS_DOMAINS:
      return facts.domain;
    case samkoer::v1::COUNT_BASIS_AUTHORITY_UNITS:
      return facts.unit;
    default:
      return facts.department;
  }
}

bool Effective(const CompiledRule& rule, Day day) {
  return (!rule.from || *rule.from <= day) &&
         (!rule.until || day < *rule.until);
}

}  // namespace

RuleEvaluator::RuleEvaluator(const CompiledPolicy& policy, Day day)
    : policy_(&policy),
      month_(day.InMonth()),
      fewest_cases_(std::numeric_limits<std::size_t>::max()) {
  const int departments = policy.proto().departments_size();
  lawful_start_.reserve(departments * kDomainCount + 1);
  for (int d = 0; d < departments; ++d) {
    for (std::size_t domain = 0; domain < kDomainCount; ++domain) {
      lawful_start_.push_back(static_cast<std::uint32_t>(lawful_.size()));
      for (const auto& ages :
           policy.PermittedAges(static_cast<std::uint16_t>(d),
                                static_cast<samkoer::v1::Domain>(domain))) {
        lawful_.push_back(BirthsFor(ages.age_from(), ages.age_below()));
      }
    }
  }
  lawful_start_.push_back(static_cast<std::uint32_t>(lawful_.size()));
  for (int i = 0; i < policy.proto().rules_size(); ++i) {
    const auto& rule = policy.proto().rules(i);
    const CompiledRule& compiled = policy.rules()[i];
    if (!Effective(compiled, day)) continue;
    rules_.push_back({i, rule.at_least(), rule.count(),
                      rule.exclude_coordinator_exists(), compiled.criteria,
                      BirthsFor(rule.age_from(), rule.age_below())});
    fewest_cases_ = std::min<std::size_t>(fewest_cases_, rule.at_least());
  }
}

RuleEvaluator::BirthRange RuleEvaluator::BirthsFor(
    std::uint32_t age_from, std::uint32_t age_below) const {
  // AgeMayBeWithin, solved for the birth month.
  return {Month::FromCount(month_.count() - 12 * static_cast<int>(age_below)),
          Month::FromCount(month_.count() - 12 * static_cast<int>(age_from))};
}

// Open by the day, and lawfully held on it.
bool RuleEvaluator::Usable(const CaseFacts& facts) const {
  if (!facts.open || facts.opened > month_ || !facts.birth.given() ||
      facts.unit == kUnknownIndex || facts.domain >= kDomainCount) {
    return false;
  }
  const std::size_t slot = facts.department * kDomainCount + facts.domain;
  if (slot + 1 >= lawful_start_.size()) return false;
  for (std::uint32_t i = lawful_start_[slot]; i < lawful_start_[slot + 1];
       ++i) {
    if (lawful_[i].Holds(facts.birth)) return true;
  }
  return false;
}

// Of a usable case.
bool RuleEvaluator::Counts(const DayRule& rule, const CaseFacts& facts) {
  return facts.authority && rule.births.Holds(facts.birth);
}

bool RuleEvaluator::Holds(const DayRule& rule,
                          std::span<const CaseFacts> cases) const {
  FewDistinct counted(rule.at_least);
  bool criterion_met = rule.criteria == 0;
  for (const CaseFacts& facts : cases) {
    if (!Usable(facts)) continue;
    if (rule.exclude_coordinator_exists && facts.coordinator_exists) {
      return false;
    }
    if (!Counts(rule, facts)) continue;
    counted.Add(WhatCounts(rule.count, facts));
    criterion_met |= (facts.criteria & rule.criteria) != 0;
  }
  return criterion_met && counted.Enough();
}

int RuleEvaluator::FirstRule(std::span<const CaseFacts> cases) const {
  if (cases.size() < fewest_cases_) return -1;
  for (const DayRule& rule : rules_) {
    if (Holds(rule, cases)) return rule.index;
  }
  return -1;
}

void RuleEvaluator::CountingCases(int rule, std::span<const CaseFacts> cases,
                                  std::vector<std::uint32_t>& counting) const {
  counting.clear();
  const auto found =
      std::find_if(rules_.begin(), rules_.end(),
                   [&](const DayRule& r) { return r.index == rule; });
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (Usable(cases[i]) && Counts(*found, cases[i])) {
      counting.push_back(static_cast<std::uint32_t>(i));
    }
  }
}

std::optional<Match> RuleEvaluator::Evaluate(
    std::span<const CaseFacts> cases) const {
  const int index = FirstRule(cases);
  if (index < 0) return std::nullopt;
  Match match;
  match.rule = index;
  CountingCases(index, cases, match.cases);
  match.reasons = RuleReasons(*policy_, index, cases, match.cases);
  return match;
}

std::optional<Match> Evaluate(const CompiledPolicy& policy,
                              std::span<const CaseFacts> cases, Day day) {
  return RuleEvaluator(policy, day).Evaluate(cases);
}

bool TimeMayChangeResults(const CompiledPolicy& policy, Day before, Day after) {
  if (before.InMonth() != after.InMonth()) return true;
  for (const CompiledRule& rule : policy.rules()) {
    if (Effective(rule, before) != Effective(rule, after)) return true;
  }
  return false;
}

}  // namespace samkoer::matcher
