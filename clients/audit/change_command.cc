#include "clients/audit/change_command.h"

#include <algorithm>
#include <map>
#include <ostream>
#include <vector>

#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::clients {
namespace {

constexpr Matter kDepartments{ChangeKind::kDepartment, Peer::kMatcher};

// What the proposal is about: a department's id, a quota's subject.
std::string SubjectOf(const v1::Proposal& proposal) {
  return proposal.content().has_quota()
             ? proposal.content().quota().subject()
             : proposal.content().department().department();
}

// The approved change of each subject that was approved last: the one with the
// highest number, because an approval overtakes all that were open.
std::map<std::string, const v1::Proposal*> InForce(
    const v1::ListProposalsResponse& all) {
  std::map<std::string, const v1::Proposal*> in_force;
  for (const v1::Proposal& proposal : all.proposals()) {
    if (proposal.state() != v1::PROPOSAL_STATE_APPROVED) continue;
    const v1::Proposal*& newest = in_force[SubjectOf(proposal)];
    if (newest == nullptr || newest->number() < proposal.number()) {
      newest = &proposal;
    }
  }
  return in_force;
}

std::string InForceText(const v1::ListProposalsResponse& all,
                        const Matter& matter, const TextStyle& style) {
  const Language l = style.language;
  std::string text;
  for (const auto& [subject, proposal] : InForce(all)) {
    const auto& content = proposal->content();
    if (content.has_department() && !content.department().suspended()) continue;
    text +=
        Cat("  ",
            content.has_department() ? SwitchedOffText(content.department(), l)
                                     : ChangeText(*proposal, l),
            " (", Say(l, "forslag ", "proposal "), proposal->number(), ", ",
            DateTimeText(proposal->decided(), style.zone), ")\n");
  }
  if (matter.kind == ChangeKind::kDepartment) {
    return text.empty() ? Say(l, "Ingen afdelinger er slukket.\n",
                              "No department is switched off.\n")
                        : Cat(Say(l, "Slukket:\n", "Switched off:\n"), text);
  }
  return Cat(Say(l, "I kraft:\n", "In force:\n"), text);
}

}  // namespace

absl::Status ProposeSuspension(v1::Governance::StubInterface& server,
                               const std::string& department,
                               const std::string& records,
                               const std::string& reason,
                               const AuditOutput& output) {
  v1::ProposalContent content;
  v1::DepartmentSwitch& change = *content.mutable_department();
  change.set_department(department);
  change.set_suspended(true);
  change.set_records(records == "count" ? v1::SUSPENDED_RECORDS_COUNT
                                        : v1::SUSPENDED_RECORDS_DO_NOT_COUNT);
  return ProposeChange(server, content, reason, output, kDepartments);
}

absl::Status ProposeResumption(v1::Governance::StubInterface& server,
                               const std::string& department,
                               const std::string& reason,
                               const AuditOutput& output) {
  v1::ProposalContent content;
  content.mutable_department()->set_department(department);
  return ProposeChange(server, content, reason, output, kDepartments);
}

absl::Status PrintChanges(v1::Governance::StubInterface& server,
                          const Matter& matter, const AuditOutput& output) {
  if (output.format == OutputFormat::kJson) {
    return PrintProposals(server, Proposals::kAll, output, matter);
  }
  const Language l = output.style.language;
  const auto all = FetchProposals(server, matter, l);
  if (!all.ok()) return all.status();
  output.out << InForceText(*all, matter, output.style);
  for (const bool open : {true, false}) {
    bool first = true;
    for (const v1::Proposal& proposal : all->proposals()) {
      if ((proposal.state() == v1::PROPOSAL_STATE_OPEN) != open) continue;
      if (first) {
        output.out << (open ? Say(l, "\nVenter på godkendelse:\n",
                                  "\nAwaiting approval:\n")
                            : Say(l, "\nAfgjort:\n", "\nDecided:\n"));
      }
      first = false;
      output.out << ProposalHead(proposal, output.style);
    }
  }
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError(
      Say(l, "kan ikke skrive resultatet", "cannot write the output"));
}

}  // namespace samkoer::clients
