#include "clients/audit/governance_command.h"

#include <grpcpp/client_context.h>
#include <unistd.h>

#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "clients/audit/person_command.h"
#include "clients/audit/policy_diff.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/secret_input.h"
#include "crypto/keyed_hash.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {
namespace {

// Everybody is evaluated under two policies, or under the new one for good.
constexpr absl::Duration kDeadline = absl::Minutes(5);
constexpr std::uint32_t kPage = 1000;

using Server = v1::Governance::StubInterface;

absl::Status Written(const AuditOutput& output) {
  output.out.flush();
  if (output.out) return absl::OkStatus();
  return absl::InternalError(Say(output.style.language,
                                 "kan ikke skrive resultatet",
                                 "cannot write the output"));
}

absl::Status PrintJson(const google::protobuf::Message& message,
                       const AuditOutput& output) {
  absl::StatusOr<std::string> json = JsonText(message, /*pretty=*/true);
  if (!json.ok()) return json.status();
  output.out << *json;
  return Written(output);
}

std::string Hex(const std::string& bytes) {
  return absl::BytesToHexString(bytes);
}

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

std::string Head(const v1::Proposal& proposal, const TextStyle& style) {
  const Language l = style.language;
  std::string text =
      Cat(Say(l, "Forslag ", "Proposal "), proposal.number(), ": ",
          Say(l, "politik version ", "policy version "),
          proposal.policy_version(), ", ", StateText(proposal.state(), l),
          "\n  ", Say(l, "foreslået ", "proposed "),
          DateTimeText(proposal.proposed(), style.zone), Say(l, " af ", " by "),
          TerminalSafe(proposal.proposer()), ": ",
          TerminalSafe(proposal.reason()), "\n");
  if (proposal.has_decided()) {
    text += Cat("  ", StateText(proposal.state(), l), " ",
                DateTimeText(proposal.decided(), style.zone),
                Say(l, " af ", " by "), TerminalSafe(proposal.decided_by()),
                ": ", TerminalSafe(proposal.decision_reason()), "\n");
  }
  return text + Cat("  digest ", Hex(proposal.digest()), "\n");
}

absl::StatusOr<v1::GetProposalResponse> Fetch(Server& server,
                                              std::uint64_t number,
                                              Language language) {
  grpc::ClientContext context;
  SetDeadline(context, kDeadline);
  v1::GetProposalRequest request;
  request.set_number(number);
  v1::GetProposalResponse response;
  const grpc::Status status = server.GetProposal(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, language);
  const crypto::Hash32 digest = crypto::Sha256(
      crypto::AsBytes(response.proposal().content().SerializeAsString()));
  if (response.proposal().number() != number ||
      response.proposal().digest() != crypto::AsText(digest)) {
    return absl::DataLossError(
        Say(language, "serveren viser noget andet, end dens digest siger",
            "the server shows something else than its digest says"));
  }
  return response;
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

std::string CountText(std::uint64_t count, bool withheld, Language l) {
  return withheld ? std::string(Say(l, "få eller ingen (skjult)", "few or none (withheld)"))
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
    text += Cat(Say(l, "Sager, der slettes, fordi ingen hjemmel dækker dem: højst ",
                    "Cases deleted because no legal basis covers them: at most "),
                effect.records_withdrawn(), "\n");
  }
  if (effect.deleted_at_once() != 0) {
    text += Cat(Say(l, "Sager og advis, hvis nye frist er gået, slettes: højst ",
                    "Cases and alerts deleted because of the new periods: at most "),
                effect.deleted_at_once(), "\n");
  }
  return text;
}

absl::StatusOr<std::string> DiffPage(const v1::GetProposalResponse& answer,
                                     const TextStyle& style) {
  const Language l = style.language;
  auto changes = Changes(answer, l);
  if (!changes.ok()) return changes.status();
  std::string page = Head(answer.proposal(), style) + "\n";
  for (const std::string& change : *changes) {
    page += Cat("- ", TerminalSafe(change), "\n");
  }
  if (changes->empty()) {
    page += Say(l, "Intet ændres ud over versionen.\n",
                "Nothing changes but the version.\n");
  }
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

absl::Status PrintDecided(const v1::Proposal& proposal, std::uint64_t leaf,
                          const AuditOutput& output) {
  output.out << Head(proposal, output.style)
             << Cat(Say(output.style.language,
                        "  indgang i loggen: ", "  entry in the log: "),
                    leaf, "\n");
  return Written(output);
}

}  // namespace

absl::Status ProposePolicy(Server& server, const std::string& file,
                           const std::string& reason,
                           const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(reason, l); !s.ok()) return s;
  auto text = proto::ReadTextFile(file);
  if (!text.ok()) return text.status();
  v1::Policy policy;
  if (absl::Status s = proto::ParseYaml(*text, file, policy); !s.ok()) return s;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ProposeRequest request;
  request.mutable_content()->set_policy(*std::move(text));
  request.set_reason(reason);
  v1::ProposeResponse response;
  const grpc::Status status = server.Propose(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  if (output.format == OutputFormat::kJson) return PrintJson(response, output);
  output.out << Head(response.proposal(), output.style)
             << Cat(Say(l,
                        "Det gælder, når databeskyttelsesrådgiveren har "
                        "godkendt det: ",
                        "It holds when the privacy officer has approved it: "),
                    "samkoer-audit policy approve ",
                    response.proposal().number(), "\n");
  return Written(output);
}

absl::Status PrintProposals(Server& server, Proposals which,
                            const AuditOutput& output) {
  const Language l = output.style.language;
  v1::ListProposalsRequest request;
  request.set_page_size(kPage);
  v1::ListProposalsResponse all;
  while (true) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListProposalsResponse page;
    const grpc::Status status = server.ListProposals(&context, request, &page);
    if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
    const int size = page.proposals_size();
    for (v1::Proposal& proposal : *page.mutable_proposals()) {
      // A server that does not go down would never end.
      if (request.below() != 0 && proposal.number() >= request.below()) {
        return absl::DataLossError("the server repeats itself");
      }
      request.set_below(proposal.number());
      if (which == Proposals::kInForce &&
          proposal.state() != v1::PROPOSAL_STATE_APPROVED) {
        continue;
      }
      *all.add_proposals() = std::move(proposal);
    }
    if (size < static_cast<int>(kPage)) break;
  }
  if (output.format == OutputFormat::kJson) return PrintJson(all, output);
  for (const v1::Proposal& proposal : all.proposals()) {
    output.out << Head(proposal, output.style);
  }
  if (all.proposals().empty()) {
    output.out << Say(l, "Der er ingen forslag.\n",
                      "There are no proposals.\n");
  }
  return Written(output);
}

