#include <unistd.h>

#include <filesystem>
#include <functional>
#include <iostream>
#include <optional>
#include <set>
#include <utility>

#include "absl/status/status.h"
#include "clients/agent/commands.h"
#include "clients/agent/intake_guard.h"
#include "clients/agent/matcher_link.h"
#include "clients/agent/open_source.h"
#include "clients/agent/preview.h"
#include "clients/agent/run_support.h"
#include "clients/agent/setup_dialog.h"
#include "clients/agent/setup_matcher.h"
#include "clients/agent/setup_replace.h"
#include "clients/agent/setup_sample.h"
#include "clients/agent/setup_text.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/own_certificate.h"
#include "clients/common/private_file.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::agent {
namespace {

using clients::Cat;

// Rounds of questions, proposals and changes: beyond it somebody is playing.
constexpr int kMostRounds = 200;

// Answers are given relative to where one stands; the file is read elsewhere.
std::string Absolute(const std::string& path) {
  if (path.empty()) return path;
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return error ? path : whole.lexically_normal().string();
}

// Changes every path of the configuration that names a file of the operator's.
void EachPath(v1::AgentConfig& config,
              const std::function<std::string(const std::string&)>& change) {
  const auto apply = [&](std::string* path) {
    if (!path->empty()) *path = change(*path);
  };
  const auto file_colon = [&](std::string* source) {
    constexpr std::string_view kFile = "file:";
    if (source->starts_with(kFile)) {
      *source = Cat(kFile, change(source->substr(kFile.size())));
    }
  };
  v1::ClientTls& tls = *config.mutable_tls();
  apply(tls.mutable_ca_file());
  apply(tls.mutable_certificate_file());
  apply(tls.mutable_key_file());
  apply(config.mutable_source_file());
  apply(config.mutable_state_dir());
  apply(config.mutable_number_map_file());
  apply(config.mutable_rejects_file());
  file_colon(config.mutable_cache_passphrase());
  for (v1::JoinedFile& file : *config.mutable_joined()) {
    apply(file.mutable_file());
  }
  if (config.has_events()) apply(config.mutable_events()->mutable_file());
  if (config.has_odbc()) file_colon(config.mutable_odbc()->mutable_password());
  if (config.has_drop()) {
    apply(config.mutable_drop()->mutable_folder());
    apply(config.mutable_drop()->mutable_archive_folder());
    apply(config.mutable_drop()->mutable_refused_folder());
  }
  if (config.has_run()) apply(config.mutable_run()->mutable_metrics_file());
}

// The answers' file, whose paths are relative to it.
absl::Status TakeAnswersFile(const std::string& path, SetupAnswers& answers) {
  auto text = clients::ReadSmallFile(path);
  if (!text.ok()) return text.status();
  absl::Status status = proto::ParseYaml(*text, path, answers.config);
  if (!status.ok()) return status;
  EachPath(answers.config, [&](const std::string& one) {
    return clients::ResolvePath(path, one);
  });
  if (!answers.config.permitted().empty()) answers.none.insert("age_from");
  return absl::OkStatus();
}

absl::Status TakeJoin(const std::string& text, v1::AgentConfig& config) {
  v1::JoinedFile& file = *config.add_joined();
  const std::size_t first = text.find(':');
  file.set_file(text.substr(0, first));
  if (first != std::string::npos) {
    const std::size_t second = text.find(':', first + 1);
    file.set_key(text.substr(first + 1, second - first - 1));
    if (second != std::string::npos) file.set_file_key(text.substr(second + 1));
  }
  if (file.file().empty() ||
      (first != std::string::npos && file.key().empty())) {
    return absl::InvalidArgumentError(
        "--join takes FILE, FILE:KEY or FILE:KEY:FILE_KEY");
  }
  return absl::OkStatus();
}

absl::Status TakeOptions(const SetupOptions& options, SetupAnswers& answers) {
  if (!options.answers_file.empty()) {
    absl::Status status = TakeAnswersFile(options.answers_file, answers);
    if (!status.ok()) return status;
  }
  for (const auto& [key, value] : options.answers) {
    absl::Status status = SetAnswer(key, value, answers);
    if (!status.ok()) {
      // After the point may stand whatever was typed.
      return absl::InvalidArgumentError(
          Cat(key.starts_with("status.") || key.starts_with("domain.")
                  ? key.substr(0, key.find('.'))
                  : key,
              ": ", clients::View(status.message())));
    }
  }
  for (const std::string& join : options.joins) {
    absl::Status status = TakeJoin(join, answers.config);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

class Setup {
 public:
  Setup(const CommandContext& context, const SetupOptions& options,
        const CivilDate& day)
      : context_(context),
        options_(options),
        day_(day),
        terminal_(isatty(STDIN_FILENO) == 1),
        sample_(options.sample) {}

  int Run() {
    if (absl::Status free = IsFree(); !free.ok()) return Refuse(free);
    if (absl::Status taken = TakeOptions(options_, said_); !taken.ok()) {
      return Refuse(taken);
    }
    if (!NameSample()) return clients::kExitUsage;
    for (int round = 0; round < kMostRounds; ++round) {
      const int code = Round();
      if (code != kAgain) return code;
    }
    return clients::kExitUsage;
  }

 private:
  static constexpr int kAgain = -1;

  // Looks at the sample, asks, and offers what comes of it. The sample is
  // looked at anew after a change: it may be of how it is read.
  int Round() {
    EachPath(said_.config, Absolute);
    looked_ = said_;
    seen_.clear();
    const auto table = OpenSample(sample_, day_, looked_, seen_);
    if (!table.ok()) {
      // Before anything was offered there is nothing to change.
      return offered_ ? Mend(table.status()) : clients::Fail(table.status());
    }
    NameSource();
    SeeDepartment();
    seen_.insert(seen_.end(), told_by_matcher_.begin(), told_by_matcher_.end());
    const auto proposal = Settle(*table);
    return proposal ? Offer(*proposal) : exit_code_;
  }

  // What was said, and what the source itself told.
  SetupAnswers Answers() const {
    SetupAnswers all = said_;
    const v1::AgentConfig& looked = looked_.config;
    all.config.mutable_dialect()->set_encoding(looked.dialect().encoding());
    all.config.mutable_dialect()->set_delimiter(looked.dialect().delimiter());
    if (looked.has_xlsx()) *all.config.mutable_xlsx() = looked.xlsx();
    *all.config.mutable_joined() = looked.joined();
    return all;
  }

  static int Refuse(const absl::Status& status) {
    clients::PrintError(status);
    return clients::kExitUsage;
  }

  // Before anything is asked.
  absl::Status IsFree() const {
    std::error_code error;
    const auto folder =
        std::filesystem::path(Absolute(context_.config_path)).parent_path();
    if (!options_.dry_run && !std::filesystem::is_directory(folder, error)) {
      return absl::NotFoundError(
          Cat("there is no folder ", folder.string(), " to write into"));
    }
    if (options_.overwrite || options_.dry_run ||
        !std::filesystem::exists(
            std::filesystem::symlink_status(context_.config_path, error))) {
      return absl::OkStatus();
    }
    return clients::WithHint(
        absl::AlreadyExistsError(
            Cat(context_.config_path, " exists and is not touched")),
        "name another file, or say --overwrite");
  }

  bool NameSample() {
    if (sample_.empty() && said_.config.odbc().query().empty()) {
      sample_ = said_.config.source_file();
    }
    if (!sample_.empty() || !said_.config.odbc().query().empty()) {
      sample_ = Absolute(sample_);
      return true;
    }
    if (terminal_) {
      const auto line = dialog_.Line(
          "The sample of the export (a file; a database by --odbc-query)? ");
      if (line && !line->empty()) {
        sample_ = Absolute(*line);
        return true;
      }
    }
    clients::PrintError(
        absl::InvalidArgumentError("there is no sample to look at"),
        "--sample FILE, or --odbc-connection and --odbc-query");
    return false;
  }

  // What is read every night.
  void NameSource() {
    v1::AgentConfig& config = said_.config;
    if (sample_.empty() || config.has_drop()) return;
    if (!options_.source.empty())
      config.set_source_file(Absolute(options_.source));
    if (config.source_file().empty()) config.set_source_file(sample_);
  }

  void SeeDepartment() {
    if (!certified_.empty() && said_.config.department() == certified_) {
      seen_.push_back({"department", certified_, "your certificate"});
    }
  }

  // The certificate says whose it is.
  void ReadDepartment() {
    v1::AgentConfig& config = said_.config;
    if (!config.department().empty() ||
        config.tls().certificate_file().empty()) {
      return;
    }
    constexpr std::string_view kRole = "/department/";
    const std::string uri = clients::OwnUri(config.tls(), "");
    const std::size_t at = uri.find(kRole);
    if (at == std::string::npos) return;
    config.set_department(uri.substr(at + kRole.size()));
    certified_ = config.department();
    SeeDepartment();
  }

  // Once, if it is wanted and known whom to ask.
  absl::Status AskMatcher() {
    v1::AgentConfig& config = said_.config;
    if (asked_ || config.matcher().address().empty() ||
        config.tls().ca_file().empty() || config.tls().key_file().empty() ||
        config.tls().certificate_file().empty()) {
      return absl::OkStatus();
    }
    asked_ = true;
    const bool open = config.purpose().empty() || config.permitted().empty();
    bool wanted = options_.ask_matcher;
    if (!wanted && terminal_ && open) {
      const auto line = dialog_.Line(
          "\nAsk the matcher for the purpose and the ages? [y/n] ");
      wanted = line && MeansYes(*line);
    }
    if (!wanted) return absl::OkStatus();
    Config reach;
    reach.proto = config;
    const auto matcher = OpenMatcher(reach);
    if (!matcher.ok()) return matcher.status();
    const auto info = AskIntakeInfo(**matcher);
    if (!info.ok()) return info.status();
    TakeIntakeInfo(*info, said_, told_by_matcher_);
    seen_.insert(seen_.end(), told_by_matcher_.begin(), told_by_matcher_.end());
    guard_.emplace(*info);
    return absl::OkStatus();
  }

  // A proposal without questions; nothing if they cannot be asked.
  std::optional<SetupProposal> Settle(const SampleTable& table) {
    for (int round = 0; round < kMostRounds; ++round) {
      EachPath(said_.config, Absolute);
      ReadDepartment();
      if (absl::Status asked = AskMatcher(); !asked.ok()) {
        const int code = clients::Fail(asked);
        // On a terminal the questions are asked instead.
        if (!terminal_) {
          exit_code_ = code;
          return std::nullopt;
        }
      }
      SetupProposal proposal = Propose(Answers(), table, day_);
      if (proposal.questions.empty()) return proposal;
      if (!terminal_) {
        std::cerr << FormatFindings(seen_, {})
                  << FormatFindings(proposal.findings, proposal.notes);
        clients::PrintError(
            absl::InvalidArgumentError(
                Cat(proposal.questions.size(),
                    " questions are open, and there is no terminal to ask "
                    "on")),
            "answer each with its flag, or with --answers FILE:");
        std::cerr << FormatQuestions(proposal.questions);
        return std::nullopt;
      }
      for (const std::string& note : proposal.notes) {
        if (told_.insert(note).second) {
          std::cerr << "note: " << clients::TerminalSafe(note) << "\n";
        }
      }
      // One at a time: an answer may settle others.
      if (!dialog_.Ask(proposal.questions.front(), said_)) {
        clients::PrintError(
            absl::CancelledError("the input ended; nothing was written"));
        return std::nullopt;
      }
    }
    return std::nullopt;
  }

  // Shows the proposal and what would be sent, and writes it if it is wanted.
  // The exit code, or kAgain.
  int Offer(const SetupProposal& proposal) {
    offered_ = true;
    std::vector<SetupFinding> findings = seen_;
    findings.insert(findings.end(), proposal.findings.begin(),
                    proposal.findings.end());
    const std::string text =
        FormatConfig(proposal.config, CommentsOf(findings));
    const auto config = ParseConfig(text, context_.config_path);
    if (!config.ok()) return Mend(config.status());
    ReadOptions read;
    read.day = day_;
    read.guard = guard_ ? &*guard_ : nullptr;
    const auto data = ReadExport(sample_, *config, read);
    if (!data.ok()) return Mend(data.status());
    Summary summary = MakeSummary(*config, sample_, day_, *data);
    // Nothing was written but what was asked for.
    summary.rejects_file.clear();
    summary.event_rejects_file.clear();
    std::vector<std::string> notes = proposal.notes;
    if (absl::Status told = TellWhatGoes(proposal.config, notes); !told.ok()) {
      return clients::Fail(told);
    }
    const bool ask = terminal_ && !options_.dry_run;
    if (const bool human = context_.format == clients::OutputFormat::kHuman;
        human || ask) {
      // Nobody says yes to what was not shown.
      (human ? std::cout : std::cerr)
          << "The configuration:\n"
          << FormatFindings(findings, notes) << "\n"
          << FormatSummary(summary) << FormatPreview(data->cases) << std::flush;
    }
    if (ask) {
      switch (dialog_.Confirm(
          Cat("\nWrite ", clients::TerminalSafe(context_.config_path),
              "? [y, n, or KEY=VALUE to change something] "),
          said_)) {
        case SetupDialog::Verdict::kChanged:
          return kAgain;
        case SetupDialog::Verdict::kStop:
          std::cerr << "nothing was written\n";
          return clients::kExitUsage;
        case SetupDialog::Verdict::kWrite:
          break;
      }
    }
    if (absl::Status written = Write(text); !written.ok()) {
      return clients::Fail(written);
    }
    Tell(findings, notes, summary, data->cases, config->proto.state_dir());
    return Finish(summary);
  }

  // On a terminal something can be changed; elsewhere it is an error.
  int Mend(const absl::Status& status) {
    if (!terminal_) {
      clients::PrintError(status);
      return kExitConfig;
    }
    for (;;) {
      clients::PrintError(status);
      switch (
          dialog_.Confirm("\nKEY=VALUE changes something, n stops: ", said_)) {
        case SetupDialog::Verdict::kChanged:
          return kAgain;
        case SetupDialog::Verdict::kStop:
          std::cerr << "nothing was written\n";
          return kExitConfig;
        case SetupDialog::Verdict::kWrite:
          std::cerr << "this cannot be written:\n";
      }
    }
  }

  // What the old file says and the new one does not.
  absl::Status TellWhatGoes(const v1::AgentConfig& config,
                            std::vector<std::string>& notes) const {
    if (!options_.overwrite) return absl::OkStatus();
    const auto gone = FieldsThatGo(context_.config_path, config);
    if (absl::IsPermissionDenied(gone.status())) return gone.status();
    if (!gone.ok()) {
      notes.push_back(Cat(context_.config_path,
                          " is no configuration; it is kept as .bak"));
    } else if (!gone->empty()) {
      notes.push_back(Cat("the old file has what the new one has not: ", *gone,
                          "; it is kept as .bak, and --answers takes them "
                          "over"));
    }
    return absl::OkStatus();
  }

  absl::Status Write(const std::string& text) const {
    if (options_.dry_run) return absl::OkStatus();
    return options_.overwrite
               ? ReplaceConfig(context_.config_path, text)
               : clients::WriteNewPrivateFile(context_.config_path, text);
  }

  void Tell(std::span<const SetupFinding> findings,
            std::span<const std::string> notes, const Summary& summary,
            std::span<const CleanCase> cases,
            const std::string& state_dir) const {
    if (context_.format == clients::OutputFormat::kJson) {
      std::string json = SummaryJson(summary);
      json.resize(json.size() - 2);  // "}\n"
      std::cout << json << ", \"examples\": " << PreviewJson(cases)
                << ", \"written\": " << (options_.dry_run ? "false" : "true")
                << ", " << FindingsJson(findings, notes) << "}\n"
                << std::flush;
      return;
    }
    if (options_.dry_run) {
      std::cout << "\nnothing was written (--dry-run)\n" << std::flush;
      return;
    }
    const std::string path = clients::TerminalSafe(context_.config_path);
    std::cout << "\n"
              << path << " is written; only you can read it. "
              << NextSteps(context_.config_path, state_dir) << std::flush;
  }

  static int Finish(const Summary& summary) {
    if (!summary.OverLimit()) return 0;
    clients::PrintError(
        absl::InvalidArgumentError(
            "more rows of the sample would be set aside than "
            "rejects_limit_percent"),
        "the classes above say why; samkoer-agent check lists the rows");
    return kExitRejects;
  }

  const CommandContext& context_;
  const SetupOptions& options_;
  const CivilDate day_;
  const bool terminal_;
  std::string sample_;
  SetupAnswers said_;
  // The same with what the source itself told, and that in words.
  SetupAnswers looked_;
  std::vector<SetupFinding> seen_;
  std::string certified_;
  bool offered_ = false, asked_ = false;
  int exit_code_ = clients::kExitUsage;
  // What the matcher said, if it was asked.
  std::vector<SetupFinding> told_by_matcher_;
  std::optional<IntakeGuard> guard_;
  std::set<std::string> told_;
  SetupDialog dialog_{std::cin, std::cerr};
};

}  // namespace

int RunSetup(const CommandContext& context, const SetupOptions& options) {
  const auto day = DayOf(context);
  if (!day.ok()) return clients::Fail(day.status());
  return Setup(context, options, *day).Run();
}

}  // namespace samkoer::agent
