#include "clients/audit/governance_command.h"

#include <grpcpp/client_context.h>
#include <unistd.h>

#include <optional>
#include <ostream>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "clients/audit/person_command.h"
#include "clients/audit/proposal_text.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/own_certificate.h"
#include "clients/common/secret_input.h"
#include "crypto/base64.h"
#include "crypto/keyed_hash.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {
namespace {

// Everybody is evaluated under two policies, or under the new one for good.
constexpr absl::Duration kDeadline = absl::Minutes(5);
constexpr std::uint32_t kPage = 1000;

using Server = v1::Governance::StubInterface;

absl::Status PrintJson(const google::protobuf::Message& message,
                       const AuditOutput& output) {
  absl::StatusOr<std::string> json = JsonText(message, /*pretty=*/true);
  if (!json.ok()) return json.status();
  output.out << *json;
  return Written(output.out, output.style.language);
}

std::string Hex(const std::string& bytes) {
  return absl::BytesToHexString(bytes);
}

absl::StatusOr<v1::GetProposalResponse> Fetch(Server& server,
                                              const Matter& matter,
                                              std::uint64_t number,
                                              Language language) {
  grpc::ClientContext context;
  SetDeadline(context, kDeadline);
  v1::GetProposalRequest request;
  request.set_number(number);
  v1::GetProposalResponse response;
  const grpc::Status status = server.GetProposal(&context, request, &response);
  if (!status.ok()) return FromServer(status, matter.peer, language);
  const crypto::Hash32 digest = crypto::Sha256(
      crypto::AsBytes(response.proposal().content().SerializeAsString()));
  if (response.proposal().number() != number ||
      response.proposal().digest() != crypto::AsText(digest)) {
    return absl::DataLossError(
        Say(language, "serveren viser noget andet, end dens digest siger",
            "the server shows something else than its digest says"));
  }
  const ChangeKind kind = KindOf(response.proposal());
  if (kind != matter.kind) {
    return WithHint(
        absl::InvalidArgumentError(
            Cat(Say(language, "forslaget er om noget andet: ",
                    "the proposal is about something else: "),
                ChangeText(response.proposal(), language))),
        Cat(Say(language, "brug: samkoer-audit ", "use: samkoer-audit "),
            CommandOf(kind)));
  }
  return response;
}

// OK while it can be decided.
absl::Status CheckOpen(const v1::Proposal& proposal, const Matter& matter,
                       const TextStyle& style) {
  if (proposal.state() == v1::PROPOSAL_STATE_OPEN) return absl::OkStatus();
  const Language l = style.language;
  return WithHint(
      absl::FailedPreconditionError(DecidedText(proposal, style)),
      Cat(Say(l, "se det med: samkoer-audit ", "see it with: samkoer-audit "),
          CommandOf(matter.kind), " show ", proposal.number()));
}

absl::Status OwnProposal(const v1::Proposal& proposal, const Matter& matter,
                         Language l) {
  return WithHint(
      absl::PermissionDeniedError(
          Say(l, "du har selv foreslået det: en anden person skal godkende",
              "you have proposed it yourself: another person must approve")),
      Cat(Say(l, "tag det tilbage med: samkoer-audit ",
              "take it back with: samkoer-audit "),
          CommandOf(matter.kind), " reject ", proposal.number()));
}

absl::Status PrintDecided(const v1::Proposal& proposal, std::uint64_t leaf,
                          const AuditOutput& output) {
  output.out << ProposalHead(proposal, output.style)
             << Cat(Say(output.style.language,
                        "  indgang i loggen: ", "  entry in the log: "),
                    leaf, "\n");
  return Written(output.out, output.style.language);
}

}  // namespace

