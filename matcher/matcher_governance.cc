// The part of the facade for what needs four eyes.
#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/alarm_rules.h"
#include "matcher/alert_lifecycle.h"
#include "matcher/core.h"
#include "matcher/department_switch.h"
#include "matcher/matcher.h"
#include "matcher/policy_change.h"
#include "matcher/policy_file.h"
#include "matcher/proposal_effect.h"
#include "matcher/proposals.h"
#include "proto/absl_text.h"
#include "proto/limits.h"
#include "proto/reason.h"
#include "storage/audit_log.h"
#include "storage/failpoint.h"
#include "storage/key_layout.h"
#include "storage/policy_table.h"
#include "storage/proposal_table.h"

namespace samkoer::matcher {
namespace {

using samkoer::v1::Proposal;
using samkoer::v1::ProposalContent;
using storage::NumberKey;
using storage::Table;

constexpr std::uint32_t kDefaultPage = 100;
constexpr std::uint32_t kMaxPage = 1000;
// Whoever may propose at will could find a single person between two policies
// that differ by one: the effect is told of this many policies a day, and of
// this many switches.
constexpr int kMaxEffectsADay = 10;

std::string Detail(const ProposalBook::Entry& entry) {
  return absl::StrCat("proposal ", entry.head.number(), ": ", entry.thing);
}

absl::StatusOr<std::shared_ptr<const CompiledPolicy>> Compile(
    const std::string& text) {
  auto policy = ParsePolicy(text, "policy");
  if (!policy.ok()) return policy.status();
  return std::make_shared<const CompiledPolicy>(*std::move(policy));
}

absl::Status NotTakenHere() {
  return absl::FailedPreconditionError(
      "the matcher takes proposals of policies and of switches of departments; "
      "quotas are the key service's, and a loss a server declares itself");
}

bool HasEffect(const ProposalContent& content) {
  return content.has_policy() || content.has_department();
}

class Governor {
 public:
  Governor(LoopState& state, Transaction& tx, const storage::AuditLog& audit)
      : state_(state), tx_(tx), audit_(audit) {}

  // A null `caller` is the process.
  absl::StatusOr<Proposal> Propose(const Caller* caller,
                                   const ProposalContent& content,
                                   const std::string& reason,
                                   std::uint32_t policy_version) {
    auto number = state_.proposals.NextNumber();
    if (!number.ok()) return number.status();
    storage::StoredProposal stored;
    stored.content = storage::ContentBytes(content);
    Proposal& head = stored.head;
    head.set_number(*number);
    head.set_digest(storage::ContentDigest(stored.content));
    head.set_proposer(caller != nullptr ? caller->uri
                                        : std::string(kMatcherActor));
    *head.mutable_proposed() = ToProto(tx_.now());
    head.set_reason(reason);
    head.set_state(samkoer::v1::PROPOSAL_STATE_OPEN);
    head.set_policy_version(policy_version);
    Put(stored);
    ShowContent(content, head);
    state_.proposals.Add(head, ThingOf(content));
    AddLeaf(caller, **state_.proposals.Find(*number),
            samkoer::v1::AUDIT_ACTION_PROPOSED, reason);
    return head;
  }

  absl::StatusOr<Proposal> Approve(const Caller& caller,
                                   const samkoer::v1::ApproveRequest& request) {
    if (absl::Status s = state_.proposals.CheckApproval(
            request.number(), caller.uri, request.digest());
        !s.ok()) {
      NoteOwnApproval(request.number(), caller);
      return s;
    }
    auto content = Content(request.number());
    if (!content.ok()) return content.status();
    if (absl::Status s = BringInForce(caller, *content); !s.ok()) return s;
    state_.told_effects.clear();  // they compare with another state now
    return Decide(caller, request.number(),
                  samkoer::v1::PROPOSAL_STATE_APPROVED, request.reason());
  }

  absl::StatusOr<Proposal> Reject(const Caller& caller,
                                  const samkoer::v1::RejectRequest& request) {
    if (absl::Status s =
            state_.proposals.CheckRejection(request.number(), caller.uri);
        !s.ok()) {
      return s;
    }
    return Decide(caller, request.number(),
                  samkoer::v1::PROPOSAL_STATE_REJECTED, request.reason());
  }

