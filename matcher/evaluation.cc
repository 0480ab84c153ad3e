#include "matcher/evaluation.h"

#include <iterator>

#include "matcher/alert_lifecycle.h"
#include "matcher/parallel.h"

namespace samkoer::matcher {
namespace {

// Persons a thread takes at a time: about a millisecond.
constexpr std::size_t kGrain = 4096;

class Evaluation {
 public:
  Evaluation(const LoopState& state, const RuleEvaluator& evaluator)
      : state_(state), evaluator_(evaluator) {}

  void Add(PersonNo person, std::vector<Candidate>& out) {
    GatherFacts(state_, person, records_, facts_);
    Candidate candidate;
    candidate.person = person;
    candidate.rule = evaluator_.FirstRule(facts_);
    const AlertInfo* alert = state_.index.person(person).has_alert
                                 ? state_.index.FindAlert(person)
                                 : nullptr;
    if (candidate.rule >= 0) {
      crypto::FingerprintSum sum;
      sum.Add(state_.rule_digests[static_cast<std::size_t>(candidate.rule)]);
      evaluator_.CountingCases(candidate.rule, facts_, counting_);
      for (const std::uint32_t i : counting_) {
        sum.Add(state_.index.record(records_[i]).fingerprint);
      }
      candidate.digest = sum.Encode();
    }
    const crypto::Hash16 present =
        alert != nullptr ? alert->match_digest : crypto::Hash16{};
    // What keeps an alert open beside the rule may have gone: a nomination's
    // case, or the last open case of somebody whose alert stands without a
    // rule.
    const bool kept_otherwise =
        alert != nullptr &&
        ((alert->flags & storage::kAlertNominated) != 0 ||
         (candidate.rule < 0 &&
          IsActive(static_cast<samkoer::v1::AlertState>(alert->state))));
    if (candidate.digest != present || kept_otherwise) out.push_back(candidate);
  }

 private:
  const LoopState& state_;
  const RuleEvaluator& evaluator_;
  std::vector<RecordNo> records_;
  std::vector<CaseFacts> facts_;
  std::vector<std::uint32_t> counting_;
};

}  // namespace

void GatherFacts(const LoopState& state, PersonNo person,
                 std::vector<RecordNo>& records,
                 std::vector<CaseFacts>& facts) {
  records.clear();
  facts.clear();
  for (RecordNo r = state.index.person(person).first_record; r != kNone;
       r = state.index.record(r).next_of_person) {
    records.push_back(r);
    facts.push_back(state.binding->Facts(state.index.record(r).attributes));
  }
}

std::vector<Candidate> FindCandidates(const LoopState& state,
                                      const RuleEvaluator& evaluator,
                                      std::span<const PersonNo> persons) {
  std::vector<std::vector<Candidate>> pieces((persons.size() + kGrain - 1) /
                                             kGrain);
  // The work cannot fail.
  ParallelFor(state.threads, persons.size(), kGrain,
              [&](std::size_t begin, std::size_t end) {
                Evaluation evaluation(state, evaluator);
                for (std::size_t i = begin; i < end; ++i) {
                  evaluation.Add(persons[i], pieces[begin / kGrain]);
                }
                return absl::OkStatus();
              })
      .IgnoreError();
  if (pieces.size() == 1) return std::move(pieces[0]);
  std::vector<Candidate> all;
  for (std::vector<Candidate>& piece : pieces) {
    all.insert(all.end(), piece.begin(), piece.end());
  }
  return all;
}

}  // namespace samkoer::matcher
