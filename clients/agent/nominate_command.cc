#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clients/agent/commands.h"
#include "clients/agent/json.h"
#include "clients/agent/matcher_link.h"
#include "clients/agent/run_support.h"
#include "clients/common/cpr.h"

namespace samkoer::agent {
namespace {

int Print(const CommandContext& context, std::string_view done,
          const google::protobuf::Timestamp& time) {
  const std::string when =
      absl::FormatTime("%Y-%m-%d %H:%M", absl::FromUnixSeconds(time.seconds()),
                       absl::LocalTimeZone());
  if (context.format == clients::OutputFormat::kJson) {
    JsonObject json;
    json.Add("done", done);
    json.Add("time", std::string_view(when));
    std::cout << json.Text() << "\n";
  } else {
    std::cout << done << " " << when << "\n";
  }
  return 0;
}

}  // namespace

int RunNominate(const CommandContext& context, const NominateOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  // What is typed must not leave the machine with a CPR number.
  if (clients::ContainsCpr(options.reason) ||
      clients::ContainsCpr(options.case_ref)) {
    return clients::Fail(
        absl::InvalidArgumentError("the text holds a CPR number"),
        "refer to the case by its own number, and to nobody by name");
  }
  auto matcher = OpenMatcher(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  v1::NominateRequest request;
  request.set_case_ref(options.case_ref);
  request.set_reason(options.reason);
  auto response = SendNomination(**matcher, request);
  if (!response.ok()) return clients::Fail(response.status());
  return Print(context, "nominated", response->time());
}

int RunHandover(const CommandContext& context, const HandoverOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  auto matcher = OpenMatcher(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  v1::AnswerHandoverRequest request;
  request.set_alert_id(options.alert_id);
  request.set_handover_id(options.handover_id);
  request.set_accepted(options.accepted);
  auto response = SendHandoverAnswer(**matcher, request);
  if (!response.ok()) return clients::Fail(response.status());
  return Print(context, options.accepted ? "taken over" : "refused",
               response->time());
}

}  // namespace samkoer::agent
