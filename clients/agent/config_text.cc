#include "clients/agent/config_text.h"

#include <google/protobuf/descriptor.h>

#include <string_view>
#include <vector>

#include "clients/agent/json.h"
#include "clients/common/cat.h"

namespace samkoer::agent {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// DOMAIN_FAMILY as FAMILY: what the zero value ("DOMAIN_UNSPECIFIED") begins
// with is left out.
std::string EnumName(const google::protobuf::EnumValueDescriptor& value) {
  constexpr std::string_view kZero = "UNSPECIFIED";
  std::string prefix = value.type()->FindValueByNumber(0)->name();
  if (!prefix.ends_with(kZero)) return value.name();
  prefix.resize(prefix.size() - kZero.size());
  return value.name().starts_with(prefix) ? value.name().substr(prefix.size())
                                          : value.name();
}

std::string FlowMessage(const Message& message);

// One value on one line; `index` is -1 unless the field is repeated.
std::string FlowValue(const Message& message, const FieldDescriptor& field,
                      int index) {
  const auto& access = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return FlowMessage(
          one ? access.GetMessage(message, &field)
              : access.GetRepeatedMessage(message, &field, index));
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumName(one ? *access.GetEnum(message, &field)
                          : *access.GetRepeatedEnum(message, &field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return access.GetBool(message, &field) ? "true" : "false";
    case FieldDescriptor::CPPTYPE_UINT32:
      return clients::Cat(
          one ? access.GetUInt32(message, &field)
              : access.GetRepeatedUInt32(message, &field, index));
    default:
      // Quotes always: "27.24" and "ja" must stay text. What JSON escapes,
      // YAML's double quotes escape alike.
      return JsonString(one ? access.GetString(message, &field)
                            : access.GetRepeatedString(message, &field, index));
  }
}

std::string FlowList(const Message& message, const FieldDescriptor& field) {
  std::string out;
  const int size = message.GetReflection()->FieldSize(message, &field);
  for (int i = 0; i < size; ++i) {
    out += clients::Cat(i == 0 ? "" : ", ", FlowValue(message, field, i));
  }
  return clients::Cat("[", out, "]");
}

std::vector<const FieldDescriptor*> SetFields(const Message& message) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  return fields;
}

std::string FlowMessage(const Message& message) {
  std::string out;
  for (const FieldDescriptor* field : SetFields(message)) {
    out += clients::Cat(out.empty() ? "" : ", ", field->name(), ": ",
                        field->is_repeated() ? FlowList(message, *field)
                                             : FlowValue(message, *field, -1));
  }
  return clients::Cat("{", out, "}");
}

void AddComment(std::string_view comment, std::string& out) {
  while (!comment.empty()) {
    const std::size_t end = comment.find('\n');
    out += clients::Cat("# ", comment.substr(0, end), "\n");
    if (end == std::string_view::npos) break;
    comment.remove_prefix(end + 1);
  }
}

void AddField(const Message& config, const FieldDescriptor& field,
              std::string& out) {
  const auto& access = *config.GetReflection();
  const bool is_message = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  out += clients::Cat(field.name(), ":");
  if (!is_message) {
    out += clients::Cat(" ",
                        field.is_repeated() ? FlowList(config, field)
                                            : FlowValue(config, field, -1),
                        "\n");
    return;
  }
  if (field.is_repeated()) {
    out += "\n";
    for (int i = 0; i < access.FieldSize(config, &field); ++i) {
      out += clients::Cat("  - ", FlowValue(config, field, i), "\n");
    }
    return;
  }
  const Message& part = access.GetMessage(config, &field);
  const auto fields = SetFields(part);
  if (fields.empty()) {
    out += " {}\n";
    return;
  }
  out += "\n";
  for (const FieldDescriptor* one : fields) {
    out += clients::Cat(
        "  ", one->name(), ": ",
        one->is_repeated() ? FlowList(part, *one) : FlowValue(part, *one, -1),
        "\n");
  }
}

}  // namespace

std::string FormatConfig(const v1::AgentConfig& config,
                         const ConfigComments& comments) {
  std::string out;
  const auto comment = [&](const std::string& name) {
    const auto hit = comments.find(name);
    if (hit != comments.end()) AddComment(hit->second, out);
  };
  comment("");
  for (const FieldDescriptor* field : SetFields(config)) {
    comment(field->name());
    AddField(config, *field, out);
  }
  return out;
}

}  // namespace samkoer::agent
