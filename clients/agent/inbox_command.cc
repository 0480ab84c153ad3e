#include <google/protobuf/util/json_util.h>

#include <cctype>
#include <iostream>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "clients/agent/commands.h"
#include "clients/agent/matcher_link.h"
#include "clients/agent/run_support.h"

namespace samkoer::agent {
namespace {

// More than any coordinator convenes.
constexpr std::size_t kMaxEntries = 100'000;

std::string StateName(v1::AlertState state) {
  constexpr std::string_view kPrefix = "ALERT_STATE_";
  std::string name = v1::AlertState_Name(state);
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  for (char& c : name) {
    c = c == '_'
            ? '-'
            : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return name;
}

void PrintHuman(const std::vector<v1::InboxEntry>& entries) {
  if (entries.empty()) {
    std::cout << "no case of yours is convened\n";
    return;
  }
  std::cout << absl::StreamFormat("%-12s %-20s %-24s %-24s %s\n", "alert",
                                  "state", "your case", "unit", "convened");
  for (const v1::InboxEntry& entry : entries) {
    const std::string convened =
        entry.has_convened()
            ? absl::FormatTime(
                  "%Y-%m-%d", absl::FromUnixSeconds(entry.convened().seconds()),
                  absl::LocalTimeZone())
            : "-";
    std::cout << absl::StreamFormat(
        "%-12s %-20s %-24s %-24s %s\n", clients::TerminalSafe(entry.alert_id()),
        StateName(entry.state()), clients::TerminalSafe(entry.case_ref()),
        clients::TerminalSafe(entry.unit()), convened);
  }
}

int PrintJson(const std::vector<v1::InboxEntry>& entries) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::cout << "[";
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(entries[i], &json, options)
             .ok()) {
      return clients::Fail(absl::InternalError("an entry is not JSON"));
    }
    std::cout << (i == 0 ? "" : ",\n ") << json;
  }
  std::cout << "]\n";
  return 0;
}

}  // namespace

int RunInbox(const CommandContext& context) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  auto matcher = OpenMatcher(*config);
  if (!matcher.ok()) return clients::Fail(matcher.status());
  const auto entries = FetchInbox(**matcher, kMaxEntries);
  if (!entries.ok()) return clients::Fail(entries.status());
  if (context.format == clients::OutputFormat::kJson)
    return PrintJson(*entries);
  PrintHuman(*entries);
  return 0;
}

}  // namespace samkoer::agent
