#include "storage/proposal_table.h"

#include <gtest/gtest.h>

namespace samkoer::storage {
namespace {

StoredProposal Example() {
  samkoer::v1::ProposalContent content;
  content.set_policy("version: 2\n");
  StoredProposal proposal;
  proposal.content = ContentBytes(content);
  proposal.head.set_number(7);
  proposal.head.set_digest(ContentDigest(proposal.content));
  proposal.head.set_proposer("samkoer://viborg/operator/drift");
  proposal.head.set_state(samkoer::v1::PROPOSAL_STATE_OPEN);
  return proposal;
}

TEST(ProposalTable, WhatIsEncodedIsDecoded) {
  const auto decoded = DecodeProposal(EncodeProposal(Example()));
  ASSERT_TRUE(decoded.ok()) << decoded.status();
  EXPECT_EQ(decoded->head.SerializeAsString(),
            Example().head.SerializeAsString());
  EXPECT_EQ(decoded->content, Example().content);
  EXPECT_EQ(decoded->head.digest().size(), 32u);
}

TEST(ProposalTable, AnotherContentThanTheDigestsIsDataLoss) {
  StoredProposal proposal = Example();
  proposal.content += 'x';
  EXPECT_TRUE(
      absl::IsDataLoss(DecodeProposal(EncodeProposal(proposal)).status()));
}

TEST(ProposalTable, CutsAndUnknownVersionsAreRefused) {
  const std::string whole = EncodeProposal(Example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(DecodeProposal(whole.substr(0, size)).ok()) << size;
  }
  EXPECT_FALSE(DecodeProposal(whole + "x").ok());
  std::string newer = whole;
  newer[0] = 2;
  EXPECT_TRUE(absl::IsFailedPrecondition(DecodeProposal(newer).status()));
}

}  // namespace
}  // namespace samkoer::storage
