#include "clients/agent/export_reader.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "clients/agent/columns.h"
#include "clients/agent/file_source.h"
#include "clients/agent/merge.h"
#include "clients/agent/open_source.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

std::size_t Index(auto reason) { return static_cast<std::size_t>(reason); }

// Takes rows in and counts them.
class Collector {
 public:
  Collector(const Config& config, const NumberMap& numbers,
            const ReadOptions& options, const LifeEventBook* events)
      : config_(config),
        null_words_(config.proto.dialect().null_words().begin(),
                    config.proto.dialect().null_words().end()),
        cleaner_(config, numbers, options.guard, events, options.day,
                 options.kind),
        delta_(options.kind == v1::PUSH_KIND_DELTA),
        explain_line_(options.explain_line) {}

  absl::Status TakeRow(std::int64_t line, std::span<const std::string> fields) {
    if (!layout_) {
      auto layout =
          ColumnLayout::Match(config_.proto.columns(), fields, null_words_);
      if (!layout.ok()) return layout.status();
      layout_ = *std::move(layout);
      return absl::OkStatus();
    }
    ++out_.counts.rows;
    RowView view;
    if (!layout_->Read(fields, view)) {
      SetAside(line, RejectReason::kColumns);
      if (line == explain_line_) {
        out_.explanation = {
            "set aside: columns, another number of columns "
            "than the header"};
      }
      return absl::OkStatus();
    }
    if (line == explain_line_) out_.explanation = cleaner_.Explain(view);
    RowOutcome outcome = cleaner_.Clean(view);
    Count(outcome);
    if (const auto* reason = std::get_if<RejectReason>(&outcome.result)) {
      SetAside(line, *reason);
    } else if (auto* row = std::get_if<FilteredRow>(&outcome.result)) {
      ++out_.counts.filtered[Index(row->reason)];
      filtered_.push_back(std::move(row->case_ref));
    } else {
      out_.cases.push_back(std::move(std::get<CleanCase>(outcome.result)));
      out_.cases.back().line = line;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Export> Finish() {
    if (!layout_) {
      return clients::WithHint(
          absl::InvalidArgumentError("the file is empty"),
          "an export begins with a header, also when it has no rows");
    }
    out_.counts.merged = MergeCases(out_.cases);
    for (const std::int64_t line : TakeOverfullPersons(out_.cases)) {
      SetAside(line, RejectReason::kTooManyCases);
    }
    std::stable_sort(
        out_.rejects.begin(), out_.rejects.end(),
        [](const Reject& a, const Reject& b) { return a.line < b.line; });
    TidyFilteredRefs();
    return std::move(out_);
  }

 private:
  void SetAside(std::int64_t line, RejectReason reason) {
    ++out_.counts.rejected[Index(reason)];
    out_.rejects.push_back({line, reason});
  }

  void Count(const RowOutcome& outcome) {
    ExportCounts& counts = out_.counts;
    counts.cpr_valid += outcome.cpr_valid;
    counts.modulus11 += outcome.modulus11;
    counts.padded += outcome.padded;
    counts.renumbered += outcome.renumbered;
    counts.contacts_dropped += outcome.contact_dropped;
    counts.criteria_dropped += outcome.criteria_dropped;
  }

  // Ascending, once each: those that are still sent for somebody, and those
  // that are not.
  void TidyFilteredRefs() {
    std::sort(filtered_.begin(), filtered_.end());
    filtered_.erase(std::unique(filtered_.begin(), filtered_.end()),
                    filtered_.end());
    for (std::string& ref : filtered_) {
      const auto hit =
          std::lower_bound(out_.cases.begin(), out_.cases.end(), ref,
                           [](const CleanCase& a, const std::string& b) {
                             return a.record.case_ref() < b;
                           });
      if (hit != out_.cases.end() && hit->record.case_ref() == ref) {
        out_.partly_filtered_refs.push_back(std::move(ref));
      } else if (delta_) {
        out_.filtered_refs.push_back(std::move(ref));
      }
    }
    filtered_.clear();
  }

  const Config& config_;
  const std::vector<std::string> null_words_;
  const RowCleaner cleaner_;
  const bool delta_;
  const std::int64_t explain_line_;
  std::optional<ColumnLayout> layout_;
  // References of filtered rows, as they came.
  std::vector<std::string> filtered_;
  Export out_;
};

}  // namespace

std::uint64_t ExportCounts::RejectedTotal() const {
  return std::accumulate(rejected.begin(), rejected.end(), std::uint64_t{0});
}

std::uint64_t ExportCounts::FilteredTotal() const {
  return std::accumulate(filtered.begin(), filtered.end(), std::uint64_t{0});
}

double ExportCounts::RejectedPercent() const {
  if (rows == 0) return 0;
  return 100.0 * static_cast<double>(RejectedTotal()) /
         static_cast<double>(rows);
}

absl::StatusOr<Export> ReadExport(const std::string& path, const Config& config,
                                  const ReadOptions& options) {
  NumberMap numbers;
  if (!config.proto.number_map_file().empty()) {
    auto loaded = NumberMap::Load(config.proto.number_map_file());
    if (!loaded.ok()) return loaded.status();
    numbers = *std::move(loaded);
  }
  std::optional<LifeEventBook> events;
  if (!config.proto.criteria().empty()) {
    const auto source = OpenEvents(config);
    auto book = LifeEventBook::Read(*source, config, numbers, options.day);
    if (!book.ok()) return book.status();
    events = *std::move(book);
  }
  Collector collector(config, numbers, options, events ? &*events : nullptr);
  const auto source = OpenSource(config, path);
  absl::Status status = source->Read(
      [&](std::int64_t line, std::span<const std::string> fields) {
        return collector.TakeRow(line, fields);
      },
      options.progress);
  if (!status.ok()) return status;
  auto out = collector.Finish();
  if (!out.ok()) return InSource(SourceName(path), out.status());
  if (events) {
    out->counts.events = events->counts();
    out->event_rejects = events->rejects();
  }
  return out;
}

absl::StatusOr<Export> ParseExport(std::string_view bytes,
                                   std::string_view name, const Config& config,
                                   const NumberMap& numbers,
                                   const IntakeGuard* guard,
                                   const CivilDate& day, v1::PushKind kind) {
  ReadOptions options;
  options.guard = guard;
  options.day = day;
  options.kind = kind;
  Collector collector(config, numbers, options, nullptr);
  absl::Status status =
      ReadTextRows(bytes, name, config.proto.dialect(),
                   [&](std::int64_t line, std::span<const std::string> fields) {
                     return collector.TakeRow(line, fields);
                   });
  if (!status.ok()) return status;
  auto out = collector.Finish();
  if (!out.ok()) return InSource(name, out.status());
  return out;
}

}  // namespace samkoer::agent
