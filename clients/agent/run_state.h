// What `samkoer-agent run` remembers and tells: its state across restarts, the
// figures for monitoring, and the last result.
#ifndef SAMKOER_CLIENTS_AGENT_RUN_STATE_H_
#define SAMKOER_CLIENTS_AGENT_RUN_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/agent/summary.h"

namespace samkoer::agent {

// Times are Unix seconds; 0 means never.
struct RunState {
  std::int64_t last_success = 0;
  std::int64_t last_attempt = 0;
  std::int64_t next_attempt = 0;
  std::uint32_t failures = 0;  // in a row
  std::uint64_t pushed = 0;    // in all
  std::uint64_t failed = 0;
  std::uint64_t refused = 0;  // files of the drop folder
  // Of the last good push.
  std::uint64_t rows = 0, set_aside = 0, records = 0, held = 0;
  bool over_limit = false;
  friend bool operator==(const RunState&, const RunState&) = default;
};

// "NAME VALUE" lines. Parse takes what Format gave; names that it does not know
// are skipped, and DATA_LOSS is for lines that are none.
std::string FormatRunState(const RunState& state);
absl::StatusOr<RunState> ParseRunState(std::string_view text);

// The state in `dir`; a fresh one if there is none yet.
absl::StatusOr<RunState> LoadRunState(const std::string& dir);
absl::Status SaveRunState(const std::string& dir, const RunState& state);

// Prometheus text (exposition format 0.0.4), each series with the department
// and the purpose. Nothing of any row. `certificate` is when the agent's own
// certificate expires, InfinitePast (shown as 0) if its file cannot be read.
std::string RunMetrics(const RunState& state, std::string_view department,
                       std::string_view purpose, absl::Time certificate);

// Writes a file that anybody may read (mode 0644), replaced as a whole.
absl::Status WriteMetricsFile(const std::string& path, std::string_view text);

// What is wrong at `now`, or "" if the last good push is younger than `hours`.
std::string Unhealthy(const RunState& state, absl::Time now,
                      std::uint32_t hours);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_RUN_STATE_H_
