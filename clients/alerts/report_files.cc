#include "clients/alerts/report_files.h"

#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "clients/common/cpr.h"
#include "clients/common/csv_reader.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {
namespace {

namespace pb = google::protobuf;

constexpr std::size_t kMaxFileBytes = 1 << 20;
constexpr double kVersion = 1;

absl::StatusOr<std::string> ReadSmallFile(const std::string& path, Language l) {
  auto text = proto::ReadTextFile(path);
  if (!text.ok()) return text.status();
  if (text->size() > kMaxFileBytes) {
    return absl::InvalidArgumentError(
        Cat(path, Say(l, ": er over 1 MiB", ": is over 1 MiB")));
  }
  return text;
}

absl::Status NoReport(const std::string& path, Language l) {
  return WithHint(
      absl::InvalidArgumentError(
          Cat(path, Say(l, ": er ingen gemt rapport", ": is no saved report"))),
      Say(l, "gem måneden med: samkoer-alerts report month --as json --out FIL",
          "save the month with: samkoer-alerts report month --as json --out "
          "FILE"));
}

// Which cell of a row is what.
struct Columns {
  std::array<std::size_t, 4> at{};
};

constexpr std::array<std::array<const char*, 2>, 4> kColumns = {{
    {"indikator", "indicator"},
    {"periode", "period"},
    {"tal", "value"},
    {"kilde", "source"},
}};

std::optional<Columns> MatchHeader(std::span<const std::string> header) {
  Columns columns;
  for (std::size_t c = 0; c < kColumns.size(); ++c) {
    bool found = false;
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (header[i] != kColumns[c][0] && header[i] != kColumns[c][1]) continue;
      columns.at[c] = i;
      found = true;
    }
    if (!found) return std::nullopt;
  }
  return columns;
}

absl::Status InLine(const std::string& name, std::int64_t line, Language l,
                    const std::string& what) {
  return absl::InvalidArgumentError(
      Cat(name, Say(l, ", linje ", ", line "), line, ": ", what));
}

}  // namespace

absl::StatusOr<std::vector<v1::GetStatisticsResponse>> ReadSavedMonths(
    const std::string& path, Language l) {
  auto text = ReadSmallFile(path, l);
  if (!text.ok()) return text.status();
  pb::Struct file;
  if (!pb::util::JsonStringToMessage(*text, &file).ok()) {
    return NoReport(path, l);
  }
  const auto& fields = file.fields();
  const auto report = fields.find("report"), version = fields.find("version"),
             months = fields.find("months");
  if (report == fields.end() ||
      report->second.string_value() != "samkoer-status-report" ||
      version == fields.end() || version->second.number_value() != kVersion ||
      months == fields.end()) {
    return NoReport(path, l);
  }
  std::vector<v1::GetStatisticsResponse> out;
  for (const pb::Value& month : months->second.list_value().values()) {
    std::string json;
    if (!pb::util::MessageToJsonString(month, &json).ok() ||
        !pb::util::JsonStringToMessage(json, &out.emplace_back()).ok()) {
      return NoReport(path, l);
    }
  }
  return out;
}

absl::StatusOr<std::vector<ExternalFigure>> ParseFigures(
    std::string_view text, const std::string& name, Language l) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::string_view header = text.substr(0, text.find('\n'));
  const bool semicolon = header.find(';') != std::string_view::npos;
  std::optional<Columns> columns;
  std::vector<ExternalFigure> figures;
  auto reader = CsvReader::Create(
      semicolon ? ";" : ",",
      [&](std::int64_t line,
          std::span<const std::string> cells) -> absl::Status {
        if (!columns) {
          columns = MatchHeader(cells);
          if (columns) return absl::OkStatus();
          return WithHint(
              InLine(name, line, l,
                     Say(l, "overskrifterne mangler", "the header is missing")),
              Say(l, "første linje skal være: indikator;periode;tal;kilde",
                  "the first line must be: indicator;period;value;source"));
        }
        if (figures.size() == kMaxFigures) {
          return InLine(
              name, line, l,
              Cat(Say(l, "for mange tal; højst ", "too many figures; at most "),
                  kMaxFigures));
        }
        std::array<std::string, 4> values;
        for (std::size_t c = 0; c < values.size(); ++c) {
          if (columns->at[c] < cells.size()) {
            values[c] = cells[columns->at[c]];
          }
          if (values[c].empty() || values[c].size() > kMaxFigureBytes) {
            return InLine(
                name, line, l,
                Cat(l == Language::kDanish ? kColumns[c][0] : kColumns[c][1],
                    Say(l, " mangler eller er for lang",
                        " is missing or too long")));
          }
          if (ContainsCpr(values[c])) {
            return InLine(
                name, line, l,
                Say(l, "indeholder et CPR-nummer", "holds a CPR number"));
          }
        }
        figures.push_back({values[0], values[1], values[2], values[3]});
        return absl::OkStatus();
      });
  if (!reader.ok()) return reader.status();
  if (absl::Status s = (*reader)->Feed(text); !s.ok()) return s;
  if (absl::Status s = (*reader)->Finish(); !s.ok()) return s;
  return figures;
}

absl::StatusOr<std::vector<ExternalFigure>> ReadFigures(const std::string& path,
                                                        Language l) {
  auto text = ReadSmallFile(path, l);
  if (!text.ok()) return text.status();
  return ParseFigures(*text, path, l);
}

}  // namespace samkoer::clients
