// Proposals: changes that take effect when a second person approves them. One
// value each, under its number (key_layout.h, kProposal).
//
// Plaintext, version 1 (integers little-endian; texts as u32 length, bytes):
//   version (u8 = 1), samkoer.v1.Proposal without its content (text),
//   samkoer.v1.ProposalContent (text)
//
// Thread safety: all functions are pure.
#ifndef SAMKOER_STORAGE_PROPOSAL_TABLE_H_
#define SAMKOER_STORAGE_PROPOSAL_TABLE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::storage {

struct StoredProposal {
  // Without content; EncodeProposal leaves it out.
  samkoer::v1::Proposal head;
  // A serialized ProposalContent: the bytes that `head.digest()` is of.
  std::string content;
};

// The message's bytes, the same for equal messages of this program.
std::string ContentBytes(const samkoer::v1::ProposalContent& content);
// SHA-256 of them: 32 bytes.
std::string ContentDigest(std::string_view content_bytes);

std::string EncodeProposal(const StoredProposal& proposal);
// DATA_LOSS if malformed or the digest differs, FAILED_PRECONDITION for an
// unknown version.
absl::StatusOr<StoredProposal> DecodeProposal(std::string_view plaintext);

}  // namespace samkoer::storage

#endif  // SAMKOER_STORAGE_PROPOSAL_TABLE_H_
