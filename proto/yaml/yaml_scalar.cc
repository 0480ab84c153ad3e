#include "proto/yaml/yaml_scalar.h"

#include <algorithm>
#include <cctype>
#include <cstdint>
#include <numeric>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "proto/plain_text.h"

namespace samkoer::proto::yaml_internal {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Number of single letters to insert, remove or replace.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
    }
  }
  return row[b.size()];
}

// UnitKind -> "UNIT_KIND_".
std::string EnumPrefix(const EnumDescriptor& type) {
  std::string prefix;
  for (char c : type.name()) {
    if (std::isupper(static_cast<unsigned char>(c)) && !prefix.empty()) {
      prefix.push_back('_');
    }
    prefix.push_back(static_cast<char>(std::toupper(c)));
  }
  prefix.push_back('_');
  return prefix;
}

absl::Status SetEnum(const Node& node, std::string_view name,
                     const FieldDescriptor& field, Message& message) {
  const EnumDescriptor& type = *field.enum_type();
  const std::string prefix = EnumPrefix(type);
  std::vector<std::string> names;
  for (int i = 0; i < type.value_count(); ++i) {
    const EnumValueDescriptor& value = *type.value(i);
    if (value.number() == 0) continue;  // "unspecified" is said by silence
    std::string_view shown = value.name();
    if (shown.starts_with(prefix)) shown.remove_prefix(prefix.size());
    if (shown == node.text) {
      const Reflection& reflection = *message.GetReflection();
      if (field.is_repeated()) {
        reflection.AddEnum(&message, &field, &value);
      } else {
        reflection.SetEnum(&message, &field, &value);
      }
      return absl::OkStatus();
    }
    names.emplace_back(shown);
  }
  return ErrorAt(name, node,
                 absl::StrCat("unknown ", field.name(), " '",
                              absl::Utf8SafeCEscape(node.text.substr(0, 40)),
                              "'", DidYouMean(node.text, names), "; one of ",
                              absl::StrJoin(names, ", ")));
}

// Decimal digits as people write them: no sign but '-', no leading zeros, no
// other base, so that nothing reads differently from how it looks.
bool IsDecimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || (text.size() > 1 && text[0] == '0')) return false;
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

template <typename T>
bool ParseWhole(const Node& node, T& value) {
  return node.kind == Node::Kind::kPlain && IsDecimal(node.text) &&
         absl::SimpleAtoi(node.text, &value);
}

// `Add##Type` for repeated fields, `Set##Type` otherwise.
#define SAMKOER_PUT(Type, value)                                     \
  (field.is_repeated()                                               \
       ? message.GetReflection()->Add##Type(&message, &field, value) \
       : message.GetReflection()->Set##Type(&message, &field, value))

absl::Status SetNumber(const Node& node, std::string_view name,
                       const FieldDescriptor& field, Message& message) {
  bool ok = false;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32: {
      std::int32_t value = 0;
      if ((ok = ParseWhole(node, value))) SAMKOER_PUT(Int32, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      std::int64_t value = 0;
      if ((ok = ParseWhole(node, value))) SAMKOER_PUT(Int64, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t value = 0;
      if ((ok = ParseWhole(node, value))) SAMKOER_PUT(UInt32, value);
      break;
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      std::uint64_t value = 0;
      if ((ok = ParseWhole(node, value))) SAMKOER_PUT(UInt64, value);
      break;
    }
    default:
      return ErrorAt(name, node,
                     absl::StrCat("'", field.name(),
                                  "' has a type that YAML files do not use"));
  }
  if (ok) return absl::OkStatus();
  return ErrorAt(name, node,
                 absl::StrCat("'", field.name(),
                              "' must be a whole number in range, written in "
                              "digits without quotes"));
}

absl::Status SetText(const Node& node, std::string_view name,
                     const FieldDescriptor& field, Message& message) {
  if (field.type() == FieldDescriptor::TYPE_BYTES) {
    std::string bytes;
    // Re-encoding refuses blanks, missing padding and stray bits.
    if (!absl::Base64Unescape(node.text, &bytes) ||
        absl::Base64Escape(bytes) != node.text) {
      return ErrorAt(name, node,
                     absl::StrCat("'", field.name(), "' must be base64"));
    }
    SAMKOER_PUT(String, bytes);
    return absl::OkStatus();
  }
  if (!IsValidUtf8(node.text)) {
    return ErrorAt(name, node,
                   absl::StrCat("'", field.name(), "' is not valid UTF-8"));
  }
  SAMKOER_PUT(String, node.text);
  return absl::OkStatus();
}

}  // namespace

std::string DidYouMean(std::string_view word,
                       const std::vector<std::string>& candidates) {
  constexpr std::size_t kLongest = 64;  // bounds the work on hostile input
  if (word.size() > kLongest) return "";
  const std::string* best = nullptr;
  std::size_t best_distance = word.size() / 3 + 2;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  return best == nullptr ? "" : absl::StrCat(" (did you mean '", *best, "'?)");
}

absl::Status SetScalar(const Node& node, std::string_view name,
                       const FieldDescriptor& field, Message& message) {
  if (node.kind == Node::Kind::kNull) {
    return ErrorAt(name, node,
                   absl::StrCat("'", field.name(),
                                "' has no value; leave the key out, or put the "
                                "text in quotes"));
  }
  if (!node.IsScalar()) {
    return ErrorAt(name, node,
                   absl::StrCat("'", field.name(), "' must be a single value"));
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetText(node, name, field, message);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(node, name, field, message);
    case FieldDescriptor::CPPTYPE_BOOL: {
      const bool value = node.text == "true";
      if (node.kind != Node::Kind::kPlain || (!value && node.text != "false")) {
        return ErrorAt(
            name, node,
            absl::StrCat("'", field.name(), "' must be true or false"));
      }
      SAMKOER_PUT(Bool, value);
      return absl::OkStatus();
    }
    default:
      return SetNumber(node, name, field, message);
  }
}

#undef SAMKOER_PUT

}  // namespace samkoer::proto::yaml_internal