absl::Status ProposeChange(Server& server, const v1::ProposalContent& content,
                           const std::string& reason, const AuditOutput& output,
                           const Matter& matter) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(reason, l); !s.ok()) return s;
  grpc::ClientContext context;
  SetDeadline(context);
  v1::ProposeRequest request;
  *request.mutable_content() = content;
  request.set_reason(reason);
  v1::ProposeResponse response;
  const grpc::Status status = server.Propose(&context, request, &response);
  if (!status.ok()) return FromServer(status, matter.peer, l);
  if (output.format == OutputFormat::kJson) return PrintJson(response, output);
  output.out << ProposalHead(response.proposal(), output.style)
             << (matter.kind == ChangeKind::kDepartment
                     ? Say(l, "Det gælder, når en anden person har godkendt: ",
                           "It holds when another person has approved it: ")
                     : Say(l,
                           "Det gælder, når databeskyttelsesrådgiveren har "
                           "godkendt det: ",
                           "It holds when the privacy officer has approved "
                           "it: "))
             << Cat("samkoer-audit ", CommandOf(matter.kind), " approve ",
                    response.proposal().number(), "\n");
  return Written(output.out, output.style.language);
}

absl::Status ProposePolicy(Server& server, const std::string& file,
                           const std::string& reason,
                           const AuditOutput& output) {
  if (absl::Status s = CheckReason(reason, output.style.language); !s.ok()) {
    return s;
  }
  auto text = proto::ReadTextFile(file);
  if (!text.ok()) return text.status();
  v1::Policy policy;
  if (absl::Status s = proto::ParseYaml(*text, file, policy); !s.ok()) return s;
  v1::ProposalContent content;
  content.set_policy(*std::move(text));
  return ProposeChange(server, content, reason, output);
}

absl::StatusOr<v1::ListProposalsResponse> FetchProposals(Server& server,
                                                         const Matter& matter,
                                                         Language language) {
  v1::ListProposalsRequest request;
  request.set_page_size(kPage);
  v1::ListProposalsResponse all;
  while (true) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListProposalsResponse page;
    const grpc::Status status = server.ListProposals(&context, request, &page);
    if (!status.ok()) return FromServer(status, matter.peer, language);
    const int size = page.proposals_size();
    for (v1::Proposal& proposal : *page.mutable_proposals()) {
      // A server that does not go down would never end.
      if (request.below() != 0 && proposal.number() >= request.below()) {
        return absl::DataLossError("the server repeats itself");
      }
      request.set_below(proposal.number());
      if (KindOf(proposal) != matter.kind) continue;
      *all.add_proposals() = std::move(proposal);
    }
    if (size < static_cast<int>(kPage)) return all;
  }
}

absl::Status PrintProposals(Server& server, Proposals which,
                            const AuditOutput& output, const Matter& matter) {
  const Language l = output.style.language;
  auto all = FetchProposals(server, matter, l);
  if (!all.ok()) return all.status();
  v1::ListProposalsResponse shown;
  for (v1::Proposal& proposal : *all->mutable_proposals()) {
    if (which == Proposals::kAll ||
        proposal.state() == v1::PROPOSAL_STATE_APPROVED) {
      *shown.add_proposals() = std::move(proposal);
    }
  }
  if (output.format == OutputFormat::kJson) return PrintJson(shown, output);
  for (const v1::Proposal& proposal : shown.proposals()) {
    output.out << ProposalHead(proposal, output.style);
  }
  if (shown.proposals().empty()) {
    output.out << Say(l, "Der er ingen forslag.\n",
                      "There are no proposals.\n");
  }
  return Written(output.out, output.style.language);
}

absl::Status PrintProposal(Server& server, std::uint64_t number,
                           ProposalView view, const AuditOutput& output,
                           const Matter& matter, const InForceCheck& check) {
  auto answer = Fetch(server, matter, number, output.style.language);
  if (!answer.ok()) return answer.status();
  if (view == ProposalView::kDiff && matter.kind == ChangeKind::kPolicy &&
      answer->proposal().state() != v1::PROPOSAL_STATE_OPEN &&
      output.format == OutputFormat::kHuman) {
    const Language l = output.style.language;
    output.out << ProposalHead(answer->proposal(), output.style)
               << Cat(Say(l,
                          "\nForslaget er afgjort; ændringer vises kun for "
                          "åbne forslag. Teksten: samkoer-audit policy show ",
                          "\nThe proposal is decided; changes are shown of "
                          "open ones only. The text: samkoer-audit policy "
                          "show "),
                      number, "\n");
    return Written(output.out, output.style.language);
  }
  if (check && view == ProposalView::kDiff) {
    if (absl::Status s = check(answer->in_force()); !s.ok()) return s;
  }
  if (output.format == OutputFormat::kJson) return PrintJson(*answer, output);
  if (view == ProposalView::kDiff) {
    auto page = ProposalPage(*answer, output.style);
    if (!page.ok()) return page.status();
    output.out << *page;
    return Written(output.out, output.style.language);
  }
  output.out << ProposalHead(answer->proposal(), output.style) << "\n";
  const std::string& text = answer->proposal().content().policy();
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    output.out << TerminalSafe(text.substr(at, end - at)) << "\n";
    at = end + 1;
  }
  return Written(output.out, output.style.language);
}

