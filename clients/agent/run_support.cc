#include "clients/agent/run_support.h"

#include <iostream>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "clients/agent/open_source.h"
#include "clients/agent/rejects_file.h"
#include "clients/common/cat.h"
#include "clients/common/private_file.h"
#include "clients/common/progress.h"
#include "crypto/absl_view.h"

namespace samkoer::agent {

std::optional<Config> OpenConfig(const CommandContext& context,
                                 int& exit_code) {
  auto config = LoadConfig(context.config_path);
  if (config.ok()) return *std::move(config);
  clients::PrintError(config.status(),
                      clients::HintOf(config.status()).empty()
                          ? "samkoer-agent validate-config checks it"
                          : "");
  exit_code = absl::IsInvalidArgument(config.status())
                  ? kExitConfig
                  : clients::ExitCodeFor(config.status());
  return std::nullopt;
}

absl::StatusOr<CivilDate> DayOf(const CommandContext& context) {
  if (context.day.empty()) return Today();
  auto day = ParseIsoDay(context.day);
  if (day.ok()) return day;
  return absl::InvalidArgumentError(
      clients::Cat("--day: ", day.status().message()));
}

absl::StatusOr<std::string> SourceOf(const Config& config,
                                     const std::string& file) {
  if (!file.empty()) return file;
  if (!config.proto.has_drop()) return config.proto.source_file();
  return clients::WithHint(
      absl::InvalidArgumentError(
          "the configuration has a drop folder, which only `run` reads"),
      "name a file with --file, or use samkoer-agent run");
}

absl::StatusOr<Export> ReadAndReport(const Config& config,
                                     const std::string& source,
                                     ReadOptions options) {
  absl::Status owned =
      clients::CheckNotAnothers(config.proto.state_dir(), "samkoer-agent");
  if (!owned.ok()) return owned;
  absl::Status made = clients::MakePrivateDirectory(config.proto.state_dir());
  if (!made.ok()) return made;
  std::optional<clients::ProgressBar> bar;
  options.progress = [&](std::uint64_t done, std::uint64_t total) {
    // How many rows a database has is not known before the end.
    if (source.empty()) return;
    if (!bar) bar.emplace("Reading", total);
    bar->Set(done);
  };
  auto data = ReadExport(source, config, options);
  bar.reset();
  if (!data.ok()) return data;
  absl::Status written =
      WriteRejects(config.proto.rejects_file(), data->rejects);
  if (written.ok() && !config.proto.criteria().empty()) {
    written = WriteRejects(EventRejectsFile(config), data->event_rejects);
  }
  if (!written.ok()) return written;
  return data;
}

std::string EventRejectsFile(const Config& config) {
  return clients::Cat(config.proto.state_dir(), "/rejects-events.csv");
}

Summary MakeSummary(const Config& config, const std::string& source,
                    const CivilDate& day, const Export& data) {
  Summary summary;
  summary.department = config.proto.department();
  summary.day = FormatIsoDay(day);
  summary.source_file = SourceName(source);
  summary.rejects_file = config.proto.rejects_file();
  if (!config.proto.criteria().empty()) {
    summary.event_rejects_file = EventRejectsFile(config);
  }
  summary.rejects_limit_percent = config.proto.rejects_limit_percent();
  summary.records = data.cases.size();
  absl::flat_hash_set<absl::string_view> people;
  for (const CleanCase& one : data.cases)
    people.insert(crypto::AbslView(one.ExposeDigits()));
  summary.people = people.size();
  summary.counts = data.counts;
  return summary;
}

int FinishWith(const Summary& summary) {
  if (!summary.OverLimit()) return 0;
  if (summary.EventsOverLimit()) {
    clients::PrintError(
        absl::InvalidArgumentError(absl::StrFormat(
            "%d of %d life events were set aside, more than the %d %% of "
            "rejects_limit_percent",
            summary.counts.events.set_aside, summary.counts.events.rows,
            summary.rejects_limit_percent)),
        clients::Cat("mend the rows listed in ", summary.event_rejects_file));
    if (!summary.RowsOverLimit()) return kExitRejects;
  }
  clients::PrintError(
      absl::InvalidArgumentError(absl::StrFormat(
          "%.1f %% of the rows were set aside, more than the %d %% of "
          "rejects_limit_percent%s",
          summary.counts.RejectedPercent(), summary.rejects_limit_percent,
          summary.push ? "; the others were sent" : "")),
      clients::Cat("mend the rows listed in ", summary.rejects_file));
  return kExitRejects;
}

}  // namespace samkoer::agent
