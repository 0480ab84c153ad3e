// Which persons' alerts may have to change: the rules over the index, without
// reading anything from the store.
#ifndef SAMKOER_MATCHER_EVALUATION_H_
#define SAMKOER_MATCHER_EVALUATION_H_

#include <span>
#include <vector>

#include "crypto/keyed_hash.h"
#include "matcher/loop_state.h"
#include "matcher/rules.h"

namespace samkoer::matcher {

// A person whose match is not what the alert says, or whose alert is kept open
// by a nomination or a youth guide too.
struct Candidate {
  PersonNo person = kNone;
  int rule = -1;  // -1: none holds
  crypto::Hash16 digest{};
};

// The candidates among `persons`, in their order. Uses up to state.threads
// threads. state.binding must know all names.
std::vector<Candidate> FindCandidates(const LoopState& state,
                                      const RuleEvaluator& evaluator,
                                      std::span<const PersonNo> persons);

// The person's records, in the index's order, and what rules see of each.
void GatherFacts(const LoopState& state, PersonNo person,
                 std::vector<RecordNo>& records, std::vector<CaseFacts>& facts);

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_EVALUATION_H_
