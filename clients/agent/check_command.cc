#include <iostream>

#include "clients/agent/commands.h"
#include "clients/agent/preview.h"
#include "clients/agent/run_support.h"
#include "clients/common/cat.h"

namespace samkoer::agent {

int RunCheck(const CommandContext& context, const CheckOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto day = DayOf(context);
  if (!day.ok()) return clients::Fail(day.status());
  const std::string source = SourceOf(*config, options.file);
  const auto data = ReadAndReport(
      *config, source, nullptr, *day,
      options.delta ? v1::PUSH_KIND_DELTA : v1::PUSH_KIND_SNAPSHOT);
  if (!data.ok()) return clients::Fail(data.status());
  const Summary summary = MakeSummary(*config, source, *day, *data);
  if (context.format == clients::OutputFormat::kJson) {
    std::string json = SummaryJson(summary);
    json.resize(json.size() - 2);  // "}\n"
    std::cout << json << ", \"examples\": " << PreviewJson(data->cases)
              << "}\n";
  } else {
    std::cout << FormatSummary(summary) << FormatPreview(data->cases)
              << "  units and criterion codes are checked against the policy "
                 "when it is pushed\n";
  }
  std::cout.flush();
  return FinishWith(summary);
}

int RunValidateConfig(const CommandContext& context) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  if (context.format == clients::OutputFormat::kJson) {
    std::cout << "{\"valid\": true}\n";
    return 0;
  }
  const v1::AgentConfig& proto = config->proto;
  std::cout << clients::TerminalSafe(context.config_path) << " is valid\n"
            << "  department   " << proto.department() << ", purpose "
            << proto.purpose() << "\n"
            << "  reads        " << clients::TerminalSafe(proto.source_file())
            << "\n"
            << "  set aside    " << clients::TerminalSafe(proto.rejects_file())
            << ", limit " << proto.rejects_limit_percent() << " %\n"
            << "  keeps        " << clients::TerminalSafe(proto.state_dir())
            << "\n"
            << "  talks to     matcher " << proto.matcher().address()
            << ", key service " << proto.key_service().address() << "\n";
  return 0;
}

}  // namespace samkoer::agent
