// What a proposal is about, in words. Pure.
#ifndef SAMKOER_CLIENTS_AUDIT_PROPOSAL_TEXT_H_
#define SAMKOER_CLIENTS_AUDIT_PROPOSAL_TEXT_H_

#include <string>

#include "absl/status/statusor.h"
#include "clients/alerts/alert_text.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::clients {

namespace v1 = samkoer::v1;

using ChangeKind = v1::ProposalContent::ChangeCase;

// Also of a proposal from a list, where a policy has no text.
ChangeKind KindOf(const v1::Proposal& proposal);
// The commands that are about it: "policy", "department", "quota", "loss".
std::string CommandOf(ChangeKind kind);

// "sluk for afdelingen job; dens sager tæller ikke", "politik version 4".
// Terminal-safe.
std::string ChangeText(const v1::Proposal& proposal, Language language);

// "job: dens sager tæller ikke": a department that is switched off.
// Terminal-safe.
std::string SwitchedOffText(const v1::DepartmentSwitch& change,
                            Language language);

// Why a proposal that is not open cannot be decided: by whom and when it was.
std::string DecidedText(const v1::Proposal& proposal, const TextStyle& style);

// Who proposed it, when and why, how it was decided, and its digest; lines.
std::string ProposalHead(const v1::Proposal& proposal, const TextStyle& style);

// The head, what it changes, and whom it would concern, in counts. Errors of
// the policies' texts.
absl::StatusOr<std::string> ProposalPage(const v1::GetProposalResponse& answer,
                                         const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_AUDIT_PROPOSAL_TEXT_H_