absl::Status PrintProposal(Server& server, std::uint64_t number,
                           ProposalView view, const AuditOutput& output) {
  auto answer = Fetch(server, number, output.style.language);
  if (!answer.ok()) return answer.status();
  if (output.format == OutputFormat::kJson) return PrintJson(*answer, output);
  if (view == ProposalView::kDiff) {
    auto page = DiffPage(*answer, output.style);
    if (!page.ok()) return page.status();
    output.out << *page;
    return Written(output);
  }
  output.out << Head(answer->proposal(), output.style) << "\n";
  const std::string& text = answer->proposal().content().policy();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    output.out << TerminalSafe(text.substr(at, end - at)) << "\n";
    at = end + 1;
  }
  return Written(output);
}

absl::Status ApproveProposal(Server& server, const ApproveOptions& options,
                             const Confirm& confirm,
                             const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(options.reason, l); !s.ok()) return s;
  auto answer = Fetch(server, options.number, l);
  if (!answer.ok()) return answer.status();
  if (options.digest.empty()) {
    auto page = DiffPage(*answer, output.style);
    if (!page.ok()) return page.status();
    output.notices << *page << "\n";
    output.notices.flush();
    if (!confirm(Say(l, "Skriv godkend for at sætte det i kraft: ",
                     "Type approve to bring it in force: "))) {
      return absl::AbortedError(Say(l, "ikke godkendt; intet er ændret",
                                    "not approved; nothing has changed"));
    }
  } else if (options.digest != Hex(answer->proposal().digest())) {
    return WithHint(
        absl::FailedPreconditionError(
            Say(l, "forslaget har en anden digest end den, du har læst",
                "the proposal's digest is not the one that you have read")),
        Say(l, "læs det igen med: samkoer-audit policy diff",
            "read it again with: samkoer-audit policy diff"));
  }
  grpc::ClientContext context;
  SetDeadline(context, kDeadline);
  v1::ApproveRequest request;
  request.set_number(options.number);
  request.set_digest(answer->proposal().digest());
  request.set_reason(options.reason);
  v1::ApproveResponse response;
  const grpc::Status status = server.Approve(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  if (output.format == OutputFormat::kJson) return PrintJson(response, output);
  return PrintDecided(response.proposal(), response.leaf_index(), output);
}

absl::Status RejectProposal(Server& server, std::uint64_t number,
                            const std::string& reason,
                            const AuditOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(reason, l); !s.ok()) return s;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::RejectRequest request;
  request.set_number(number);
  request.set_reason(reason);
  v1::RejectResponse response;
  const grpc::Status status = server.Reject(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  if (output.format == OutputFormat::kJson) return PrintJson(response, output);
  return PrintDecided(response.proposal(), response.leaf_index(), output);
}

absl::StatusOr<Confirm> ConfirmApproval(const std::string& digest,
                                        Language language, int fd) {
  if (!digest.empty()) return [](const std::string&) { return true; };
  if (isatty(fd) != 1) {
    return WithHint(
        absl::InvalidArgumentError(Say(language,
                                       "godkendelsen er ikke bekræftet",
                                       "the approval is not confirmed")),
        Say(language,
            "der er ingen terminal at spørge på: læs forslaget, og giv dets "
            "digest med --digest",
            "there is no terminal to ask on: read the proposal, and give its "
            "digest with --digest"));
  }
  return [language, fd](const std::string& question) {
    const auto answer = ReadSecretLine(question, fd);
    return answer.ok() &&
           crypto::AsText(answer->Expose()) ==
               std::string_view(Say(language, "godkend", "approve"));
  };
}

}  // namespace samkoer::clients
