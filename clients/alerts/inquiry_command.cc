#include "clients/alerts/inquiry_command.h"

#include <grpcpp/client_context.h>

#include <ostream>
#include <utility>

#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cpr.h"

namespace samkoer::clients {
namespace {

// A server that never ends its pages must not hold us for ever.
constexpr int kMaxPages = 1000;
constexpr std::size_t kMaxTextBytes = 2000;

absl::Status CheckInquiryId(std::string_view id, Language l) {
  if (!id.empty() && (id[0] == 'F' || id[0] == 'f')) {
    std::string as_alert(id);
    as_alert[0] = 'A';
    if (CheckAlertId(as_alert, l).ok()) return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      Say(l, "det er ikke et spørgsmåls nummer; de ser ud som F-7K3M-9QXD",
          "that is no question's id; they look like F-7K3M-9QXD"));
}

absl::Status CheckText(const std::string& text, Language l) {
  if (text.size() > kMaxTextBytes) {
    return absl::InvalidArgumentError(
        Say(l, "svaret er for langt; højst 2000 bytes",
            "the answer is too long; at most 2000 bytes"));
  }
  if (ContainsCpr(text)) {
    return WithHint(
        absl::InvalidArgumentError(Say(l, "svaret indeholder et CPR-nummer",
                                       "the answer holds a CPR number")),
        Say(l, "svar uden at nævne nogen person",
            "answer without naming anybody"));
  }
  return absl::OkStatus();
}

const char* KindText(v1::InquiryKind kind, Language l) {
  switch (kind) {
    case v1::INQUIRY_KIND_TARGET_GROUP:
      return Say(l, "målgruppe", "target group");
    case v1::INQUIRY_KIND_DROPOUT:
      return Say(l, "frafald uden for målgruppen",
                 "drop-out outside the target group");
    default:
      return Say(l, "ukendt emne", "unknown subject");
  }
}

absl::Status CheckReason(const std::string& reason, Language l) {
  if (reason.empty()) {
    return WithHint(absl::InvalidArgumentError(Say(l, "begrundelsen mangler",
                                                   "the reason is missing")),
                    Say(l, "skriv den med --reason; den står i loggen",
                        "give it with --reason; it stands in the log"));
  }
  return CheckNote(reason, l);
}

absl::Status Print(const std::vector<v1::Inquiry>& inquiries,
                   const AlertsOutput& output) {
  if (output.format == OutputFormat::kJson) {
    return PrintArray(inquiries, output);
  }
  output.out << InquiryText(inquiries, output.style);
  return Written(output.out, output.style.language);
}

absl::Status List(v1::Inquiries::StubInterface& stub, bool answered,
                  const AlertsOutput& output) {
  const Language l = output.style.language;
  std::vector<v1::Inquiry> all;
  v1::ListInquiriesRequest request;
  request.set_include_answered(answered);
  for (int page = 0; page < kMaxPages; ++page) {
    grpc::ClientContext context;
    SetDeadline(context);
    v1::ListInquiriesResponse response;
    const grpc::Status status =
        stub.ListInquiries(&context, request, &response);
    if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
    for (v1::Inquiry& inquiry : *response.mutable_inquiries()) {
      all.push_back(std::move(inquiry));
    }
    request.set_page_token(response.next_page_token());
    if (request.page_token().empty()) return Print(all, output);
  }
  return absl::InternalError(Say(l, "serveren bliver ved med at give sider",
                                 "the server's pages do not end"));
}

absl::Status Delete(v1::Inquiries::StubInterface& stub,
                    const InquiryArguments& arguments,
                    const AlertsOutput& output) {
  const Language l = output.style.language;
  if (absl::Status s = CheckReason(arguments.reason, l); !s.ok()) return s;
  v1::DeleteInquiryRequest request;
  request.set_inquiry_id(arguments.ids.empty() ? "" : arguments.ids.front());
  request.set_reason(arguments.reason);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::DeleteInquiryResponse response;
  const grpc::Status status = stub.DeleteInquiry(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  return Print({response.inquiry()}, output);
}

}  // namespace

std::string InquiryText(std::span<const v1::Inquiry> inquiries,
                        const TextStyle& style) {
  const Language l = style.language;
  if (inquiries.empty()) return Say(l, "Ingen spørgsmål.\n", "No questions.\n");
  std::string out;
  for (const v1::Inquiry& inquiry : inquiries) {
    const std::string& department = inquiry.department_name().empty()
                                        ? inquiry.department()
                                        : inquiry.department_name();
    out +=
        Cat(out.empty() ? "" : "\n", TerminalSafe(inquiry.inquiry_id()), "  ",
            DateTimeText(inquiry.asked(), style.zone), "  ",
            TerminalSafe(department), "  ", KindText(inquiry.kind(), l), "\n");
    if (inquiry.has_deleted()) {
      out += Cat("  ",
                 Say(l, "Teksten er slettet af koordinatoren ",
                     "The coordinator deleted the text "),
                 DateTimeText(inquiry.deleted(), style.zone), "\n");
      continue;
    }
    out += Cat("  ", TerminalSafe(inquiry.text()), "\n");
    if (inquiry.has_answered()) {
      out += Cat("  ", Say(l, "Svar ", "Answer "),
                 DateTimeText(inquiry.answered(), style.zone), ": ",
                 TerminalSafe(inquiry.answer()), "\n");
    }
  }
  return out;
}

absl::Status RunInquiries(v1::Inquiries::StubInterface& stub,
                          std::string_view command,
                          const InquiryArguments& arguments,
                          const AlertsOutput& output) {
  const Language l = output.style.language;
  if (command == "list") return List(stub, arguments.answered, output);
  for (const std::string& id : arguments.ids) {
    if (absl::Status s = CheckInquiryId(id, l); !s.ok()) return s;
  }
  if (command == "delete") return Delete(stub, arguments, output);
  if (absl::Status s = CheckText(arguments.text, l); !s.ok()) return s;
  v1::AnswerRequest request;
  request.mutable_inquiry_ids()->Assign(arguments.ids.begin(),
                                        arguments.ids.end());
  request.set_text(arguments.text);
  grpc::ClientContext context;
  SetDeadline(context);
  v1::AnswerResponse response;
  const grpc::Status status = stub.Answer(&context, request, &response);
  if (!status.ok()) return FromServer(status, Peer::kMatcher, l);
  return Print({response.inquiries().begin(), response.inquiries().end()},
               output);
}

}  // namespace samkoer::clients
