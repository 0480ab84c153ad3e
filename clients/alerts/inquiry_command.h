// Questions of departments: `samkoer-alerts inquiries`, apart from reading the
// arguments.
#ifndef SAMKOER_CLIENTS_ALERTS_INQUIRY_COMMAND_H_
#define SAMKOER_CLIENTS_ALERTS_INQUIRY_COMMAND_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/alerts/commands.h"
#include "samkoer/v1/inquiries.grpc.pb.h"

namespace samkoer::clients {

struct InquiryArguments {
  // Also answered and deleted ones.
  bool answered = false;
  // Which are answered, by one text.
  std::vector<std::string> ids;
  std::string text;
  // Why a question's words are deleted.
  std::string reason;
};

// Lists ("list"), answers ("answer") or deletes the words of one ("delete"),
// and prints the questions with their answers, as text or as one JSON array.
absl::Status RunInquiries(v1::Inquiries::StubInterface& stub,
                          std::string_view command,
                          const InquiryArguments& arguments,
                          const AlertsOutput& output);

// A paragraph a question, oldest first; "Ingen spørgsmål." if there are none.
std::string InquiryText(std::span<const v1::Inquiry> inquiries,
                        const TextStyle& style);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_ALERTS_INQUIRY_COMMAND_H_
