#include "server/proposal_desk.h"

#include "absl/strings/str_cat.h"
#include "matcher/alarm_rules.h"
#include "proto/absl_text.h"
#include "proto/reason.h"
#include "storage/audit_log.h"
#include "storage/failpoint.h"
#include "storage/key_layout.h"
#include "storage/proposal_table.h"
#include "storage/sealed_value.h"

namespace samkoer::server {
namespace {

using matcher::ProposalBook;
using storage::NumberKey;
using storage::Table;

constexpr std::uint32_t kDefaultPage = 100;
constexpr std::uint32_t kMaxPage = 1000;

google::protobuf::Timestamp ToProto(absl::Time time) {
  google::protobuf::Timestamp proto;
  const std::int64_t nanos = absl::ToUnixNanos(time);
  proto.set_seconds(nanos / 1'000'000'000);
  proto.set_nanos(static_cast<std::int32_t>(nanos % 1'000'000'000));
  return proto;
}

std::string Detail(const ProposalBook::Entry& entry) {
  return absl::StrCat("proposal ", entry.head.number(), ": ", entry.thing);
}

absl::StatusOr<storage::StoredProposal> OpenProposal(
    const storage::ValueSealer& sealer, std::string_view key,
    std::string_view value) {
  auto plaintext = sealer.Open(key, value);
  if (!plaintext.ok()) return plaintext.status();
  return storage::DecodeProposal(*plaintext);
}

}  // namespace

absl::StatusOr<std::unique_ptr<ProposalDesk>> ProposalDesk::Load(Parts parts) {
  std::unique_ptr<ProposalDesk> desk(new ProposalDesk(std::move(parts)));
  absl::Status status;
  absl::Status scanned = desk->parts_.engine.Scan(
      storage::TablePrefix(Table::kProposal), "",
      [&](std::string_view key, std::string_view value) {
        auto stored = OpenProposal(desk->parts_.sealer, key, value);
        status = stored.status();
        if (!status.ok()) return false;
        v1::ProposalContent content;
        if (storage::ParseNumberKey(Table::kProposal, key) !=
                stored->head.number() ||
            !content.ParseFromString(stored->content)) {
          status = absl::DataLossError("a proposal is not what its key says");
          return false;
        }
        if (stored->head.state() == v1::PROPOSAL_STATE_APPROVED) {
          desk->parts_.matter.Load(content);
        }
        matcher::ShowContent(content, stored->head);
        desk->book_.Load(std::move(stored->head), matcher::ThingOf(content));
        return true;
      });
  if (!scanned.ok()) return scanned;
  if (!status.ok()) return status;
  return desk;
}

v1::AuditLeaf ProposalDesk::Leaf(const Identity* who,
                                 v1::AuditAction action) const {
  v1::AuditLeaf leaf;
  leaf.set_version(1);
  *leaf.mutable_time() = ToProto(parts_.now());
  leaf.set_action(action);
  leaf.set_purpose(parts_.purpose);
  leaf.set_actor(who != nullptr ? who->uri : parts_.process);
  if (who != nullptr) {
    leaf.set_actor_certificate(who->certificate_sha256.data(),
                               who->certificate_sha256.size());
  }
  return leaf;
}

void ProposalDesk::TellOf(const Identity* who, v1::AuditAction action,
                          const ProposalBook::Entry& entry,
                          const std::string& reason,
                          StagedWrites& writes) const {
  v1::AuditLeaf leaf = Leaf(who, action);
  leaf.set_reason(reason);
  leaf.set_digest(entry.head.digest());
  leaf.set_detail(Detail(entry));
  writes.leaves.push_back(std::move(leaf));
}

void ProposalDesk::LogRead(const Identity& who, const std::string& what,
                           StagedWrites& writes) const {
  v1::AuditLeaf leaf = Leaf(&who, v1::AUDIT_ACTION_PROPOSALS_READ);
  leaf.set_detail(what);
  writes.leaves.push_back(std::move(leaf));
}

void ProposalDesk::Put(const v1::Proposal& head, const std::string& content,
                       StagedWrites& writes) const {
  writes.values[NumberKey(Table::kProposal, head.number())] =
      storage::EncodeProposal({head, content});
}

absl::StatusOr<std::string> ProposalDesk::ContentBytes(
    std::uint64_t number, const StagedWrites& writes) const {
  const std::string key = NumberKey(Table::kProposal, number);
  if (const auto staged = writes.values.find(key);
      staged != writes.values.end()) {
    auto stored = storage::DecodeProposal(staged->second);
    if (!stored.ok()) return stored.status();
    return std::move(stored->content);
  }
  auto value = parts_.engine.Get(key);
  if (!value.ok()) return value.status();
  auto stored = OpenProposal(parts_.sealer, key, *value);
  if (!stored.ok()) return stored.status();
  return std::move(stored->content);
}

absl::StatusOr<v1::ProposalContent> ProposalDesk::Content(
    std::uint64_t number, const StagedWrites& writes) const {
  auto bytes = ContentBytes(number, writes);
  if (!bytes.ok()) return bytes.status();
  v1::ProposalContent content;
  if (!content.ParseFromString(*bytes)) {
    return absl::DataLossError("a proposal is malformed");
  }
  return content;
}

v1::Proposal ProposalDesk::Add(const Identity* who, std::uint64_t number,
                               const v1::ProposalContent& content,
                               const std::string& reason,
                               StagedWrites& writes) {
  const std::string bytes = storage::ContentBytes(content);
  v1::Proposal head;
  head.set_number(number);
  head.set_digest(storage::ContentDigest(bytes));
  head.set_proposer(who != nullptr ? who->uri : parts_.process);
  *head.mutable_proposed() = ToProto(parts_.now());
  head.set_reason(reason);
  head.set_state(v1::PROPOSAL_STATE_OPEN);
  Put(head, bytes, writes);
  matcher::ShowContent(content, head);
  book_.Add(head, matcher::ThingOf(content));
  return head;
}

absl::Status ProposalDesk::Decide(const Identity* who, std::uint64_t number,
                                  v1::ProposalState decided,
                                  const std::string& reason,
                                  StagedWrites& writes) {
  // All are read before anything changes.
  std::map<std::uint64_t, std::string> contents;
  const std::string thing = (*book_.Find(number))->thing;
  for (const auto& [other, entry] : book_.entries()) {
    if (entry.thing != thing || entry.head.state() != v1::PROPOSAL_STATE_OPEN) {
      continue;
    }
    auto bytes = ContentBytes(other, writes);
    if (!bytes.ok()) return bytes.status();
    contents[other] = *std::move(bytes);
  }
  const auto changed =
      book_.Decide(number, {decided, who != nullptr ? who->uri : parts_.process,
                            ToProto(parts_.now()), reason});
  for (const std::uint64_t one : changed) {
    Put((*book_.Find(one))->head, contents.at(one), writes);
  }
  SAMKOER_FAILPOINT("proposal.before-write");
  return absl::OkStatus();
}

absl::StatusOr<v1::ProposeResponse> ProposalDesk::Propose(
    const Identity& who, const v1::ProposeRequest& request) {
  const v1::ProposalContent& content = request.content();
  if (absl::Status s = matcher::CheckProposer(who.uri, content); !s.ok()) {
    return s;
  }
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  if (content.change_case() == v1::ProposalContent::CHANGE_NOT_SET) {
    return absl::InvalidArgumentError("content: names no change");
  }
  if (content.has_loss()) {
    return absl::InvalidArgumentError(
        "content: a loss is declared by the server that has it");
  }
  v1::ProposeResponse response;
  absl::Status written =
      parts_.writer.Write([&](StagedWrites& writes) -> absl::Status {
        if (absl::Status s = parts_.matter.Check(content); !s.ok()) return s;
        auto number = book_.NextNumber();
        if (!number.ok()) return number.status();
        *response.mutable_proposal() =
            Add(&who, *number, content, request.reason(), writes);
        TellOf(&who, v1::AUDIT_ACTION_PROPOSED, **book_.Find(*number),
               request.reason(), writes);
        return absl::OkStatus();
      });
  if (!written.ok()) return written;
  return response;
}

absl::StatusOr<v1::ListProposalsResponse> ProposalDesk::ListProposals(
    const Identity& who, const v1::ListProposalsRequest& request) {
  if (request.page_size() > kMaxPage) {
    return absl::InvalidArgumentError("page_size: must be at most 1,000");
  }
  const std::uint32_t page =
      request.page_size() == 0 ? kDefaultPage : request.page_size();
  v1::ListProposalsResponse response;
  absl::Status written =
      parts_.writer.Write([&](StagedWrites& writes) -> absl::Status {
        const auto& entries = book_.entries();
        for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
          if (response.proposals_size() == static_cast<int>(page)) break;
          const v1::Proposal& head = it->second.head;
          if ((request.below() != 0 && head.number() >= request.below()) ||
              (request.open_only() &&
               head.state() != v1::PROPOSAL_STATE_OPEN)) {
            continue;
          }
          *response.add_proposals() = head;
        }
        LogRead(who, "proposals", writes);
        return absl::OkStatus();
      });
  if (!written.ok()) return written;
  return response;
}

absl::StatusOr<v1::GetProposalResponse> ProposalDesk::GetProposal(
    const Identity& who, const v1::GetProposalRequest& request) {
  v1::GetProposalResponse response;
  absl::Status written =
      parts_.writer.Write([&](StagedWrites& writes) -> absl::Status {
        auto entry = book_.Find(request.number());
        if (!entry.ok()) return entry.status();
        auto content = Content(request.number(), writes);
        if (!content.ok()) return content.status();
        *response.mutable_proposal() = (*entry)->head;
        *response.mutable_proposal()->mutable_content() = *content;
        v1::ProposalContent in_force = parts_.matter.InForce(*content);
        if (in_force.change_case() != v1::ProposalContent::CHANGE_NOT_SET) {
          *response.mutable_in_force() = std::move(in_force);
        }
        LogRead(who, Detail(**entry), writes);
        return absl::OkStatus();
      });
  if (!written.ok()) return written;
  return response;
}

absl::StatusOr<v1::ApproveResponse> ProposalDesk::Approve(
    const Identity& who, const v1::ApproveRequest& request) {
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  v1::ApproveResponse response;
  bool own = false;
  absl::Status written =
      parts_.writer.Write([&](StagedWrites& writes) -> absl::Status {
        const std::uint64_t number = request.number();
        if (absl::Status s =
                book_.CheckApproval(number, who.uri, request.digest());
            !s.ok()) {
          own = IsOf(number, who);
          return s;
        }
        auto content = Content(number, writes);
        if (!content.ok()) return content.status();
        if (absl::Status s = parts_.matter.Check(*content); !s.ok()) {
          return absl::FailedPreconditionError(s.message());
        }
        if (absl::Status s = Decide(&who, number, v1::PROPOSAL_STATE_APPROVED,
                                    request.reason(), writes);
            !s.ok()) {
          return s;
        }
        parts_.matter.BringInForce(&who, *content, writes);
        TellOf(&who, v1::AUDIT_ACTION_PROPOSAL_APPROVED, **book_.Find(number),
               request.reason(), writes);
        *response.mutable_proposal() = (*book_.Find(number))->head;
        response.set_leaf_index(parts_.log.size() + writes.leaves.size() - 1);
        return absl::OkStatus();
      });
  if (own) {
    if (absl::Status s = NoteOwnApproval(who); !s.ok()) return s;
  }
  if (!written.ok()) return written;
  if (on_decided_) on_decided_(response.proposal());
  return response;
}

bool ProposalDesk::IsOf(std::uint64_t number, const Identity& who) const {
  const auto entry = book_.Find(number);
  return entry.ok() && matcher::PersonOf((*entry)->head.proposer()) ==
                           matcher::PersonOf(who.uri);
}

absl::Status ProposalDesk::NoteOwnApproval(const Identity& who) {
  return parts_.writer.Write([&](StagedWrites& writes) {
    v1::AuditLeaf leaf = Leaf(&who, v1::AUDIT_ACTION_REFUSED);
    leaf.set_detail(
        absl::StrCat("Governance.Approve", proto::Absl(matcher::kOwnApproval)));
    writes.leaves.push_back(std::move(leaf));
    return absl::OkStatus();
  });
}

absl::StatusOr<v1::RejectResponse> ProposalDesk::Reject(
    const Identity& who, const v1::RejectRequest& request) {
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  v1::RejectResponse response;
  absl::Status written =
      parts_.writer.Write([&](StagedWrites& writes) -> absl::Status {
        const std::uint64_t number = request.number();
        if (absl::Status s = book_.CheckRejection(number, who.uri); !s.ok()) {
          return s;
        }
        if (absl::Status s = Decide(&who, number, v1::PROPOSAL_STATE_REJECTED,
                                    request.reason(), writes);
            !s.ok()) {
          return s;
        }
        TellOf(&who, v1::AUDIT_ACTION_PROPOSAL_REJECTED, **book_.Find(number),
               request.reason(), writes);
        *response.mutable_proposal() = (*book_.Find(number))->head;
        response.set_leaf_index(parts_.log.size() + writes.leaves.size() - 1);
        return absl::OkStatus();
      });
  if (!written.ok()) return written;
  if (on_decided_) on_decided_(response.proposal());
  return response;
}

absl::StatusOr<std::uint64_t> ProposalDesk::ProposeOwn(
    const v1::ProposalContent& content, const std::string& reason,
    StagedWrites& writes) {
  const std::string digest =
      storage::ContentDigest(storage::ContentBytes(content));
  for (const auto& [number, entry] : book_.entries()) {
    if (entry.head.state() == v1::PROPOSAL_STATE_OPEN &&
        entry.head.digest() == digest) {
      return number;
    }
  }
  auto number = book_.NextNumber();
  if (!number.ok()) return number.status();
  Add(nullptr, *number, content, reason, writes);
  TellOf(nullptr, v1::AUDIT_ACTION_PROPOSED, **book_.Find(*number), reason,
         writes);
  return *number;
}

absl::Status ProposalDesk::DecideOwn(const v1::ProposalContent& content,
                                     const std::string& reason,
                                     StagedWrites& writes) {
  // However many are open: this one does not stay so.
  const std::uint64_t number =
      book_.entries().empty() ? 1 : book_.entries().rbegin()->first + 1;
  Add(nullptr, number, content, reason, writes);
  if (absl::Status s =
          Decide(nullptr, number, v1::PROPOSAL_STATE_APPROVED, reason, writes);
      !s.ok()) {
    return s;
  }
  parts_.matter.BringInForce(nullptr, content, writes);
  return absl::OkStatus();
}

absl::Status ProposalDesk::WithdrawOwn(const v1::ProposalContent& content,
                                       const std::string& reason,
                                       StagedWrites& writes) {
  const std::string thing = matcher::ThingOf(content);
  for (const auto& [number, entry] : book_.entries()) {
    if (entry.thing != thing || entry.head.proposer() != parts_.process ||
        entry.head.state() != v1::PROPOSAL_STATE_OPEN) {
      continue;
    }
    if (absl::Status s = Decide(nullptr, number, v1::PROPOSAL_STATE_REJECTED,
                                reason, writes);
        !s.ok()) {
      return s;
    }
    TellOf(nullptr, v1::AUDIT_ACTION_PROPOSAL_REJECTED, entry, reason, writes);
  }
  return absl::OkStatus();
}

}  // namespace samkoer::server
