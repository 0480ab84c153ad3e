#include "clients/agent/export_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "clients/agent/columns.h"
#include "clients/agent/csv_reader.h"
#include "clients/agent/merge.h"
#include "clients/agent/text_decoder.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

constexpr std::size_t kPieceBytes = 256 * 1024;

std::size_t Index(auto reason) { return static_cast<std::size_t>(reason); }

// Takes rows in and counts them.
class Collector {
 public:
  Collector(const Config& config, const NumberMap& numbers,
            const IntakeGuard* guard, const CivilDate& day, v1::PushKind kind)
      : config_(config),
        null_words_(config.proto.dialect().null_words().begin(),
                    config.proto.dialect().null_words().end()),
        cleaner_(config, numbers, guard, day, kind),
        delta_(kind == v1::PUSH_KIND_DELTA) {}

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
      return absl::OkStatus();
    }
    RowOutcome outcome = cleaner_.Clean(view);
    Count(outcome);
    if (const auto* reason = std::get_if<RejectReason>(&outcome.result)) {
      SetAside(line, *reason);
    } else if (auto* row = std::get_if<FilteredRow>(&outcome.result)) {
      ++out_.counts.filtered[Index(row->reason)];
      if (delta_) out_.filtered_refs.push_back(std::move(row->case_ref));
    } else {
      out_.cases.push_back(std::move(std::get<CleanCase>(outcome.result)));
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

  // Ascending, once each, without those that are still sent for somebody.
  void TidyFilteredRefs() {
    auto& refs = out_.filtered_refs;
    std::sort(refs.begin(), refs.end());
    refs.erase(std::unique(refs.begin(), refs.end()), refs.end());
    std::erase_if(refs, [&](const std::string& ref) {
      const auto hit =
          std::lower_bound(out_.cases.begin(), out_.cases.end(), ref,
                           [](const CleanCase& a, const std::string& b) {
                             return a.record.case_ref() < b;
                           });
      return hit != out_.cases.end() && hit->record.case_ref() == ref;
    });
  }

  const Config& config_;
  const std::vector<std::string> null_words_;
  const RowCleaner cleaner_;
  const bool delta_;
  std::optional<ColumnLayout> layout_;
  Export out_;
};

// Bytes in, rows out to a collector.
class Pipeline {
 public:
  static absl::StatusOr<Pipeline> Create(const v1::CsvDialect& dialect,
                                         Collector& collector) {
    auto decoder = TextDecoder::Create(dialect.encoding());
    if (!decoder.ok()) return decoder.status();
    auto reader = CsvReader::Create(
        dialect.delimiter(),
        [&collector](std::int64_t line, std::span<const std::string> fields) {
          return collector.TakeRow(line, fields);
        });
    if (!reader.ok()) return reader.status();
    return Pipeline(*std::move(decoder), *std::move(reader));
  }

  ~Pipeline() { Wipe(); }
  Pipeline(Pipeline&&) = default;

  absl::Status Feed(std::string_view bytes) {
    text_.clear();
    absl::Status status = decoder_.Feed(bytes, text_);
    // Rows before the bad bytes are read first, so that their errors come
    // first too.
    if (absl::Status rows = reader_->Feed(text_); !rows.ok()) return rows;
    return status;
  }

  absl::Status Finish() {
    text_.clear();
    if (absl::Status status = decoder_.Finish(text_); !status.ok()) {
      return status;
    }
    if (absl::Status status = reader_->Feed(text_); !status.ok()) return status;
    return reader_->Finish();
  }

 private:
  Pipeline(TextDecoder decoder, std::unique_ptr<CsvReader> reader)
      : decoder_(std::move(decoder)), reader_(std::move(reader)) {}
  void Wipe() { sodium_memzero(text_.data(), text_.size()); }

  TextDecoder decoder_;
  std::unique_ptr<CsvReader> reader_;
  std::string text_;
};

absl::Status InFile(std::string_view name, const absl::Status& status) {
  if (status.ok()) return status;
  return clients::WithHint(
      absl::Status(status.code(), clients::Cat(name, ": ", status.message())),
      clients::HintOf(status));
}

absl::Status CannotRead(const std::string& path) {
  if (errno == ENOENT) {
    return clients::WithHint(
        absl::NotFoundError(clients::Cat(path, " does not exist")),
        "has the case system written its export? See source_file");
  }
  return absl::PermissionDeniedError(
      clients::Cat(path, " cannot be read: ", std::strerror(errno)));
}

// Closes on the way out.
struct Fd {
  int fd;
  ~Fd() {
    if (fd >= 0) ::close(fd);
  }
};

absl::Status ReadFile(const std::string& path, Pipeline& pipeline,
                      const ReadProgress& progress) {
  const Fd file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.fd < 0) return CannotRead(path);
  struct stat info {};
  if (::fstat(file.fd, &info) != 0) return CannotRead(path);
  if (S_ISDIR(info.st_mode)) {
    return absl::InvalidArgumentError("is a directory, not a file");
  }
  crypto::SecretBuffer piece(kPieceBytes);
  std::uint64_t done = 0;
  for (;;) {
    const auto room = piece.ExposeMutable();
    const ssize_t got = ::read(file.fd, room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return CannotRead(path);
    if (got == 0) return pipeline.Finish();
    const absl::Status status = pipeline.Feed(
        crypto::AsText(room.first(static_cast<std::size_t>(got))));
    if (!status.ok()) return status;
    done += static_cast<std::uint64_t>(got);
    if (progress) progress(done, static_cast<std::uint64_t>(info.st_size));
  }
}

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
                                  const IntakeGuard* guard,
                                  const CivilDate& day, v1::PushKind kind,
                                  const ReadProgress& progress) {
  NumberMap numbers;
  if (!config.proto.number_map_file().empty()) {
    auto loaded = NumberMap::Load(config.proto.number_map_file());
    if (!loaded.ok()) return loaded.status();
    numbers = *std::move(loaded);
  }
  Collector collector(config, numbers, guard, day, kind);
  auto pipeline = Pipeline::Create(config.proto.dialect(), collector);
  if (!pipeline.ok()) return pipeline.status();
  if (absl::Status status = ReadFile(path, *pipeline, progress); !status.ok()) {
    return InFile(path, status);
  }
  auto out = collector.Finish();
  if (!out.ok()) return InFile(path, out.status());
  return out;
}

absl::StatusOr<Export> ParseExport(std::string_view bytes,
                                   std::string_view name, const Config& config,
                                   const NumberMap& numbers,
                                   const IntakeGuard* guard,
                                   const CivilDate& day, v1::PushKind kind) {
  Collector collector(config, numbers, guard, day, kind);
  auto pipeline = Pipeline::Create(config.proto.dialect(), collector);
  if (!pipeline.ok()) return pipeline.status();
  absl::Status status = pipeline->Feed(bytes);
  if (status.ok()) status = pipeline->Finish();
  if (!status.ok()) return InFile(name, status);
  auto out = collector.Finish();
  if (!out.ok()) return InFile(name, out.status());
  return out;
}

}  // namespace samkoer::agent
