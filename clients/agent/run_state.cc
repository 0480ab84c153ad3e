#include "clients/agent/run_state.h"

#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/numbers.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/private_file.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {
namespace {

// Name and value of everything in the state, in the order of the file.
template <typename State, typename Visit>
void VisitAll(State& state, const Visit& visit) {
  visit("last_success", state.last_success);
  visit("last_attempt", state.last_attempt);
  visit("next_attempt", state.next_attempt);
  visit("failures", state.failures);
  visit("pushed", state.pushed);
  visit("failed", state.failed);
  visit("refused", state.refused);
  visit("rows", state.rows);
  visit("set_aside", state.set_aside);
  visit("records", state.records);
  visit("held", state.held);
}

std::string FileIn(const std::string& dir) {
  return clients::Cat(dir, "/run.state");
}

// A label's value; ids of the configuration hold nothing to be escaped.
void Series(std::string& out, std::string_view name, std::string_view type,
            std::string_view help, std::string_view labels,
            std::uint64_t value) {
  out += clients::Cat("# HELP samkoer_agent_", name, " ", help,
                      "\n# TYPE samkoer_agent_", name, " ", type,
                      "\nsamkoer_agent_", name, labels, " ", value, "\n");
}

}  // namespace

std::string FormatRunState(const RunState& state) {
  std::string out;
  VisitAll(state, [&](std::string_view name, const auto& value) {
    out += clients::Cat(name, " ", value, "\n");
  });
  return clients::Cat(out, "over_limit ", state.over_limit ? 1 : 0, "\n");
}

absl::StatusOr<RunState> ParseRunState(std::string_view text) {
  RunState state;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(line.size() + 1, text.size()));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) {
      return absl::DataLossError("the state of `run` is damaged");
    }
    const std::string_view value = line.substr(space + 1);
    bool good = true;
    VisitAll(state, [&](std::string_view name, auto& field) {
      if (line.substr(0, space) != name) return;
      good = absl::SimpleAtoi(crypto::AbslView(value), &field);
    });
    if (line.substr(0, space) == "over_limit") state.over_limit = value == "1";
    if (!good) return absl::DataLossError("the state of `run` is damaged");
  }
  return state;
}

absl::StatusOr<RunState> LoadRunState(const std::string& dir) {
  const auto text = clients::ReadSmallFile(FileIn(dir));
  if (absl::IsNotFound(text.status())) return RunState{};
  if (!text.ok()) return text.status();
  auto state = ParseRunState(*text);
  if (state.ok()) return state;
  return clients::WithHint(absl::DataLossError(clients::Cat(
                               FileIn(dir), ": ", state.status().message())),
                           "remove the file; `run` then pushes at once");
}

absl::Status SaveRunState(const std::string& dir, const RunState& state) {
  return clients::WritePrivateFile(FileIn(dir), FormatRunState(state));
}

std::string RunMetrics(const RunState& state, std::string_view department,
                       std::string_view purpose, absl::Time certificate) {
  const std::string labels = clients::Cat("{department=\"", department,
                                          "\",purpose=\"", purpose, "\"}");
  std::string out;
  const auto gauge = [&](std::string_view name, auto value,
                         std::string_view help) {
    Series(out, name, "gauge", help, labels, static_cast<std::uint64_t>(value));
  };
  const auto counter = [&](std::string_view name, std::uint64_t value,
                           std::string_view help) {
    Series(out, name, "counter", help, labels, value);
  };
  gauge("last_success_timestamp_seconds", state.last_success,
        "When a push last went through.");
  gauge("last_attempt_timestamp_seconds", state.last_attempt,
        "When a push was last tried.");
  gauge("next_attempt_timestamp_seconds", state.next_attempt,
        "When a push is next due.");
  gauge("failures_in_a_row", state.failures,
        "Pushes that have failed since the last good one.");
  counter("pushes_total", state.pushed, "Pushes that went through.");
  counter("failures_total", state.failed, "Pushes that failed.");
  counter("refused_files_total", state.refused,
          "Files of the drop folder that were refused.");
  gauge("rows", state.rows, "Rows of the last good push.");
  gauge("set_aside_rows", state.set_aside, "Rows of it that were set aside.");
  gauge("over_limit", state.over_limit,
        "1 if more were set aside than rejects_limit_percent allows.");
  gauge("records", state.records, "Records of it that could be sent.");
  gauge("held_records", state.held,
        "Records that the matcher holds of the department.");
  gauge("certificate_expiry_timestamp_seconds",
        certificate == absl::InfinitePast() ? 0
                                            : absl::ToUnixSeconds(certificate),
        "When the agent's own certificate expires; 0: it cannot be read.");
  return out;
}

absl::Status WriteMetricsFile(const std::string& path, std::string_view text) {
  const std::string part = clients::Cat(path, ".new");
  {
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out) {
      return absl::PermissionDeniedError(
          clients::Cat("cannot write ", part, " (run.metrics_file)"));
    }
  }
  if (::chmod(part.c_str(), 0644) != 0 ||
      ::rename(part.c_str(), path.c_str()) != 0) {
    return absl::InternalError(
        clients::Cat("cannot replace ", path, ": ", std::strerror(errno)));
  }
  return absl::OkStatus();
}

std::string Unhealthy(const RunState& state, absl::Time now,
                      std::uint32_t hours) {
  const absl::Time last = absl::FromUnixSeconds(state.last_success);
  if (state.last_success == 0) return "no push has gone through yet";
  if (now - last <= absl::Hours(hours)) return "";
  return clients::Cat("no push has gone through for ",
                      absl::ToInt64Hours(now - last), " hours; ",
                      state.failures, " have failed since");
}

}  // namespace samkoer::agent
