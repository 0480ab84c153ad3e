// `samkoer-audit policy`, `department`, `quota` and `loss`: changes that take
// effect when a second person has approved them.
#ifndef SAMKOER_CLIENTS_AUDIT_GOVERNANCE_COMMAND_H_
#define SAMKOER_CLIENTS_AUDIT_GOVERNANCE_COMMAND_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/audit/erase_command.h"
#include "clients/audit/proposal_text.h"
#include "clients/audit/verify_command.h"
#include "samkoer/v1/governance.grpc.pb.h"

namespace samkoer::clients {

// What a family of commands is about, and which server has it. The number of a
// proposal of another kind is INVALID_ARGUMENT.
struct Matter {
  ChangeKind kind = ChangeKind::kPolicy;
  Peer peer = Peer::kMatcher;
};

// Proposes, and prints how it is approved. Errors of the server.
absl::Status ProposeChange(v1::Governance::StubInterface& server,
                           const v1::ProposalContent& content,
                           const std::string& reason, const AuditOutput& output,
                           const Matter& matter = {});

// Proposes the policy in a file. It is checked here first: INVALID_ARGUMENT
// names the line. Errors of the server.
absl::Status ProposePolicy(v1::Governance::StubInterface& server,
                           const std::string& file, const std::string& reason,
                           const AuditOutput& output);

// All proposals of the kind, newest first.
absl::StatusOr<v1::ListProposalsResponse> FetchProposals(
    v1::Governance::StubInterface& server, const Matter& matter,
    Language language);
// Prints them: all, or only those that came in force.
enum class Proposals { kAll, kInForce };
absl::Status PrintProposals(v1::Governance::StubInterface& server,
                            Proposals which, const AuditOutput& output,
                            const Matter& matter = {});

// Told what is said to be in force.
using InForceCheck = std::function<absl::Status(const v1::ProposalContent&)>;

// Prints one: a policy's text as it was written, or what it changes in words
// and whom it would concern, in counts. DATA_LOSS if the server's digest is not
// of what it shows. A diff is printed only if `check`, which may be empty, is
// OK about what it compares with. Of a policy that is decided there is no diff:
// what it was to replace is not known any more; that is said instead, and OK.
enum class ProposalView { kText, kDiff };
absl::Status PrintProposal(v1::Governance::StubInterface& server,
                           std::uint64_t number, ProposalView view,
                           const AuditOutput& output, const Matter& matter = {},
                           const InForceCheck& check = {});

struct ApproveOptions {
  std::uint64_t number = 0;
  // Hex of the digest that was read; empty: show what it changes, and ask.
  std::string digest;
  std::string reason;
  // Whether what the server says is in force is; may be empty. Asked before
  // anything else, when what is not OK ends the command, and again about what
  // was approved, when it is this command's error although it is approved.
  InForceCheck check = {};
  // Who approves, if that is known (own_certificate.h).
  std::string own_uri = {};
};
// Approves what was read and nothing else. CANCELLED without a yes,
// FAILED_PRECONDITION if the digest is another one, or it is decided already,
// or was meanwhile. Nobody is asked about what is decided, or about the own
// proposal (PERMISSION_DENIED); with a digest the server answers the latter,
// which raises its alarm.
absl::Status ApproveProposal(v1::Governance::StubInterface& server,
                             const ApproveOptions& options,
                             const Confirm& confirm, const AuditOutput& output,
                             const Matter& matter = {});

// Rejects it, or takes one's own back.
absl::Status RejectProposal(v1::Governance::StubInterface& server,
                            std::uint64_t number, const std::string& reason,
                            const AuditOutput& output,
                            const Matter& matter = {});

// What asks: nothing if a digest is given; on a terminal the officer, who must
// type "godkend" ("approve"). INVALID_ARGUMENT if there is neither.
absl::StatusOr<Confirm> ConfirmApproval(const std::string& digest,
                                        Language language, int fd = 0);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_GOVERNANCE_COMMAND_H_
