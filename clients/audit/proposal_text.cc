#include "clients/audit/proposal_text.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "clients/audit/policy_diff.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {
namespace {

std::string StateText(v1::ProposalState state, Language l) {
  switch (state) {
    case v1::PROPOSAL_STATE_OPEN:
      return Say(l, "åbent", "open");
    case v1::PROPOSAL_STATE_APPROVED:
      return Say(l, "godkendt", "approved");
    case v1::PROPOSAL_STATE_REJECTED:
      return Say(l, "afvist", "rejected");
    case v1::PROPOSAL_STATE_OVERTAKEN:
      return Say(l, "overhalet", "overtaken");
    default:
      return Cat(static_cast<int>(state));
  }
}

std::string RecordsText(const v1::DepartmentSwitch& change, Language l) {
  return change.records() == v1::SUSPENDED_RECORDS_DO_NOT_COUNT
             ? Say(l, "dens sager tæller ikke", "its cases do not count")
             : Say(l, "dens sager tæller fortsat", "its cases go on counting");
}

std::string SwitchText(const v1::DepartmentSwitch& change, Language l) {
  const std::string id = TerminalSafe(change.department());
  if (!change.suspended()) {
    return Cat(Say(l, "tænd for afdelingen ", "switch on the department "), id);
  }
  return Cat(Say(l, "sluk for afdelingen ", "switch off the department "), id,
             "; ", RecordsText(change, l));
}

std::string QuotaText(const v1::QuotaConfig& quota, Language l) {
  return Cat(Say(l, "kvote for ", "quota of "), TerminalSafe(quota.subject()),
             ": ", quota.burst(), Say(l, " på én gang, ", " at once, "),
             quota.per_day(), Say(l, " om dagen", " a day"));
}

std::string LossText(const v1::DeclaredLoss& loss, Language l) {
  return Cat(Say(l, "gå videre efter et tab: loggen har ",
                 "go on after a loss: the log has "),
             loss.store_size(),
             Say(l, " indgange, kontrolpunktet ", " entries, the checkpoint "),
             loss.checkpoint_size());
}

std::string ContentText(const v1::ProposalContent& content, Language l) {
  switch (content.change_case()) {
    case ChangeKind::kDepartment:
      return SwitchText(content.department(), l);
    case ChangeKind::kQuota:
      return QuotaText(content.quota(), l);
    case ChangeKind::kLoss:
      return LossText(content.loss(), l);
    default:
      return Say(l, "ukendt ændring", "unknown change");
  }
}

std::string NowText(const v1::ProposalContent& now, Language l) {
  if (now.has_department()) {
    if (!now.department().suspended()) {
      return Say(l, "afdelingen er tændt", "the department is on");
    }
    return now.department().records() == v1::SUSPENDED_RECORDS_DO_NOT_COUNT
               ? Say(l, "afdelingen er slukket, og dens sager tæller ikke",
                     "the department is off, and its cases do not count")
               : Say(l, "afdelingen er slukket, og dens sager tæller",
                     "the department is off, and its cases count");
  }
  return ContentText(now, l);
}

std::string CountText(std::uint64_t count, bool withheld, Language l) {
  return withheld ? std::string(Say(l, "få eller ingen (skjult)",
                                    "few or none (withheld)"))
                  : Cat(count);
}

std::string EffectText(const v1::ProposalEffect& effect, Language l) {
  std::string text = Cat(
      Say(l, "Flere unge omfattes: ", "More young people match: "),
      CountText(effect.more(), effect.more_withheld(), l), "\n",
      Say(l, "Færre unge omfattes: ", "Fewer young people match: "),
      CountText(effect.fewer(), effect.fewer_withheld(), l), "\n",
      Say(l, "I alt, afrundet: ", "In all, rounded: "), effect.matching_now(),
      Say(l, " nu, ", " now, "), effect.matching_then(),
      Say(l, " efter, af ", " then, of "), effect.persons(), "\n");
  if (effect.records_withdrawn() != 0) {
    text +=
        Cat(Say(l, "Sager, der slettes, fordi ingen hjemmel dækker dem: højst ",
                "Cases deleted because no legal basis covers them: at most "),
            effect.records_withdrawn(), "\n");
  }
  if (effect.deleted_at_once() != 0) {
    text += Cat(
        Say(l, "Sager og advis, hvis nye frist er gået, slettes: højst ",
            "Cases and alerts deleted because of the new periods: at most "),
        effect.deleted_at_once(), "\n");
  }
  return text;
}

absl::StatusOr<std::vector<std::string>> Changes(
    const v1::GetProposalResponse& answer, Language language) {
  v1::Policy before, after;
  const bool in_force = answer.in_force().has_policy();
  if (in_force) {
    if (absl::Status s =
            proto::ParseYaml(answer.in_force().policy(), "policy", before);
        !s.ok()) {
      return s;
    }
  }
  if (absl::Status s = proto::ParseYaml(answer.proposal().content().policy(),
                                        "policy", after);
      !s.ok()) {
    return s;
  }
  return PolicyChanges(in_force ? &before : nullptr, after, language);
}

absl::StatusOr<std::string> PolicyText(const v1::GetProposalResponse& answer,
                                       Language l) {
  auto changes = Changes(answer, l);
  if (!changes.ok()) return changes.status();
  std::string text;
  for (const std::string& change : *changes) {
    text += Cat("- ", TerminalSafe(change), "\n");
  }
  if (changes->empty()) {
    text += Say(l, "Intet ændres ud over versionen.\n",
                "Nothing changes but the version.\n");
  }
  return text;
}

bool HasEffect(ChangeKind kind) {
  return kind == ChangeKind::kPolicy || kind == ChangeKind::kDepartment;
}

}  // namespace