  absl::StatusOr<samkoer::v1::GetProposalResponse> Get(const Caller& caller,
                                                       std::uint64_t number) {
    auto entry = state_.proposals.Find(number);
    if (!entry.ok()) return entry.status();
    auto content = Content(number);
    if (!content.ok()) return content.status();
    samkoer::v1::GetProposalResponse response;
    *response.mutable_proposal() = (*entry)->head;
    *response.mutable_proposal()->mutable_content() = *content;
    if (content->has_department()) {
      *response.mutable_in_force()->mutable_department() =
          state_.suspensions->Of(content->department().department());
    } else if (content->has_policy() && state_.policy != nullptr) {
      response.mutable_in_force()->set_policy(state_.policy->text());
    }
    if ((*entry)->head.state() == samkoer::v1::PROPOSAL_STATE_OPEN &&
        state_.policy != nullptr && HasEffect(*content) &&
        EffectMayBeTold(number)) {
      auto effect = ToldToday(number, *content);
      if (!effect.ok()) return effect.status();
      *response.mutable_effect() = *std::move(effect);
      if (content->has_department()) {
        // A switch deletes nothing, which is no secret.
        response.mutable_effect()->clear_records_withdrawn();
        response.mutable_effect()->clear_deleted_at_once();
      }
    }
    LogRead(caller, Detail(**entry));
    return response;
  }

  samkoer::v1::ListProposalsResponse List(
      const Caller& caller, const samkoer::v1::ListProposalsRequest& request) {
    const std::uint32_t page =
        request.page_size() == 0 ? kDefaultPage : request.page_size();
    samkoer::v1::ListProposalsResponse response;
    const auto& entries = state_.proposals.entries();
    for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
      if (response.proposals_size() == static_cast<int>(page)) break;
      const auto& [number, entry] = *it;
      if ((request.below() != 0 && number >= request.below()) ||
          (request.open_only() &&
           entry.head.state() != samkoer::v1::PROPOSAL_STATE_OPEN)) {
        continue;
      }
      *response.add_proposals() = entry.head;
    }
    LogRead(caller, "proposals");
    return response;
  }

  // The leaf that Decide wrote; it is the transaction's last.
  std::uint64_t LastLeaf() const {
    return audit_.staged_size() + tx_.leaves().size() - 1;
  }

 private:
  absl::Status BringInForce(const Caller& caller,
                            const ProposalContent& content) {
    if (content.has_department()) {
      // Perhaps it has become so, or the policy another, since it was proposed.
      if (absl::Status s = CheckSwitch(state_, content.department()); !s.ok()) {
        return absl::FailedPreconditionError(s.message());
      }
      return SwitchDepartment(state_, tx_, caller, content.department());
    }
    // A loss is decided before there is a matcher (server/loss_wait.h).
    if (!content.has_policy()) return NotTakenHere();
    auto policy = Compile(content.policy());
    if (!policy.ok()) return policy.status();
    return ChangePolicy(state_, tx_, *std::move(policy));
  }

  absl::StatusOr<ProposedEffect> Effect(const ProposalContent& content) const {
    if (content.has_department()) return EffectOf(state_, content.department());
    auto policy = Compile(content.policy());
    if (!policy.ok()) return policy.status();
    return EffectOf(state_, **policy);
  }

  // Whoever may look again and again would see one person come or go. What
  // would be deleted is told anew: it must not be more than it says.
  absl::StatusOr<samkoer::v1::ProposalEffect> ToldToday(
      std::uint64_t number, const ProposalContent& content) {
    auto exact = Effect(content);
    if (!exact.ok()) return exact.status();
    samkoer::v1::ProposalEffect now =
        Told(*exact, WithholdBelow(state_.policy->proto()));
    const auto [told, first] = state_.told_effects.try_emplace(number);
    if (first || told->second.day != state_.day) {
      told->second = {state_.day, now};
    }
    samkoer::v1::ProposalEffect effect = told->second.effect;
    effect.set_records_withdrawn(now.records_withdrawn());
    effect.set_deleted_at_once(now.deleted_at_once());
    return effect;
  }

  absl::StatusOr<Proposal> Decide(const Caller& caller, std::uint64_t number,
                                  samkoer::v1::ProposalState decided,
                                  const std::string& reason) {
    const auto changed = state_.proposals.Decide(
        number, {decided, caller.uri, ToProto(tx_.now()), reason});
    for (const std::uint64_t one : changed) {
      auto content = StoredContent(one);
      if (!content.ok()) return tx_.Fatal(content.status());
      Put({(*state_.proposals.Find(one))->head, *std::move(content)});
    }
    const ProposalBook::Entry& entry = **state_.proposals.Find(number);
    AddLeaf(&caller, entry,
            decided == samkoer::v1::PROPOSAL_STATE_APPROVED
                ? samkoer::v1::AUDIT_ACTION_PROPOSAL_APPROVED
                : samkoer::v1::AUDIT_ACTION_PROPOSAL_REJECTED,
            reason);
    SAMKOER_FAILPOINT("proposal.before-write");
    return entry.head;
  }

