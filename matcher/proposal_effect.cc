#include "matcher/proposal_effect.h"

#include <algorithm>
#include <vector>

#include "matcher/retention.h"
#include "matcher/rules.h"

namespace samkoer::matcher {
namespace {

constexpr std::uint32_t kDefaultWithholdBelow = 5;

// One policy and who is switched off, over everybody.
class Judge {
 public:
  Judge(const LoopState& state, const CompiledPolicy& policy,
        const Suspensions& suspensions)
      : state_(state),
        policy_(policy),
        binding_(policy, state.departments, state.names, suspensions),
        evaluator_(policy, state.day) {}

  bool RuleHolds(PersonNo person) {
    facts_.clear();
    for (RecordNo r = state_.index.person(person).first_record; r != kNone;
         r = state_.index.record(r).next_of_person) {
      facts_.push_back(binding_.Facts(state_.index.record(r).attributes));
    }
    return evaluator_.FirstRule(facts_) >= 0;
  }

  bool Permits(const RecordAttributes& record) const {
    const CaseFacts facts = binding_.Facts(record);
    return facts.unit != kUnknownIndex &&
           policy_.Permitted(facts.department,
                             static_cast<samkoer::v1::Domain>(facts.domain),
                             facts.birth, state_.day.InMonth());
  }

 private:
  const LoopState& state_;
  const CompiledPolicy& policy_;
  const PolicyBinding binding_;
  const RuleEvaluator evaluator_;
  std::vector<CaseFacts> facts_;
};

void CountPersons(const LoopState& state, Judge& now, Judge& later,
                  ProposedEffect& effect) {
  for (PersonNo n = 0; n < state.index.person_slots(); ++n) {
    if (!state.index.person(n).live) continue;
    const bool holds = now.RuleHolds(n), would_hold = later.RuleHolds(n);
    effect.matching_now += holds;
    effect.matching_then += would_hold;
    effect.more += would_hold && !holds;
    effect.fewer += holds && !would_hold;
  }
}

}  // namespace

std::uint32_t WithholdBelow(const samkoer::v1::Policy& policy) {
  return policy.withhold_below() != 0 ? policy.withhold_below()
                                      : kDefaultWithholdBelow;
}

ProposedEffect EffectOf(const LoopState& state, const CompiledPolicy& then) {
  ProposedEffect effect;
  effect.persons = state.index.person_count();
  if (state.policy == nullptr) return effect;
  Judge now(state, *state.policy, *state.suspensions);
  Judge later(state, then, *state.suspensions);
  CountPersons(state, now, later, effect);
  const RetentionPeriods periods(then.proto().retention());
  for (RecordNo n = 0; n < state.index.record_slots(); ++n) {
    const Record& record = state.index.record(n);
    if (record.person == kNone) continue;
    const auto due = periods.RecordDueOn(record.attributes);
    if (due && *due <= state.day) {
      ++effect.deleted_at_once;
    } else if (!later.Permits(record.attributes)) {
      ++effect.records_withdrawn;
    }
  }
  effect.deleted_at_once += DueUnder(periods, state.index).AlertsBy(state.day);
  return effect;
}

ProposedEffect EffectOf(const LoopState& state,
                        const samkoer::v1::DepartmentSwitch& then) {
  ProposedEffect effect;
  effect.persons = state.index.person_count();
  if (state.policy == nullptr) return effect;
  Suspensions switched = *state.suspensions;
  switched.Apply(then);
  Judge now(state, *state.policy, *state.suspensions);
  Judge later(state, *state.policy, switched);
  CountPersons(state, now, later, effect);
  return effect;
}

samkoer::v1::ProposalEffect Told(const ProposedEffect& effect,
                                 std::uint32_t limit) {
  const auto small = [&](std::uint64_t n) { return n < limit; };
  const auto rounded = [&](std::uint64_t n) { return n - n % limit; };
  const auto at_most = [&](std::uint64_t n) {
    return n == 0 ? std::uint64_t{limit} : rounded(n + limit - 1);
  };
  samkoer::v1::ProposalEffect told;
  told.set_persons(rounded(effect.persons));
  told.set_matching_now(rounded(effect.matching_now));
  told.set_more_withheld(small(effect.more));
  told.set_more(rounded(effect.more));
  told.set_fewer_withheld(small(effect.fewer));
  told.set_fewer(rounded(effect.fewer));
  // Of what is told alone, so that it says nothing new.
  told.set_matching_then(told.matching_now() + told.more() - told.fewer());
  told.set_rounded(true);
  told.set_records_withdrawn(at_most(effect.records_withdrawn));
  told.set_deleted_at_once(at_most(effect.deleted_at_once));
  return told;
}

}  // namespace samkoer::matcher
