// Which policy the log says is in force: whoever approves a change must not
// have to trust the server about what it changes.
#ifndef SAMKOER_CLIENTS_AUDIT_POLICY_IN_FORCE_H_
#define SAMKOER_CLIENTS_AUDIT_POLICY_IN_FORCE_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "clients/audit/checkpoint_store.h"
#include "clients/audit/log_server.h"
#include "clients/audit/verify_command.h"
#include "crypto/signed_note.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::clients {

// Finds the last policy that was approved. Pure.
class PolicyInForce {
 public:
  // Entries in order; what is none is passed over.
  void Visit(std::uint64_t index, std::string_view leaf);

  // Proposal.digest of it (32 bytes); empty if none was approved.
  const std::string& digest() const { return digest_; }
  // Its entry.
  std::uint64_t leaf() const { return leaf_; }

 private:
  std::string digest_;
  std::uint64_t leaf_ = 0;
};

// Reads the whole log, checks it and keeps its checkpoint (ReadWholeLog), and
// compares the policy that is said to be in force (empty content: none) with
// the one that was approved last. DATA_LOSS if it is another one, or the log
// does not hold.
absl::Status CheckInForce(LogServer& server,
                          const crypto::NoteVerifier& verifier,
                          const CheckpointStore& store,
                          const v1::ProposalContent& in_force,
                          const AuditOutput& output);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_POLICY_IN_FORCE_H_
