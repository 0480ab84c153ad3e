#include "clients/agent/run_support.h"

#include <iostream>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/strings/str_format.h"
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

std::string SourceOf(const Config& config, const std::string& file) {
  return file.empty() ? config.proto.source_file() : file;
}

absl::StatusOr<Export> ReadAndReport(const Config& config,
                                     const std::string& source,
                                     const IntakeGuard* guard,
                                     const CivilDate& day, v1::PushKind kind) {
  absl::Status made = clients::MakePrivateDirectory(config.proto.state_dir());
  if (!made.ok()) return made;
  std::optional<clients::ProgressBar> bar;
  auto data = ReadExport(source, config, guard, day, kind,
                         [&](std::uint64_t done, std::uint64_t total) {
                           if (!bar) bar.emplace("Reading", total);
                           bar->Set(done);
                         });
  bar.reset();
  if (!data.ok()) return data;
  absl::Status written =
      WriteRejects(config.proto.rejects_file(), data->rejects);
  if (!written.ok()) return written;
  return data;
}

Summary MakeSummary(const Config& config, const std::string& source,
                    const CivilDate& day, const Export& data) {
  Summary summary;
  summary.department = config.proto.department();
  summary.day = FormatIsoDay(day);
  summary.source_file = source;
  summary.rejects_file = config.proto.rejects_file();
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
