// Two persons who change something: an operator proposes, the officer approves
// what she has read.
#ifndef SAMKOER_TESTS_MATCHER_PROPOSAL_FIXTURE_H_
#define SAMKOER_TESTS_MATCHER_PROPOSAL_FIXTURE_H_

#include <cstdint>
#include <string>

#include "gtest/gtest.h"
#include "samkoer/v1/governance.pb.h"
#include "tests/matcher/example_policy.h"
#include "tests/matcher/installation.h"

namespace samkoer::matcher {

inline Caller Operator() {
  return {"samkoer://viborg/operator/drift", "drift", std::string(32, 'o')};
}

class ProposalFixture : public testing::Test {
 protected:
  absl::StatusOr<samkoer::v1::ProposeResponse> Propose(
      const samkoer::v1::ProposalContent& content, const Caller& caller) {
    samkoer::v1::ProposeRequest request;
    *request.mutable_content() = content;
    request.set_reason("nye regler");
    return in_.matcher().Propose(caller, request);
  }
  samkoer::v1::GetProposalResponse Get(std::uint64_t number) {
    samkoer::v1::GetProposalRequest request;
    request.set_number(number);
    return storage::ValueOf(
        in_.matcher().GetProposal(Installation::Officer(), request));
  }
  absl::StatusOr<samkoer::v1::ApproveResponse> Approve(
      std::uint64_t number, const Caller& caller = Installation::Officer()) {
    samkoer::v1::ApproveRequest request;
    request.set_number(number);
    request.set_digest(Get(number).proposal().digest());
    request.set_reason("læst");
    return in_.matcher().Approve(caller, request);
  }

  Installation in_{ExamplePolicy()};
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_TESTS_MATCHER_PROPOSAL_FIXTURE_H_
