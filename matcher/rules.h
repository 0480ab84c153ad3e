// The rules: a pure function of a person's cases, the policy and the day.
//
// A case *counts* for a rule if it
//   * is open, in an authority unit, and of a department and unit of the
//   policy,
//   * was not opened after the day's month (an unknown month counts as before),
//   * is covered by a legal basis on the day (it may have lost it since
//   intake),
//   * fits the rule's ages by its own record's birth month. Departments may
//     disagree about a birth month; each case is judged by what its own
//     department said, so that one department's slip cannot silence, or create,
//     the cases of another.
// A rule *holds* if it is effective on the day, enough different departments,
// domains or units have counting cases, one counting case has one of the rule's
// criterion codes (if it names any), and, if the rule leaves out people who
// have a coordinator, no open case of the person that is lawfully held (a
// provider's too) says so. The first rule of the policy that holds makes the
// alert. Nothing is weighed.
#ifndef SAMKOER_MATCHER_RULES_H_
#define SAMKOER_MATCHER_RULES_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "matcher/calendar.h"
#include "matcher/policy.h"
#include "samkoer/v1/types.pb.h"

namespace samkoer::matcher {

// What a rule may look at of one case: 24 bytes.
struct CaseFacts {
  // CompiledPolicy's number; kUnknownIndex if the policy no longer has it.
  std::uint16_t department = kUnknownIndex;
  // CompiledPolicy's number; kUnknownIndex as above.
  std::uint16_t unit = kUnknownIndex;
  // samkoer.v1.Domain.
  std::uint8_t domain = 0;
  // CompiledPolicy::units()[unit].authority.
  bool authority = false;
  bool open = false;
  bool coordinator_exists = false;
  // Required; a case without it never counts.
  Month birth;
  // May be none.
  Month opened;
  // CompiledPolicy's bits.
  std::uint64_t criteria = 0;
};

// A rule that holds.
struct Match {
  // Index in policy.proto().rules().
  int rule = 0;
  // Indices of the counting cases in the span that was evaluated, ascending.
  std::vector<std::uint32_t> cases;
  // Why, in Danish, the rule's text first. Depends on nothing but the policy
  // and the counting cases' departments, units, domains and criteria.
  std::vector<samkoer::v1::Reason> reasons;
};

// The policy made ready for one day. `policy` must outlive it. Cheap to make
// (once a batch); immutable, so usable from many threads.
class RuleEvaluator {
 public:
  RuleEvaluator(const CompiledPolicy& policy, Day day);

  // The index of the first rule that holds for a person with these cases; -1 if
  // none does. Allocates nothing: it runs for every person there is.
  int FirstRule(std::span<const CaseFacts> cases) const;

  // Replaces `counting` with the indices of the cases that count for `rule`,
  // ascending. `rule` must be effective on the day, as FirstRule's result is.
  void CountingCases(int rule, std::span<const CaseFacts> cases,
                     std::vector<std::uint32_t>& counting) const;

  // FirstRule with what the alert needs; none if no rule holds.
  std::optional<Match> Evaluate(std::span<const CaseFacts> cases) const;

 private:
  // Births from `first` to `last`, both included.
  struct BirthRange {
    Month first;
    Month last;
    bool Holds(Month birth) const { return first <= birth && birth <= last; }
  };
  struct DayRule {
    int index;
    std::uint32_t at_least;
    samkoer::v1::CountBasis count;
    bool exclude_coordinator_exists;
    std::uint64_t criteria;
    BirthRange births;
  };

  BirthRange BirthsFor(std::uint32_t age_from, std::uint32_t age_below) const;
  bool Usable(const CaseFacts& facts) const;
  static bool Counts(const DayRule& rule, const CaseFacts& facts);
  bool Holds(const DayRule& rule, std::span<const CaseFacts> cases) const;

  const CompiledPolicy* policy_;
  Month month_;
  // Rules effective on the day, in order, and the fewest cases any of them
  // needs.
  std::vector<DayRule> rules_;
  std::size_t fewest_cases_;
  // The lawful births of slot s = department * kDomainCount + domain stand in
  // lawful_ from lawful_start_[s] up to lawful_start_[s + 1].
  std::vector<BirthRange> lawful_;
  std::vector<std::uint32_t> lawful_start_;
};

// RuleEvaluator(policy, day).Evaluate(cases), for single persons.
std::optional<Match> Evaluate(const CompiledPolicy& policy,
                              std::span<const CaseFacts> cases, Day day);

// False if no result can differ between the two days with equal cases: they lie
// in one month and no rule starts or ends between them. So a sweep may skip.
// Otherwise the sweep evaluates everybody, which costs less than keeping a
// calendar of who may change when.
bool TimeMayChangeResults(const CompiledPolicy& policy, Day before, Day after);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_RULES_H_
