#include "clients/agent/preview.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"
#include "clients/common/cat.h"
#include "clients/common/cli.h"

namespace samkoer::agent {
namespace {

constexpr const char* kPseudonymShown = "(64 bytes)";

std::vector<const CleanCase*> Pick(std::span<const CleanCase> cases) {
  std::vector<const CleanCase*> picked;
  const std::size_t count = std::min(cases.size(), kPreviewRecords);
  for (std::size_t i = 0; i < count; ++i) {
    picked.push_back(&cases[i * cases.size() / count]);
  }
  return picked;
}

// Reflection, so that a field which is new in the contract is shown too.
std::string FieldText(const v1::CaseRecord& record,
                      const google::protobuf::FieldDescriptor& field) {
  if (field.name() == "pseudonym") return kPseudonymShown;
  google::protobuf::TextFormat::Printer printer;
  printer.SetUseUtf8StringEscaping(true);
  printer.SetSingleLineMode(true);
  const google::protobuf::Reflection& reflection = *record.GetReflection();
  const bool empty =
      field.is_repeated()
          ? reflection.FieldSize(record, &field) == 0
          : field.has_presence() && !reflection.HasField(record, &field);
  if (empty) return "-";
  const int count =
      field.is_repeated() ? reflection.FieldSize(record, &field) : 1;
  std::string out;
  for (int i = 0; i < count; ++i) {
    std::string one;
    printer.PrintFieldValueToString(record, &field,
                                    field.is_repeated() ? i : -1, &one);
    out += clients::Cat(out.empty() ? "" : " ", one);
  }
  return out;
}

}  // namespace

std::string FormatPreview(std::span<const CleanCase> cases) {
  std::string out;
  for (const CleanCase* one : Pick(cases)) {
    out += clients::Cat("  a record that would leave, all of it:\n");
    const auto& descriptor = *v1::CaseRecord::descriptor();
    for (int i = 0; i < descriptor.field_count(); ++i) {
      const auto& field = *descriptor.field(i);
      absl::StrAppendFormat(
          &out, "    %-20s %s\n", field.name(),
          clients::TerminalSafe(FieldText(one->record, field)));
    }
  }
  return out;
}

std::string PreviewJson(std::span<const CleanCase> cases) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string out = "[";
  for (const CleanCase* one : Pick(cases)) {
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(one->record, &json,
                                                     options)
             .ok()) {
      continue;
    }
    // The pseudonym is not made in a dry run: its empty value gives way.
    constexpr std::string_view kEmpty = "\"pseudonym\":\"\"";
    if (const std::size_t at = json.find(kEmpty); at != std::string::npos) {
      json.replace(at, kEmpty.size(), "\"pseudonym\":\"(64 bytes)\"");
    }
    out += clients::Cat(out.size() > 1 ? ", " : "", json);
  }
  return out + "]";
}

}  // namespace samkoer::agent
