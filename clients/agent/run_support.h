// What the commands share: opening the configuration, reading the export with a
// progress bar, telling the end.
#ifndef SAMKOER_CLIENTS_AGENT_RUN_SUPPORT_H_
#define SAMKOER_CLIENTS_AGENT_RUN_SUPPORT_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "clients/agent/commands.h"
#include "clients/agent/config.h"
#include "clients/agent/export_reader.h"
#include "clients/agent/summary.h"

namespace samkoer::agent {

// Loads the configuration; prints the error and sets `exit_code` if it cannot.
std::optional<Config> OpenConfig(const CommandContext& context, int& exit_code);

// The day of `context`, or today.
absl::StatusOr<CivilDate> DayOf(const CommandContext& context);

// The export to read: `file` if given, else the configuration's; empty for a
// database. INVALID_ARGUMENT if the configuration has a drop folder only.
absl::StatusOr<std::string> SourceOf(const Config& config,
                                     const std::string& file);

// Reads the export, with a progress bar on a terminal, and writes the files of
// rejects. Makes the state directory if need be. `options.progress` is set
// here.
absl::StatusOr<Export> ReadAndReport(const Config& config,
                                     const std::string& source,
                                     ReadOptions options);

// Where life events that were set aside are listed.
std::string EventRejectsFile(const Config& config);

// The summary of what was read; the push is the caller's to add.
Summary MakeSummary(const Config& config, const std::string& source,
                    const CivilDate& day, const Export& data);

// 0, or kExitRejects with an explanation on stderr.
int FinishWith(const Summary& summary);

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_RUN_SUPPORT_H_
