#include <grpcpp/grpcpp.h>
#include <sodium.h>

#include <iostream>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clients/agent/commands.h"
#include "clients/agent/inquiry_link.h"
#include "clients/agent/json_message.h"
#include "clients/agent/run_support.h"
#include "clients/common/cat.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {
namespace {

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M",
                          absl::FromUnixSeconds(time.seconds()),
                          absl::LocalTimeZone());
}

const char* KindText(v1::InquiryKind kind) {
  return kind == v1::INQUIRY_KIND_DROPOUT ? "drop-out outside the target group"
                                          : "target group";
}

void PrintHuman(const std::vector<v1::Inquiry>& inquiries) {
  if (inquiries.empty()) std::cout << "no question of yours\n";
  for (const v1::Inquiry& inquiry : inquiries) {
    std::cout << absl::StreamFormat(
        "%s  %s  %s\n", clients::TerminalSafe(inquiry.inquiry_id()),
        TimeText(inquiry.asked()), KindText(inquiry.kind()));
    if (inquiry.has_deleted()) {
      std::cout << absl::StreamFormat(
          "  the coordinator deleted the words %s\n",
          TimeText(inquiry.deleted()));
      continue;
    }
    std::cout << absl::StreamFormat("  %s\n",
                                    clients::TerminalSafe(inquiry.text()));
    if (!inquiry.has_answered()) continue;
    std::cout << absl::StreamFormat("  answered %s: %s\n",
                                    TimeText(inquiry.answered()),
                                    clients::TerminalSafe(inquiry.answer()));
  }
}

int Print(const CommandContext& context,
          const std::vector<v1::Inquiry>& inquiries) {
  if (context.format == clients::OutputFormat::kJson) {
    std::cout << "{";
    if (absl::Status s = PrintArray(std::cout, "inquiries", inquiries);
        !s.ok()) {
      return clients::Fail(s);
    }
    std::cout << "}\n";
  } else {
    PrintHuman(inquiries);
  }
  std::cout.flush();
  return std::cout
             ? 0
             : clients::Fail(absl::InternalError("cannot write the output"));
}

}  // namespace

int RunAsk(const CommandContext& context, const AskOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  // What is typed must not leave the machine with a CPR number.
  if (clients::ContainsCpr(options.text)) {
    return clients::Fail(
        absl::InvalidArgumentError("the question holds a CPR number"),
        "ask without naming anybody; the coordinator knows no persons here");
  }
  auto matcher = OpenInquiries(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  v1::AskRequest request;
  std::string id(16, '\0');
  randombytes_buf(id.data(), id.size());
  request.set_request_id(std::move(id));
  request.set_kind(options.dropout ? v1::INQUIRY_KIND_DROPOUT
                                   : v1::INQUIRY_KIND_TARGET_GROUP);
  request.set_text(options.text);
  auto response = SendQuestion(**matcher, request);
  if (!response.ok()) return clients::Fail(response.status());
  return Print(context, {response->inquiry()});
}

int RunInquiries(const CommandContext& context, const InquiryOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  auto matcher = OpenInquiries(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  const auto inquiries = FetchInquiries(**matcher, options.answered);
  if (!inquiries.ok()) return clients::Fail(inquiries.status());
  return Print(context, *inquiries);
}

}  // namespace samkoer::agent
