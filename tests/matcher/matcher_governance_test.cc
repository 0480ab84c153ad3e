#include "gmock/gmock.h"
#include "storage/proposal_table.h"
#include "tests/matcher/proposal_fixture.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::DOMAIN_EMPLOYMENT;
using samkoer::v1::DOMAIN_FAMILY;
using testing::HasSubstr;

// The example policy as YAML, with another version and ages.
std::string Yaml(int version, int age_below,
                 const char* purpose = "ungeindsats") {
  return "municipality: viborg\npurpose: " + std::string(purpose) +
         "\nversion: " + std::to_string(version) + R"(
departments:
  - {id: family, name: Familieafdelingen, kind: AUTHORITY, units: [{name: Rådgivning}], domains: [FAMILY]}
  - {id: jobs, name: Jobcenter, kind: AUTHORITY, units: [{name: Team Unge}], domains: [EMPLOYMENT]}
legal_bases:
  - {id: main, text: Hjemmel, domains: [FAMILY, EMPLOYMENT], age_from: 13, age_below: 30}
rules:
  - {id: unge, text: To afdelinger., age_from: 15, age_below: )" +
         std::to_string(age_below) +
         R"(, at_least: 2, count: AUTHORITY_DEPARTMENTS}
retention: {closed_case_months: 6, ended_alert_months: 12}
shrink_limit_percent: 20
)";
}

class MatcherGovernanceTest : public ProposalFixture {
 protected:
  MatcherGovernanceTest() {
    in_.GivePolicyNoMore();
    SAMKOER_EXPECT_OK(in_.Open());
  }

  absl::StatusOr<samkoer::v1::ProposeResponse> Propose(
      const std::string& yaml, const Caller& caller = Operator()) {
    samkoer::v1::ProposalContent content;
    content.set_policy(yaml);
    return ProposalFixture::Propose(content, caller);
  }
  void MustApprove(const std::string& yaml) {
    const auto proposed = storage::ValueOf(Propose(yaml));
    SAMKOER_ASSERT_OK(Approve(proposed.proposal().number()).status());
  }
  // `count` persons, born so that they are 26, known to both departments.
  void Push(int count) {
    std::vector<samkoer::v1::CaseRecord> family, jobs;
    for (int i = 0; i < count; ++i) {
      const std::string name = "person " + std::to_string(i);
      family.push_back(MakeRecord(name, "F-" + std::to_string(i), "Rådgivning",
                                  DOMAIN_FAMILY, 200001));
      jobs.push_back(MakeRecord(name, "J-" + std::to_string(i), "Team Unge",
                                DOMAIN_EMPLOYMENT, 200001));
    }
    in_.MustSnapshot("family", family);
    in_.MustSnapshot("jobs", jobs);
  }
  std::uint32_t Version() { return in_.matcher().Stats().policy_version; }
};

TEST_F(MatcherGovernanceTest, WithoutAnApprovedPolicyNothingElseIsServed) {
  EXPECT_TRUE(absl::IsFailedPrecondition(in_.matcher().RequirePolicy()));
  EXPECT_EQ(in_.Leaves().back().purpose(), "ungeindsats");
  MustApprove(Yaml(1, 30));
  SAMKOER_EXPECT_OK(in_.matcher().RequirePolicy());
  EXPECT_EQ(Version(), 1u);
  Push(2);
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
}

TEST_F(MatcherGovernanceTest,
       AProposalChangesNothingUntilASecondPersonApproves) {
  MustApprove(Yaml(1, 30));
  Push(2);
  const auto proposed = storage::ValueOf(Propose(Yaml(2, 20)));
  EXPECT_EQ(proposed.proposal().number(), 2u);
  EXPECT_EQ(proposed.proposal().policy_version(), 2u);
  EXPECT_EQ(in_.Leaves().back().action(), samkoer::v1::AUDIT_ACTION_PROPOSED);
  EXPECT_EQ(in_.ActiveAlerts().size(), 2u);
  in_.Restart();
  EXPECT_EQ(Version(), 1u);
  const auto approved = storage::ValueOf(Approve(2));
  EXPECT_TRUE(in_.ActiveAlerts().empty());
  EXPECT_EQ(Version(), 2u);
  const auto leaf = in_.Leaves().at(approved.leaf_index());
  EXPECT_EQ(leaf.action(), samkoer::v1::AUDIT_ACTION_PROPOSAL_APPROVED);
  EXPECT_EQ(leaf.digest(), proposed.proposal().digest());
  EXPECT_EQ(leaf.reason(), "læst");
  EXPECT_EQ(leaf.actor(), Installation::Officer().uri);
  in_.Restart();
  EXPECT_EQ(Version(), 2u);
  EXPECT_EQ(Get(2).proposal().state(), samkoer::v1::PROPOSAL_STATE_APPROVED);
}

TEST_F(MatcherGovernanceTest, NobodyApprovesTheirOwnOrAnotherTextThanTheyRead) {
  storage::ValueOf(Propose(Yaml(1, 30)));
  Caller same_person = Installation::Officer();
  same_person.uri = "samkoer://viborg/privacy-officer/drift";
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(1, same_person).status()));
  EXPECT_TRUE(absl::IsPermissionDenied(Approve(1, Operator()).status()));
  samkoer::v1::ApproveRequest request;
  request.set_number(1);
  request.set_digest(std::string(32, 'x'));
  request.set_reason("ulæst");
  EXPECT_TRUE(absl::IsFailedPrecondition(
      in_.matcher().Approve(Installation::Officer(), request).status()));
  EXPECT_EQ(Version(), 0u);
  EXPECT_TRUE(absl::IsPermissionDenied(
      Propose(Yaml(1, 30), Installation::Officer()).status()));
}