absl::Status ApproveProposal(Server& server, const ApproveOptions& options,
                             const Confirm& confirm, const AuditOutput& output,
                             const Matter& matter) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(options.reason, l); !s.ok()) return s;
  auto answer = Fetch(server, matter, options.number, l);
  if (!answer.ok()) return answer.status();
  absl::Status open = CheckOpen(answer->proposal(), matter, output.style);
  if (!open.ok()) return open;
  if (options.digest.empty() &&
      IsSamePerson(options.own_uri, answer->proposal().proposer())) {
    return OwnProposal(answer->proposal(), matter, l);
  }
  if (options.check) {
    absl::Status s = options.check(answer->in_force());
    // Perhaps somebody approved another one while the log was read.
    if (absl::IsDataLoss(s)) {
      auto again = Fetch(server, matter, options.number, l);
      if (again.ok()) {
        open = CheckOpen(again->proposal(), matter, output.style);
        if (!open.ok()) return open;
      }
    }
    if (!s.ok()) return s;
  }
  if (options.digest.empty()) {
    auto page = ProposalPage(*answer, output.style);
    if (!page.ok()) return page.status();
    output.notices << *page << "\n";
    output.notices.flush();
    if (!confirm(Say(l, "Skriv godkend for at sætte det i kraft: ",
                     "Type approve to bring it in force: "))) {
      return absl::CancelledError(Say(l, "ikke godkendt; intet er ændret",
                                      "not approved; nothing has changed"));
    }
  } else if (options.digest != Hex(answer->proposal().digest()) &&
             options.digest != crypto::EncodeBase64(crypto::AsBytes(
                                   answer->proposal().digest()))) {
    return WithHint(
        absl::FailedPreconditionError(
            Say(l, "forslaget har en anden digest end den, du har læst",
                "the proposal's digest is not the one that you have read")),
        Cat(Say(l, "læs det igen med: samkoer-audit ",
                "read it again with: samkoer-audit "),
            CommandOf(matter.kind),
            matter.kind == ChangeKind::kPolicy ? " diff" : " show"));
  }
  grpc::ClientContext context;
  SetDeadline(context, kDeadline);
  v1::ApproveRequest request;
  request.set_number(options.number);
  request.set_digest(answer->proposal().digest());
  request.set_reason(options.reason);
  v1::ApproveResponse response;
  const grpc::Status status = server.Approve(&context, request, &response);
  if (!status.ok()) return FromServer(status, matter.peer, l);
  if (options.check) {
    absl::Status s = options.check(answer->proposal().content());
    if (!s.ok()) {
      return WithHint(s, Say(l,
                             "serveren siger, at forslaget er godkendt, men "
                             "loggen viser det ikke: kør verify",
                             "the server says that the proposal is approved, "
                             "but the log does not show it: run verify"));
    }
  }
  if (output.format == OutputFormat::kJson) return PrintJson(response, output);
  return PrintDecided(response.proposal(), response.leaf_index(), output);
}

absl::Status RejectProposal(Server& server, std::uint64_t number,
                            const std::string& reason,
                            const AuditOutput& output, const Matter& matter) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(reason, l); !s.ok()) return s;
  // Numbers are of all kinds: what is rejected is what is meant.
  if (auto answer = Fetch(server, matter, number, l); !answer.ok()) {
    return answer.status();
  }
  grpc::ClientContext context;
  SetDeadline(context);
  v1::RejectRequest request;
  request.set_number(number);
  request.set_reason(reason);
  v1::RejectResponse response;
  const grpc::Status status = server.Reject(&context, request, &response);
  if (!status.ok()) return FromServer(status, matter.peer, l);
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