  absl::StatusOr<std::string> StoredContent(std::uint64_t number) const {
    const std::string key = NumberKey(Table::kProposal, number);
    auto value = tx_.writes().Get(key);
    if (!value.ok()) return value.status();
    auto plaintext = state_.sealer->Open(key, *value);
    if (!plaintext.ok()) return plaintext.status();
    auto stored = storage::DecodeProposal(*plaintext);
    if (!stored.ok()) return stored.status();
    return std::move(stored->content);
  }

  absl::StatusOr<ProposalContent> Content(std::uint64_t number) const {
    auto bytes = StoredContent(number);
    if (!bytes.ok()) return bytes.status();
    ProposalContent content;
    if (!content.ParseFromString(*bytes)) {
      return absl::DataLossError("a proposal is malformed");
    }
    return content;
  }

  void Put(const storage::StoredProposal& stored) {
    std::string key = NumberKey(Table::kProposal, stored.head.number());
    std::string value = state_.sealer->Seal(key, EncodeProposal(stored));
    tx_.writes().Put(std::move(key), std::move(value));
  }

  void AddLeaf(const Caller* caller, const ProposalBook::Entry& entry,
               samkoer::v1::AuditAction action, const std::string& reason) {
    auto leaf = caller != nullptr
                    ? state_.MakeLeaf(tx_.now(), *caller, action)
                    : state_.MakeLeaf(tx_.now(), kMatcherActor, "", action);
    leaf.set_reason(reason);
    leaf.set_digest(entry.head.digest());
    leaf.set_detail(Detail(entry));
    if (entry.head.policy_version() != 0) {
      AddCount(leaf, "version", entry.head.policy_version());
    }
    tx_.AddLeaf(std::move(leaf));
  }

  // If it is: the alarm on it is raised by this leaf; the one of every refused
  // call says no more than that it was.
  void NoteOwnApproval(std::uint64_t number, const Caller& caller) {
    const auto entry = state_.proposals.Find(number);
    if (!entry.ok() ||
        PersonOf((*entry)->head.proposer()) != PersonOf(caller.uri)) {
      return;
    }
    auto leaf =
        state_.MakeLeaf(tx_.now(), caller, samkoer::v1::AUDIT_ACTION_REFUSED);
    leaf.set_detail(
        absl::StrCat("Governance.Approve", proto::Absl(kOwnApproval)));
    tx_.AddLeaf(std::move(leaf));
  }

  void LogRead(const Caller& caller, const std::string& what) {
    auto leaf = state_.MakeLeaf(tx_.now(), caller,
                                samkoer::v1::AUDIT_ACTION_PROPOSALS_READ);
    leaf.set_detail(what);
    tx_.AddLeaf(std::move(leaf));
  }

  // Whether it is among the first of its kind that were proposed on its day.
  bool EffectMayBeTold(std::uint64_t number) const {
    constexpr std::int64_t kDaySeconds = 86400;
    const auto& entries = state_.proposals.entries();
    const auto day = [&](const Proposal& head) {
      return head.proposed().seconds() / kDaySeconds;
    };
    const auto is_policy = [](const ProposalBook::Entry& entry) {
      return entry.thing == "policy";
    };
    const std::int64_t own = day(entries.at(number).head);
    const bool policies = is_policy(entries.at(number));
    int before = 0;
    for (const auto& [other, entry] : entries) {
      if (other >= number) break;
      before += day(entry.head) == own && is_policy(entry) == policies;
    }
    return before < kMaxEffectsADay;
  }

  LoopState& state_;
  Transaction& tx_;
  const storage::AuditLog& audit_;
};

absl::Status CheckNewer(const LoopState& state,
                        const samkoer::v1::Policy& policy) {
  if (policy.municipality() != state.municipality ||
      policy.purpose() != state.purpose) {
    return absl::FailedPreconditionError(
        "the policy is for another municipality or purpose than the store; a "
        "store belongs to one of each");
  }
  if (policy.version() > state.state.policy_version) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the policy has version ", policy.version(),
                   ", but version ", state.state.policy_version,
                   " is in force; give the changed policy a higher one"));
}

// The version that a policy would have; 0 for other kinds. Errors as
// Governance.Propose says.
absl::StatusOr<std::uint32_t> CheckContent(const LoopState& state,
                                           const ProposalContent& content,
                                           const CompiledPolicy* policy) {
  if (policy == nullptr) {
    absl::Status s = CheckSwitch(state, content.department());
    if (!s.ok()) return s;
    return 0;
  }
  if (absl::Status s = CheckNewer(state, policy->proto()); !s.ok()) return s;
  return policy->proto().version();
}

}  // namespace

absl::Status Matcher::RequirePolicy() const {
  if (core_->Read().stats.policy_version != 0) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "no policy has been approved yet; a privacy officer approves it with: "
      "samkoer-audit policy approve");
}

absl::Status Matcher::RequireDepartmentOn(std::string_view department) const {
  return core_->Read().suspensions->CheckOn(department);
}

