#include "storage/proposal_table.h"

#include "crypto/keyed_hash.h"
#include "storage/coding.h"
#include "storage/message_bytes.h"

namespace samkoer::storage {
namespace {

constexpr std::uint8_t kVersion = 1;

}  // namespace

std::string ContentBytes(const samkoer::v1::ProposalContent& content) {
  return MessageBytes(content);
}

std::string ContentDigest(std::string_view content_bytes) {
  const crypto::Hash32 digest = crypto::Sha256(crypto::AsBytes(content_bytes));
  return std::string(crypto::AsText(digest));
}

std::string EncodeProposal(const StoredProposal& proposal) {
  std::string out;
  PutU8(out, kVersion);
  samkoer::v1::Proposal head = proposal.head;
  head.clear_content();
  PutString32(out, MessageBytes(head));
  PutString32(out, proposal.content);
  return out;
}

absl::StatusOr<StoredProposal> DecodeProposal(std::string_view plaintext) {
  ByteReader in(plaintext);
  if (const std::uint8_t version = in.U8(); in.ok() && version != kVersion) {
    return absl::FailedPreconditionError(
        "a proposal has an unknown version; use a newer program");
  }
  StoredProposal proposal;
  const std::string_view head = in.String32();
  proposal.content = in.String32();
  if (!in.Done() ||
      !proposal.head.ParseFromArray(head.data(),
                                    static_cast<int>(head.size())) ||
      proposal.head.number() == 0 ||
      proposal.head.digest() != ContentDigest(proposal.content)) {
    return absl::DataLossError("a proposal is malformed");
  }
  return proposal;
}

}  // namespace samkoer::storage
