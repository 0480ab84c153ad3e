#include <grpcpp/channel.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "clients/agent/commands.h"
#include "clients/agent/json.h"
#include "clients/agent/preview.h"
#include "clients/agent/run_support.h"
#include "clients/common/cat.h"
#include "clients/common/channel.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

// That what the configuration names is there and can be used: nothing is read
// of the export, and nobody is asked.
absl::Status CheckFiles(const Config& config) {
  const v1::AgentConfig& proto = config.proto;
  for (const v1::ClientEndpoint* server :
       {&proto.matcher(), &proto.key_service()}) {
    // Connects on first use only.
    if (auto channel = clients::OpenChannel(*server, proto.tls());
        !channel.ok()) {
      return channel.status();
    }
  }
  const std::string& drop = proto.drop().folder();
  if (!drop.empty() && access((drop + "/.").c_str(), R_OK | W_OK | X_OK) != 0) {
    const int error = errno;
    const std::string message =
        clients::Cat("drop.folder: files cannot be moved out of ", drop,
                     " by this user: ", std::strerror(error));
    return clients::WithHint(
        error == ENOENT ? absl::NotFoundError(message)
                        : absl::PermissionDeniedError(message),
        "it must be there, and the agent's user write to it; its unit needs "
        "ReadWritePaths=, too (systemctl edit)");
  }
  if (proto.source_file().empty()) return absl::OkStatus();
  std::error_code error;
  if (!std::filesystem::exists(proto.source_file(), error)) {
    return clients::WithHint(
        absl::NotFoundError(
            clients::Cat("source_file: there is no ", proto.source_file())),
        "is the export written there, and before the agent runs?");
  }
  if (access(proto.source_file().c_str(), R_OK) != 0) {
    return clients::WithHint(absl::PermissionDeniedError(clients::Cat(
                                 "source_file: ", proto.source_file(),
                                 " cannot be read by this user")),
                             "let the agent's user read it");
  }
  return absl::OkStatus();
}

std::string ReadsFrom(const v1::AgentConfig& proto) {
  if (proto.has_drop()) {
    return clients::Cat(proto.drop().pattern(), " in ", proto.drop().folder());
  }
  return proto.has_odbc() ? "a database" : proto.source_file();
}

// What became of one row.
int PrintExplanation(const CommandContext& context, std::int64_t line,
                     const std::vector<std::string>& explanation) {
  if (explanation.empty()) {
    return clients::Fail(clients::WithHint(
        absl::InvalidArgumentError(
            clients::Cat("no row begins on line ", line)),
        "lines count from 1, the header included; rows of a query count from "
        "1 without it"));
  }
  if (context.format == clients::OutputFormat::kJson) {
    std::string lines;
    for (const std::string& one : explanation) {
      lines += clients::Cat(lines.empty() ? "" : ", ", JsonString(one));
    }
    JsonObject out;
    out.Add("line", line).AddRaw("explanation", clients::Cat("[", lines, "]"));
    std::cout << out.Text() << "\n";
  } else {
    std::cout << "line " << line << ": ";
    for (std::size_t i = 0; i < explanation.size(); ++i) {
      std::cout << (i == 0 ? "" : "  ") << clients::TerminalSafe(explanation[i])
                << "\n";
    }
  }
  std::cout.flush();
  return 0;
}

}  // namespace

int RunCheck(const CommandContext& context, const CheckOptions& options) {
  int exit_code = 0;
  const auto config = OpenConfig(context, exit_code);
  if (!config) return exit_code;
  const auto day = DayOf(context);
  if (!day.ok()) return clients::Fail(day.status());
  const auto source = SourceOf(*config, options.file);
  if (!source.ok()) return clients::Fail(source.status());
  ReadOptions read;
  read.day = *day;
  read.kind = options.delta ? v1::PUSH_KIND_DELTA : v1::PUSH_KIND_SNAPSHOT;
  read.explain_line = options.explain_line;
  const auto data = ReadAndReport(*config, *source, read);
  if (!data.ok()) return clients::Fail(data.status());
  if (options.explain_line != 0) {
    return PrintExplanation(context, options.explain_line, data->explanation);
  }
  const Summary summary = MakeSummary(*config, *source, *day, *data);
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
  if (absl::Status files = CheckFiles(*config); !files.ok()) {
    return clients::Fail(files);
  }
  if (context.format == clients::OutputFormat::kJson) {
    std::cout << "{\"valid\": true}\n";
    return 0;
  }
  const v1::AgentConfig& proto = config->proto;
  std::cout << clients::TerminalSafe(context.config_path) << " is valid\n"
            << "  department   " << proto.department() << ", purpose "
            << proto.purpose() << "\n"
            << "  reads        " << clients::TerminalSafe(ReadsFrom(proto))
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