absl::StatusOr<samkoer::v1::ProposeResponse> Matcher::Propose(
    const Caller& caller, const samkoer::v1::ProposeRequest& request) {
  using Response = samkoer::v1::ProposeResponse;
  if (absl::Status s = CheckProposer(caller.uri, request.content()); !s.ok()) {
    return s;
  }
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  if (request.content().change_case() == ProposalContent::CHANGE_NOT_SET) {
    return absl::InvalidArgumentError("content: names no change");
  }
  std::shared_ptr<const CompiledPolicy> policy;
  if (request.content().has_policy()) {
    auto compiled = Compile(request.content().policy());
    if (!compiled.ok()) return compiled.status();
    policy = *std::move(compiled);
  } else if (!request.content().has_department()) {
    return NotTakenHere();
  }
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        auto version = CheckContent(state, request.content(), policy.get());
        if (!version.ok()) return version.status();
        auto proposal = Governor(state, tx, *core_->options().audit)
                            .Propose(&caller, request.content(),
                                     request.reason(), *version);
        if (!proposal.ok()) return proposal.status();
        Response response;
        *response.mutable_proposal() = *std::move(proposal);
        return response;
      });
}

absl::StatusOr<std::uint64_t> Matcher::ProposePolicy(
    std::shared_ptr<const CompiledPolicy> policy) {
  return core_->Call<std::uint64_t>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<std::uint64_t> {
        const auto& proto = policy->proto();
        if (state.policy != nullptr &&
            storage::PolicyBytes(proto) ==
                storage::PolicyBytes(state.policy->proto())) {
          return 0;
        }
        if (absl::Status s = CheckNewer(state, proto); !s.ok()) return s;
        ProposalContent content;
        content.set_policy(policy->text());
        const std::string digest =
            storage::ContentDigest(storage::ContentBytes(content));
        // The last word about this text stands, until the text is another.
        const auto& entries = state.proposals.entries();
        for (auto it = entries.rbegin(); it != entries.rend(); ++it) {
          const Proposal& head = it->second.head;
          if (head.digest() == digest &&
              head.state() != samkoer::v1::PROPOSAL_STATE_OVERTAKEN) {
            return head.state() == samkoer::v1::PROPOSAL_STATE_OPEN
                       ? head.number()
                       : 0;
          }
        }
        auto proposal =
            Governor(state, tx, *core_->options().audit)
                .Propose(nullptr, content, "policy_file", proto.version());
        if (!proposal.ok()) return proposal.status();
        return proposal->number();
      });
}

absl::StatusOr<samkoer::v1::ListProposalsResponse> Matcher::ListProposals(
    const Caller& caller, const samkoer::v1::ListProposalsRequest& request) {
  using Response = samkoer::v1::ListProposalsResponse;
  if (request.page_size() > kMaxPage) {
    return absl::InvalidArgumentError("page_size: must be at most 1,000");
  }
  return core_->Call<Response>([&](LoopState& state, Transaction& tx)
                                   -> absl::StatusOr<Response> {
    return Governor(state, tx, *core_->options().audit).List(caller, request);
  });
}

absl::StatusOr<samkoer::v1::GetProposalResponse> Matcher::GetProposal(
    const Caller& caller, const samkoer::v1::GetProposalRequest& request) {
  return core_->Call<samkoer::v1::GetProposalResponse>(
      [&](LoopState& state, Transaction& tx) {
        return Governor(state, tx, *core_->options().audit)
            .Get(caller, request.number());
      });
}

absl::StatusOr<samkoer::v1::ApproveResponse> Matcher::Approve(
    const Caller& caller, const samkoer::v1::ApproveRequest& request) {
  using Response = samkoer::v1::ApproveResponse;
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        Governor governor(state, tx, *core_->options().audit);
        auto proposal = governor.Approve(caller, request);
        if (!proposal.ok()) return proposal.status();
        Response response;
        *response.mutable_proposal() = *std::move(proposal);
        response.set_leaf_index(governor.LastLeaf());
        return response;
      });
}

absl::StatusOr<samkoer::v1::RejectResponse> Matcher::Reject(
    const Caller& caller, const samkoer::v1::RejectRequest& request) {
  using Response = samkoer::v1::RejectResponse;
  if (absl::Status s = proto::CheckReason(request.reason()); !s.ok()) return s;
  return core_->Call<Response>(
      [&](LoopState& state, Transaction& tx) -> absl::StatusOr<Response> {
        Governor governor(state, tx, *core_->options().audit);
        auto proposal = governor.Reject(caller, request);
        if (!proposal.ok()) return proposal.status();
        Response response;
        *response.mutable_proposal() = *std::move(proposal);
        response.set_leaf_index(governor.LastLeaf());
        return response;
      });
}

}  // namespace samkoer::matcher
