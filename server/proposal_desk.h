// The Governance rpcs on a store that has no matcher: the key service's, and
// that of any server whose declared loss awaits its approval.
#ifndef SAMKOER_SERVER_PROPOSAL_DESK_H_
#define SAMKOER_SERVER_PROPOSAL_DESK_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "matcher/proposals.h"
#include "server/governance_backend.h"
#include "server/store_writer.h"

namespace samkoer::storage {
class AuditLog;
class ValueSealer;
}  // namespace samkoer::storage

namespace samkoer::server {

// What may be decided at a desk. Called by one thread at a time.
class DeskMatter {
 public:
  virtual ~DeskMatter() = default;

  // An approved proposal, at the start: they come in the order in which they
  // were approved, so that the last of a thing is in force.
  virtual void Load(const v1::ProposalContent& content) = 0;
  // Whether it could come in force now. INVALID_ARGUMENT, or
  // FAILED_PRECONDITION: it is so already, or this server has no such thing.
  virtual absl::Status Check(const v1::ProposalContent& content) const = 0;
  // What is in force of the same thing; no change if nothing is.
  virtual v1::ProposalContent InForce(
      const v1::ProposalContent& content) const = 0;
  // It comes in force: adds what it writes, the leaf that tells of it, too.
  // `who` has approved it, or (null) the process has decided.
  virtual void BringInForce(const Identity* who,
                            const v1::ProposalContent& content,
                            StagedWrites& writes) = 0;
};

class ProposalDesk final : public GovernanceBackend {
 public:
  struct Parts {
    // All must outlive the desk. `log` is told in the order of the writer's
    // writes.
    const storage::Engine& engine;
    const storage::ValueSealer& sealer;
    const storage::AuditLog& log;
    StoreWriter& writer;
    DeskMatter& matter;
    // What its own leaves have as actor ("keyd") and all as purpose.
    std::string process;
    std::string purpose;
    std::function<absl::Time()> now;
  };

  // Reads the proposals and gives the approved ones to the matter. DATA_LOSS.
  static absl::StatusOr<std::unique_ptr<ProposalDesk>> Load(Parts parts);

  absl::StatusOr<v1::ProposeResponse> Propose(
      const Identity& who, const v1::ProposeRequest& request) override;
  absl::StatusOr<v1::ListProposalsResponse> ListProposals(
      const Identity& who, const v1::ListProposalsRequest& request) override;
  absl::StatusOr<v1::GetProposalResponse> GetProposal(
      const Identity& who, const v1::GetProposalRequest& request) override;
  absl::StatusOr<v1::ApproveResponse> Approve(
      const Identity& who, const v1::ApproveRequest& request) override;
  absl::StatusOr<v1::RejectResponse> Reject(
      const Identity& who, const v1::RejectRequest& request) override;

  // Told of what has been decided by a person, when it is durable.
  using OnDecided = std::function<void(const v1::Proposal& proposal)>;
  // Call once, before the desk is used.
  void set_on_decided(OnDecided on_decided) {
    on_decided_ = std::move(on_decided);
  }

  // ---- Within the writer's work, for the process itself ----

  // Proposes in the process's name; the number, or that of an open proposal
  // with the same content.
  absl::StatusOr<std::uint64_t> ProposeOwn(const v1::ProposalContent& content,
                                           const std::string& reason,
                                           StagedWrites& writes);
  // Decides alone what needs no second person.
  absl::Status DecideOwn(const v1::ProposalContent& content,
                         const std::string& reason, StagedWrites& writes);
  // Takes back what the process has proposed of the thing and is open.
  absl::Status WithdrawOwn(const v1::ProposalContent& content,
                           const std::string& reason, StagedWrites& writes);

  const matcher::ProposalBook& book() const { return book_; }

 private:
  explicit ProposalDesk(Parts parts) : parts_(std::move(parts)) {}

  v1::AuditLeaf Leaf(const Identity* who, v1::AuditAction action) const;
  void TellOf(const Identity* who, v1::AuditAction action,
              const matcher::ProposalBook::Entry& entry,
              const std::string& reason, StagedWrites& writes) const;
  void Put(const v1::Proposal& head, const std::string& content,
           StagedWrites& writes) const;
  // The stored bytes, also of what this write has staged.
  absl::StatusOr<std::string> ContentBytes(std::uint64_t number,
                                           const StagedWrites& writes) const;
  absl::StatusOr<v1::ProposalContent> Content(std::uint64_t number,
                                              const StagedWrites& writes) const;
  v1::Proposal Add(const Identity* who, std::uint64_t number,
                   const v1::ProposalContent& content,
                   const std::string& reason, StagedWrites& writes);
  absl::Status Decide(const Identity* who, std::uint64_t number,
                      v1::ProposalState decided, const std::string& reason,
                      StagedWrites& writes);
  // Whether `who` has proposed it. Within the writer's work.
  bool IsOf(std::uint64_t number, const Identity& who) const;
  // The alarm on an own approval is raised by this leaf.
  absl::Status NoteOwnApproval(const Identity& who);
  void LogRead(const Identity& who, const std::string& what,
               StagedWrites& writes) const;

  const Parts parts_;
  OnDecided on_decided_;
  matcher::ProposalBook book_;  // the writer's work's alone
};

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_PROPOSAL_DESK_H_