ChangeKind KindOf(const v1::Proposal& proposal) {
  return proposal.policy_version() != 0 ? ChangeKind::kPolicy
                                        : proposal.content().change_case();
}

std::string CommandOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kDepartment:
      return "department";
    case ChangeKind::kQuota:
      return "quota";
    case ChangeKind::kLoss:
      return "loss";
    default:
      return "policy";
  }
}

std::string ChangeText(const v1::Proposal& proposal, Language l) {
  if (KindOf(proposal) == ChangeKind::kPolicy) {
    return Cat(Say(l, "politik version ", "policy version "),
               proposal.policy_version());
  }
  return ContentText(proposal.content(), l);
}

std::string SwitchedOffText(const v1::DepartmentSwitch& change, Language l) {
  return Cat(TerminalSafe(change.department()), ": ", RecordsText(change, l));
}

std::string DecidedText(const v1::Proposal& proposal, const TextStyle& style) {
  const Language l = style.language;
  std::string text = Cat(Say(l, "forslag ", "proposal "), proposal.number());
  if (proposal.state() == v1::PROPOSAL_STATE_OVERTAKEN) {
    return text + Say(l, " er overhalet af et, der blev godkendt før det",
                      " has been overtaken by one that was approved before it");
  }
  text += Cat(Say(l, " er afgjort: ", " is decided: "),
              StateText(proposal.state(), l));
  if (proposal.has_decided()) {
    text += Cat(" ", DateTimeText(proposal.decided(), style.zone),
                Say(l, " af ", " by "), TerminalSafe(proposal.decided_by()));
  }
  return text;
}

std::string ProposalHead(const v1::Proposal& proposal, const TextStyle& style) {
  const Language l = style.language;
  std::string text =
      Cat(Say(l, "Forslag ", "Proposal "), proposal.number(), ": ",
          ChangeText(proposal, l), ", ", StateText(proposal.state(), l), "\n  ",
          Say(l, "foreslået ", "proposed "),
          DateTimeText(proposal.proposed(), style.zone), Say(l, " af ", " by "),
          TerminalSafe(proposal.proposer()), ": ",
          TerminalSafe(proposal.reason()), "\n");
  if (proposal.has_decided()) {
    text += Cat("  ", StateText(proposal.state(), l), " ",
                DateTimeText(proposal.decided(), style.zone),
                Say(l, " af ", " by "), TerminalSafe(proposal.decided_by()),
                ": ", TerminalSafe(proposal.decision_reason()), "\n");
  }
  return text +
         Cat("  digest ", absl::BytesToHexString(proposal.digest()), "\n");
}

absl::StatusOr<std::string> ProposalPage(const v1::GetProposalResponse& answer,
                                         const TextStyle& style) {
  const Language l = style.language;
  const ChangeKind kind = KindOf(answer.proposal());
  std::string page = ProposalHead(answer.proposal(), style) + "\n";
  if (kind == ChangeKind::kPolicy) {
    auto text = PolicyText(answer, l);
    if (!text.ok()) return text.status();
    page += *text;
  } else if (answer.has_in_force()) {
    page += Cat(Say(l, "Nu: ", "Now: "), NowText(answer.in_force(), l), "\n");
  }
  if (!HasEffect(kind)) return page;
  page += "\n";
  if (answer.has_effect()) return page + EffectText(answer.effect(), l);
  if (answer.proposal().state() == v1::PROPOSAL_STATE_OPEN) {
    page +=
        answer.has_in_force()
            ? Say(l, "Antal vises kun for dagens første forslag.\n",
                  "Counts are shown for the day's first proposals only.\n")
            : Say(l, "Ingen politik er i kraft: intet er taget ind endnu.\n",
                  "No policy is in force: nothing has been taken in yet.\n");
  }
  return page;
}

}  // namespace samkoer::clients