TEST_F(MatcherGovernanceTest, WhatIsNoSuccessorCannotBeProposed) {
  MustApprove(Yaml(3, 30));
  EXPECT_THAT(std::string(Propose(Yaml(3, 25)).status().message()),
              HasSubstr("version 3 is in force"));
  EXPECT_TRUE(
      absl::IsFailedPrecondition(Propose(Yaml(4, 25, "kontrol")).status()));
  const auto broken = Propose("municipality: viborg\nage: 7\n");
  EXPECT_TRUE(absl::IsInvalidArgument(broken.status()));
  EXPECT_THAT(std::string(broken.status().message()), HasSubstr("policy:2"));
}

TEST_F(MatcherGovernanceTest, AnApprovalOvertakesTheOtherOpenPolicies) {
  storage::ValueOf(Propose(Yaml(1, 30)));
  storage::ValueOf(Propose(Yaml(2, 25)));
  storage::ValueOf(Propose(Yaml(3, 20)));
  SAMKOER_ASSERT_OK(Approve(2).status());
  EXPECT_EQ(Version(), 2u);
  in_.Restart();
  EXPECT_EQ(Get(1).proposal().state(), samkoer::v1::PROPOSAL_STATE_OVERTAKEN);
  EXPECT_TRUE(absl::IsFailedPrecondition(Approve(3).status()));
}

TEST_F(MatcherGovernanceTest, ARejectedProposalStaysRejected) {
  storage::ValueOf(Propose(Yaml(1, 30)));
  samkoer::v1::RejectRequest request;
  request.set_number(1);
  request.set_reason("for bredt");
  SAMKOER_ASSERT_OK(
      in_.matcher().Reject(Installation::Officer(), request).status());
  EXPECT_EQ(in_.Leaves().back().action(),
            samkoer::v1::AUDIT_ACTION_PROPOSAL_REJECTED);
  EXPECT_TRUE(absl::IsFailedPrecondition(Approve(1).status()));
}

TEST_F(MatcherGovernanceTest, TheDiffCountsWhoComesAndGoesAndHidesTheFew) {
  MustApprove(Yaml(1, 30));
  Push(7);
  storage::ValueOf(Propose(Yaml(2, 20)));
  auto effect = Get(2).effect();
  EXPECT_EQ(effect.fewer(), 5u);  // of 7
  EXPECT_TRUE(effect.more_withheld());
  EXPECT_EQ(effect.matching_now(), 5u);
  EXPECT_EQ(effect.matching_then(), 0u);
  EXPECT_EQ(Get(2).in_force().policy(), Yaml(1, 30));
  // Whoever looks again on the same day sees nobody come or go.
  Push(4);
  EXPECT_EQ(Get(2).effect().fewer(), 5u);
  in_.SetDay("2026-12-01");
  SAMKOER_ASSERT_OK(in_.Sweep());
  effect = Get(2).effect();
  EXPECT_TRUE(effect.fewer_withheld());
  EXPECT_EQ(effect.fewer(), 0u);
  EXPECT_EQ(effect.persons(), 5u);  // of 7
}

TEST_F(MatcherGovernanceTest, OnlyTheFirstPoliciesOfADayShowTheirEffect) {
  MustApprove(Yaml(1, 30));
  for (int i = 0; i < 10; ++i) storage::ValueOf(Propose(Yaml(2 + i, 20)));
  EXPECT_TRUE(Get(10).has_effect());
  EXPECT_FALSE(Get(11).has_effect());
}

TEST_F(MatcherGovernanceTest, TheFileIsProposedOnceByTheProcess) {
  auto policy =
      std::make_shared<const CompiledPolicy>(Compiled(ExamplePolicy()));
  in_.Close();
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(storage::ValueOf(in_.matcher().ProposePolicy(policy)), 1u);
  EXPECT_EQ(storage::ValueOf(in_.matcher().ProposePolicy(policy)), 1u);
  in_.Restart();
  EXPECT_EQ(storage::ValueOf(in_.matcher().ProposePolicy(policy)), 1u);
  samkoer::v1::ListProposalsRequest request;
  const auto listed = storage::ValueOf(
      in_.matcher().ListProposals(Installation::Officer(), request));
  ASSERT_EQ(listed.proposals_size(), 1);
  EXPECT_EQ(listed.proposals(0).proposer(), "matcher");
  EXPECT_FALSE(listed.proposals(0).has_content());
  samkoer::v1::RejectRequest reject;
  reject.set_number(1);
  reject.set_reason("nej");
  SAMKOER_ASSERT_OK(
      in_.matcher().Reject(Installation::Officer(), reject).status());
  // The same text is not asked about again.
  EXPECT_EQ(storage::ValueOf(in_.matcher().ProposePolicy(policy)), 0u);
}

TEST_F(MatcherGovernanceTest, PolicyAndApprovalAreOneWrite) {
  storage::ValueOf(Propose(Yaml(1, 30)));
  const std::string digest = Get(1).proposal().digest();
  in_.FailWrite(1, storage::Fault::kNotPersisted);
  samkoer::v1::ApproveRequest request;
  request.set_number(1);
  request.set_digest(digest);
  request.set_reason("læst");
  EXPECT_TRUE(absl::IsUnavailable(
      in_.matcher().Approve(Installation::Officer(), request).status()));
  SAMKOER_ASSERT_OK(in_.Open());
  EXPECT_EQ(Version(), 0u);
  EXPECT_EQ(Get(1).proposal().state(), samkoer::v1::PROPOSAL_STATE_OPEN);
}

}  // namespace
}  // namespace samkoer::matcher
