#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/time/civil_time.h"
#include "clients/audit/policy_in_force.h"
#include "crypto/keyed_hash.h"
#include "tests/clients/audit_fake_log.h"

namespace samkoer::clients {
namespace {

using testing::HasSubstr;

std::string Decided(v1::AuditAction action, const std::string& policy,
                    const std::string& detail) {
  v1::ProposalContent content;
  content.set_policy(policy);
  v1::AuditLeaf leaf = TestLeaf(action, "samkoer://viborg/privacy-officer/p");
  leaf.set_detail(detail);
  leaf.set_digest(std::string(crypto::AsText(
      crypto::Sha256(crypto::AsBytes(content.SerializeAsString())))));
  return leaf.SerializeAsString();
}

class PolicyInForceTest : public testing::Test {
 protected:
  absl::Status Check(const std::string& shown) {
    v1::ProposalContent content;
    if (!shown.empty()) content.set_policy(shown);
    return CheckInForce(
        server_, TestVerifier(log_.signer), store_, content,
        {out_, out_, OutputFormat::kHuman, {Language::kEnglish, {}}, false});
  }

  const TestDirectory dir_;
  FakeLog log_{TestSigner("log")};
  const CheckpointStore store_{dir_.file("state"), "matcher"};
  LogServer server_{Peer::kMatcher, *log_.stub, Language::kEnglish};
  std::ostringstream out_;
};

TEST_F(PolicyInForceTest, TheOneApprovedLastIsTheOneThatHolds) {
  NaiveLeaves leaves = NumberedLeaves(2);
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_APPROVED, "first",
                           "proposal 1: policy"));
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_APPROVED, "second",
                           "proposal 4: policy"));
  // What was rejected, or is about something else, changes nothing.
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_REJECTED, "third",
                           "proposal 5: policy"));
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_APPROVED, "fourth",
                           "proposal 6: department family"));
  log_.Become(leaves);
  EXPECT_TRUE(Check("second").ok());
  for (const char* other : {"first", "third", "fourth", "anything", ""}) {
    const absl::Status lie = Check(other);
    EXPECT_TRUE(absl::IsDataLoss(lie)) << other;
    EXPECT_THAT(std::string(lie.message()), HasSubstr("entry 3")) << other;
  }
}

TEST_F(PolicyInForceTest, AShorterLogThanOneThatWasCheckedIsFoundOut) {
  NaiveLeaves leaves = NumberedLeaves(2);
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_APPROVED, "first",
                           "proposal 1: policy"));
  const NaiveLeaves shorter = leaves;
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_APPROVED, "second",
                           "proposal 4: policy"));
  log_.Become(leaves);
  ASSERT_TRUE(Check("second").ok());
  log_.Become(shorter);
  const absl::Status rolled_back = Check("first");
  EXPECT_TRUE(absl::IsDataLoss(rolled_back));
  EXPECT_THAT(std::string(rolled_back.message()), HasSubstr("run verify"));
}

TEST_F(PolicyInForceTest, BeforeTheFirstApprovalNoneHolds) {
  log_.Become(NumberedLeaves(3));
  EXPECT_TRUE(Check("").ok());
  EXPECT_TRUE(absl::IsDataLoss(Check("first")));
}

TEST_F(PolicyInForceTest, ALogThatDoesNotHoldProvesNothing) {
  NaiveLeaves leaves = NumberedLeaves(2);
  leaves.push_back(Decided(v1::AUDIT_ACTION_PROPOSAL_APPROVED, "first",
                           "proposal 1: policy"));
  log_.Become(leaves);
  leaves[0] = NumberedLeaves(1, "changed")[0];
  log_.leaves = leaves;
  EXPECT_TRUE(absl::IsDataLoss(Check("first")));
}

}  // namespace
}  // namespace samkoer::clients
