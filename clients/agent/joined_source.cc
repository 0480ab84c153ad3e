#include "clients/agent/joined_source.h"

#include <sodium.h>

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "clients/agent/cells.h"
#include "clients/agent/words.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

void Wipe(std::string& text) { sodium_memzero(text.data(), text.capacity()); }

// Where a column stands: exactly, else without regard to case.
std::optional<std::size_t> Find(std::span<const std::string> header,
                                std::string_view name) {
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (TrimText(header[i]) == name) return i;
  }
  const std::string folded = FoldText(name);
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (FoldText(header[i]) == folded) return i;
  }
  return std::nullopt;
}

// One joined file in memory.
class Table {
 public:
  explicit Table(JoinSpec spec) : spec_(std::move(spec)) {}
  Table(Table&&) = default;
  Table& operator=(Table&&) = default;
  ~Table() {
    for (std::string& cell : cells_) Wipe(cell);
    for (auto& [key, row] : rows_) Wipe(const_cast<std::string&>(key));
  }

  absl::Status Load(std::span<const std::string> wanted) {
    bool header = true;
    return spec_.source->Read(
        [&](std::int64_t, std::span<const std::string> fields) {
          if (std::exchange(header, false)) return TakeHeader(fields, wanted);
          return TakeRow(fields);
        },
        {});
  }

  // The columns it adds.
  std::span<const std::string> names() const { return names_; }

  absl::Status FindKey(std::span<const std::string> header) {
    const auto place = Find(header, spec_.key);
    if (!place) {
      return clients::WithHint(
          absl::InvalidArgumentError(
              clients::Cat(spec_.place,
                           ".key: neither the source nor a file "
                           "joined before has a column '",
                           spec_.key, "'")),
          "of a joined file, only columns that are used are there");
    }
    key_place_ = *place;
    return absl::OkStatus();
  }

  // Appends its columns to `row`.
  void Extend(std::vector<std::string>& row) const {
    const std::string key(TrimText(row[key_place_]));
    std::string_view broken;
    const std::string* found = nullptr;
    if (BrokenCell(key)) {
      broken = key;
    } else if (const auto hit = rows_.find(key);
               key.empty() || hit == rows_.end()) {
      broken = spec_.optional ? "" : kMissingKeyCell;
    } else if (hit->second == kRepeated) {
      broken = kRepeatedKeyCell;
    } else {
      found = &cells_[hit->second * names_.size()];
    }
    for (std::size_t i = 0; i < names_.size(); ++i) {
      row.push_back(found != nullptr ? found[i] : std::string(broken));
    }
  }

 private:
  static constexpr std::size_t kRepeated = static_cast<std::size_t>(-1);

  absl::Status TakeHeader(std::span<const std::string> header,
                          std::span<const std::string> wanted) {
    const auto key = Find(header, spec_.file_key);
    if (!key) {
      return absl::InvalidArgumentError(
          clients::Cat("the header has no column '", spec_.file_key, "' (",
                       spec_.place, ".file_key)"));
    }
    file_key_ = *key;
    for (const std::string& name : wanted) {
      const auto place = Find(header, name);
      if (!place || *place == file_key_ ||
          std::find(places_.begin(), places_.end(), *place) != places_.end()) {
        continue;
      }
      places_.push_back(*place);
      names_.push_back(header[*place]);
    }
    if (names_.empty()) {
      return absl::InvalidArgumentError(clients::Cat(
          "none of its columns is used by columns or joined: ", spec_.place,
          " adds nothing"));
    }
    return absl::OkStatus();
  }

  absl::Status TakeRow(std::span<const std::string> fields) {
    // A row without the key, or cut short of it, is found by nobody.
    if (fields.size() <= file_key_) return absl::OkStatus();
    const std::string_view key = TrimText(fields[file_key_]);
    if (key.empty() || BrokenCell(key)) return absl::OkStatus();
    const std::size_t row = cells_.size() / names_.size();
    const auto [place, added] = rows_.emplace(key, row);
    if (!added) {
      place->second = kRepeated;
      return absl::OkStatus();
    }
    bytes_ += key.size();
    for (const std::size_t at : places_) {
      // Cut short: the value is not known, and an empty one would say it is.
      cells_.push_back(at < fields.size() ? fields[at]
                                          : std::string(kErrorCell));
      bytes_ += cells_.back().size();
    }
    if (bytes_ > kMaxJoinedBytes) {
      return absl::InvalidArgumentError("the file is too large to be joined");
    }
    return absl::OkStatus();
  }

  JoinSpec spec_;
  std::size_t file_key_ = 0, key_place_ = 0, bytes_ = 0;
  std::vector<std::size_t> places_;
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, std::size_t> rows_;
  std::vector<std::string> cells_;
};

class JoinedSource final : public RowSource {
 public:
  JoinedSource(std::unique_ptr<RowSource> main, std::vector<JoinSpec> joins,
               std::vector<std::string> wanted)
      : main_(std::move(main)), wanted_(std::move(wanted)) {
    for (JoinSpec& join : joins) {
      wanted_.push_back(join.key);
      tables_.emplace_back(std::move(join));
    }
  }
  ~JoinedSource() override {
    for (std::string& field : row_) Wipe(field);
  }

  absl::Status Read(const RowSink& sink,
                    const ReadProgress& progress) override {
    for (Table& table : tables_) {
      if (absl::Status status = table.Load(wanted_); !status.ok()) {
        return status;
      }
    }
    return main_->Read(
        [&](std::int64_t line, std::span<const std::string> fields) {
          return width_ == 0 ? TakeHeader(line, fields, sink)
                             : TakeRow(line, fields, sink);
        },
        progress);
  }

 private:
  absl::Status TakeHeader(std::int64_t line,
                          std::span<const std::string> fields,
                          const RowSink& sink) {
    width_ = fields.size();
    row_.assign(fields.begin(), fields.end());
    for (Table& table : tables_) {
      if (absl::Status status = table.FindKey(row_); !status.ok()) {
        return status;
      }
      row_.insert(row_.end(), table.names().begin(), table.names().end());
    }
    return sink(line, row_);
  }

  absl::Status TakeRow(std::int64_t line, std::span<const std::string> fields,
                       const RowSink& sink) {
    // As ColumnLayout::Read forgives: empty fields beyond the last.
    bool fits = fields.size() >= width_;
    for (std::size_t i = width_; fits && i < fields.size(); ++i) {
      fits = TrimText(fields[i]).empty();
    }
    // Another number of columns: not to be joined; the reader sets it aside.
    if (!fits)
      return sink(line, fields.first(std::min(fields.size(), width_ - 1)));
    for (std::string& field : row_) Wipe(field);
    row_.assign(fields.begin(),
                fields.begin() + static_cast<std::ptrdiff_t>(width_));
    for (const Table& table : tables_) table.Extend(row_);
    return sink(line, row_);
  }

  const std::unique_ptr<RowSource> main_;
  std::vector<std::string> wanted_;
  std::vector<Table> tables_;
  std::vector<std::string> row_;
  std::size_t width_ = 0;
};

}  // namespace

std::unique_ptr<RowSource> MakeJoinedSource(std::unique_ptr<RowSource> main,
                                            std::vector<JoinSpec> joins,
                                            std::vector<std::string> wanted) {
  if (joins.empty()) return main;
  return std::make_unique<JoinedSource>(std::move(main), std::move(joins),
                                        std::move(wanted));
}

}  // namespace samkoer::agent
