#include "matcher/proposals.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::PROPOSAL_STATE_APPROVED;
using samkoer::v1::PROPOSAL_STATE_OPEN;
using samkoer::v1::PROPOSAL_STATE_OVERTAKEN;
using samkoer::v1::ProposalContent;

constexpr std::string_view kScheme = "samkoer://";
constexpr std::string_view kOfficer = "privacy-officer";
constexpr std::string_view kOperator = "operator";

absl::Status NotPermitted() {
  return absl::PermissionDeniedError("not permitted");
}

bool IsSwitch(const ProposalBook::Entry& entry) {
  return entry.thing.starts_with("department ");
}

bool RoleMayDecide(const ProposalBook::Entry& entry, std::string_view uri) {
  const std::string_view role = RoleOf(uri);
  return role == kOfficer || (role == kOperator && IsSwitch(entry) &&
                              RoleOf(entry.head.proposer()) == kOfficer);
}

bool IsOwn(const ProposalBook::Entry& entry, std::string_view uri) {
  return PersonOf(entry.head.proposer()) == PersonOf(uri) &&
         !PersonOf(uri).empty();
}

absl::Status CheckOpen(const samkoer::v1::Proposal& head) {
  if (head.state() == PROPOSAL_STATE_OPEN) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(
      "proposal ", head.number(),
      head.state() == PROPOSAL_STATE_OVERTAKEN
          ? " has been overtaken by one that was approved before it"
          : " is decided already"));
}

}  // namespace

std::string ThingOf(const ProposalContent& content) {
  switch (content.change_case()) {
    case ProposalContent::kPolicy:
      return "policy";
    case ProposalContent::kDepartment:
      return absl::StrCat("department ", content.department().department());
    case ProposalContent::kQuota:
      return absl::StrCat("quota ", content.quota().subject());
    case ProposalContent::kLoss:
      return "loss";
    case ProposalContent::CHANGE_NOT_SET:
      break;
  }
  return "";
}

void ShowContent(const ProposalContent& content, samkoer::v1::Proposal& head) {
  if (!content.has_policy()) *head.mutable_content() = content;
}

std::string_view RoleOf(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return "";
  const std::size_t role = uri.find('/', kScheme.size());
  const std::size_t name =
      role == uri.npos ? uri.npos : uri.find('/', role + 1);
  return name == uri.npos ? "" : uri.substr(role + 1, name - role - 1);
}

std::string_view PersonOf(std::string_view uri) {
  if (!uri.starts_with(kScheme)) return "";
  return uri.substr(uri.rfind('/') + 1);
}

absl::Status CheckProposer(std::string_view uri,
                           const ProposalContent& content) {
  const std::string_view role = RoleOf(uri);
  if (role == kOperator || (role == kOfficer && content.has_department())) {
    return absl::OkStatus();
  }
  return NotPermitted();
}

bool ProposalBook::Load(samkoer::v1::Proposal head, std::string thing) {
  const std::uint64_t number = head.number();
  return entries_.emplace(number, Entry{std::move(head), std::move(thing)})
      .second;
}

absl::StatusOr<std::uint64_t> ProposalBook::NextNumber() const {
  const auto open =
      std::count_if(entries_.begin(), entries_.end(), [](const auto& entry) {
        return entry.second.head.state() == PROPOSAL_STATE_OPEN;
      });
  if (static_cast<std::size_t>(open) >= kMaxOpenProposals) {
    return absl::ResourceExhaustedError(absl::StrCat(
        kMaxOpenProposals, " proposals are open; reject what nobody wants"));
  }
  return entries_.empty() ? 1 : entries_.rbegin()->first + 1;
}

void ProposalBook::Add(samkoer::v1::Proposal head, std::string thing) {
  Load(std::move(head), std::move(thing));
}

absl::StatusOr<const ProposalBook::Entry*> ProposalBook::Find(
    std::uint64_t number) const {
  const auto found = entries_.find(number);
  if (found == entries_.end()) {
    return absl::NotFoundError(absl::StrCat("no proposal ", number));
  }
  return &found->second;
}

absl::Status ProposalBook::CheckApproval(std::uint64_t number,
                                         std::string_view uri,
                                         std::string_view digest) const {
  auto entry = Find(number);
  if (!entry.ok()) return entry.status();
  if (!RoleMayDecide(**entry, uri)) return NotPermitted();
  if (IsOwn(**entry, uri)) {
    return absl::PermissionDeniedError(
        "who proposed may not approve; ask somebody else");
  }
  if (absl::Status s = CheckOpen((*entry)->head); !s.ok()) return s;
  if ((*entry)->head.digest() != digest) {
    return absl::FailedPreconditionError(
        "the digest is another proposal's; read it again before you approve");
  }
  return absl::OkStatus();
}

absl::Status ProposalBook::CheckRejection(std::uint64_t number,
                                          std::string_view uri) const {
  auto entry = Find(number);
  if (!entry.ok()) return entry.status();
  if (!RoleMayDecide(**entry, uri) && !IsOwn(**entry, uri)) {
    return NotPermitted();
  }
  return CheckOpen((*entry)->head);
}

std::vector<std::uint64_t> ProposalBook::Decide(std::uint64_t number,
                                                const Decision& decision) {
  std::vector<std::uint64_t> changed = {number};
  const auto decide = [&](samkoer::v1::Proposal& head,
                          samkoer::v1::ProposalState state) {
    head.set_state(state);
    head.set_decided_by(decision.decided_by);
    *head.mutable_decided() = decision.decided;
    head.set_decision_reason(decision.reason);
  };
  Entry& decided = entries_.at(number);
  decide(decided.head, decision.state);
  if (decision.state != PROPOSAL_STATE_APPROVED) return changed;
  for (auto& [other, entry] : entries_) {
    if (entry.head.state() != PROPOSAL_STATE_OPEN ||
        entry.thing != decided.thing) {
      continue;
    }
    decide(entry.head, PROPOSAL_STATE_OVERTAKEN);
    changed.push_back(other);
  }
  return changed;
}

}  // namespace samkoer::matcher
