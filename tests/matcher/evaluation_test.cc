#include "matcher/evaluation.h"

#include "matcher/sweep.h"
#include "tests/matcher/state_testing.h"

namespace samkoer::matcher {
namespace {

class EvaluationTest : public StateFixture {
 protected:
  std::vector<Candidate> Find() {
    state_.binding->Extend();
    const RuleEvaluator evaluator(*state_.policy, state_.day);
    return FindCandidates(state_, evaluator, EveryPerson(state_));
  }
};

TEST_F(EvaluationTest, CandidatesAreThoseWhoseAlertIsNotWhatTheRuleSays) {
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "match", "F-1");
  UpsertJobs(changes, "match", "J-1");
  UpsertJobs(changes, "no match", "J-2");
  const auto before = Find();
  ASSERT_EQ(before.size(), 1u);
  EXPECT_EQ(before[0].person, PersonOf("match"));
  EXPECT_EQ(before[0].rule, 0);
  Finish(changes);
  EXPECT_TRUE(Find().empty());
  // The rule ceases.
  state_.day = D("2046-11-22");
  const auto after = Find();
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].rule, -1);
  EXPECT_EQ(after[0].digest, crypto::Hash16{});
}

TEST_F(EvaluationTest, ManyPersonsKeepTheirOrder) {
  RecordChanges changes(state_, tx_);
  for (int i = 0; i < 9000; ++i) {
    const std::string n = std::to_string(i);
    UpsertFamily(changes, "p" + n, "F-" + n);
    if (i % 3 == 0) UpsertJobs(changes, "p" + n, "J-" + n);
  }
  const auto candidates = Find();
  ASSERT_EQ(candidates.size(), 3000u);
  EXPECT_TRUE(std::is_sorted(candidates.begin(), candidates.end(),
                             [](const Candidate& a, const Candidate& b) {
                               return a.person < b.person;
                             }));
}

TEST_F(EvaluationTest, TheDigestDoesNotDependOnTheOrderOfRecords) {
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "a", "F-1");
  UpsertJobs(changes, "a", "J-1");
  const auto first = Find();
  changes.Withdraw(
      state_.index.FindRecord(CaseIdOf("family", "F-1"), PersonOf("a")));
  UpsertFamily(changes, "a", "F-1");
  const auto second = Find();
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(first[0].digest, second[0].digest);
}

TEST_F(EvaluationTest, FactsAreOfThePersonsRecords) {
  RecordChanges changes(state_, tx_);
  UpsertFamily(changes, "a", "F-1");
  UpsertJobs(changes, "a", "J-1");
  UpsertJobs(changes, "b", "J-2");
  state_.binding->Extend();
  std::vector<RecordNo> records = {99};
  std::vector<CaseFacts> facts;
  GatherFacts(state_, PersonOf("a"), records, facts);
  ASSERT_EQ(records.size(), 2u);
  ASSERT_EQ(facts.size(), 2u);
  EXPECT_NE(facts[0].department, facts[1].department);
}

}  // namespace
}  // namespace samkoer::matcher
