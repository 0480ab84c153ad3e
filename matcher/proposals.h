// Proposals and who may decide them: a pure state machine, the same for both
// servers. A proposal is open until it is approved, rejected, or overtaken by
// another one of the same thing that was approved before it; then it stays as
// it is.
//
// Nobody decides alone: the name in the certificate of who approves is another
// one than the proposer's, whatever the roles. A name stands for a person.
#ifndef SAMKOER_MATCHER_PROPOSALS_H_
#define SAMKOER_MATCHER_PROPOSALS_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "samkoer/v1/governance.pb.h"

namespace samkoer::matcher {

// Open proposals of a server.
inline constexpr std::size_t kMaxOpenProposals = 100;

// What is proposed about: proposals of the same thing overtake one another.
// "policy", "department viborg-job", "quota SUBJECT", "loss"; empty if the
// content names nothing.
std::string ThingOf(const samkoer::v1::ProposalContent& content);

// Puts into `head` what lists show of the content: all but a policy's text.
void ShowContent(const samkoer::v1::ProposalContent& content,
                 samkoer::v1::Proposal& head);

// The parts of "samkoer://<municipality>/<role>/<name>"; empty for a process,
// which is named by one word.
std::string_view RoleOf(std::string_view uri);
std::string_view PersonOf(std::string_view uri);

// Whether the role may propose it: policies, quotas and losses an operator,
// switches of departments an operator or a privacy officer.
// PERMISSION_DENIED.
absl::Status CheckProposer(std::string_view uri,
                           const samkoer::v1::ProposalContent& content);

// A server's proposals, without the texts of policies.
//
// Thread safety: for one thread at a time.
class ProposalBook {
 public:
  struct Entry {
    samkoer::v1::Proposal head;  // as ShowContent leaves it
    std::string thing;
  };
  // By number.
  using Entries = std::map<std::uint64_t, Entry>;

  // At the start. False if the number is taken.
  bool Load(samkoer::v1::Proposal head, std::string thing);

  // The number of the next proposal. RESOURCE_EXHAUSTED if 100 are open.
  absl::StatusOr<std::uint64_t> NextNumber() const;
  // A new, open proposal; `head` has the number of NextNumber.
  void Add(samkoer::v1::Proposal head, std::string thing);

  // NOT_FOUND.
  absl::StatusOr<const Entry*> Find(std::uint64_t number) const;
  // Whether `uri` may approve it as read, and reject it. Errors as the service
  // Governance says.
  absl::Status CheckApproval(std::uint64_t number, std::string_view uri,
                             std::string_view digest) const;
  absl::Status CheckRejection(std::uint64_t number, std::string_view uri) const;

  // How it was decided. Who, when and why are `decided_by`, `decided` and
  // `reason`. Returns the numbers of the proposals that changed: this one, and
  // those that an approval overtakes. It must be open.
  struct Decision {
    samkoer::v1::ProposalState state;  // APPROVED or REJECTED
    std::string decided_by;
    google::protobuf::Timestamp decided;
    std::string reason;
  };
  std::vector<std::uint64_t> Decide(std::uint64_t number,
                                    const Decision& decision);

  const Entries& entries() const { return entries_; }

 private:
  Entries entries_;
};

}  // namespace samkoer::matcher

#endif  // SAMKOER_MATCHER_PROPOSALS_H_
