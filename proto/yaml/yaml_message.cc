#include "proto/yaml/yaml_message.h"

#include <cerrno>
#include <cstdio>
#include <memory>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "proto/absl_text.h"
#include "proto/yaml/yaml_scalar.h"
#include "proto/yaml/yaml_tree.h"

namespace samkoer::proto {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using yaml_internal::ErrorAt;
using yaml_internal::Node;

absl::Status FillMessage(const Node& node, std::string_view name,
                         Message& message);

absl::Status UnknownKey(const Node& key, std::string_view name,
                        const Descriptor& type) {
  std::vector<std::string> names;
  for (int i = 0; i < type.field_count(); ++i) {
    names.push_back(type.field(i)->name());
  }
  return ErrorAt(name, key,
                 absl::StrCat("unknown key '",
                              absl::Utf8SafeCEscape(key.text.substr(0, 40)),
                              "'", yaml_internal::DidYouMean(key.text, names)));
}

// A single value, or one element of a sequence.
absl::Status FillValue(const Node& node, std::string_view name,
                       const FieldDescriptor& field, Message& message) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return yaml_internal::SetScalar(node, name, field, message);
  }
  const auto& reflection = *message.GetReflection();
  Message* part = field.is_repeated()
                      ? reflection.AddMessage(&message, &field)
                      : reflection.MutableMessage(&message, &field);
  return FillMessage(node, name, *part);
}

absl::Status FillMap(const Node& node, std::string_view name,
                     const FieldDescriptor& field, Message& message) {
  if (node.kind != Node::Kind::kMapping) {
    return ErrorAt(name, node,
                   absl::StrCat("'", field.name(), "' must be a mapping"));
  }
  const Descriptor& entry_type = *field.message_type();
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    Message& entry = *message.GetReflection()->AddMessage(&message, &field);
    if (absl::Status status =
            FillValue(node.keys[i], name, *entry_type.map_key(), entry);
        !status.ok()) {
      return status;
    }
    if (absl::Status status =
            FillValue(node.children[i], name, *entry_type.map_value(), entry);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status FillField(const Node& node, std::string_view name,
                       const FieldDescriptor& field, Message& message) {
  if (field.is_map()) return FillMap(node, name, field, message);
  if (!field.is_repeated()) return FillValue(node, name, field, message);
  if (node.kind != Node::Kind::kSequence) {
    return ErrorAt(name, node,
                   absl::StrCat("'", field.name(), "' must be a list"));
  }
  for (const Node& child : node.children) {
    if (absl::Status status = FillValue(child, name, field, message);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

absl::Status FillMessage(const Node& node, std::string_view name,
                         Message& message) {
  const Descriptor& type = *message.GetDescriptor();
  if (node.kind != Node::Kind::kMapping) {
    return ErrorAt(name, node, "must be a mapping of keys to values");
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const Node& key = node.keys[i];
    const FieldDescriptor* field = type.FindFieldByName(key.text);
    if (field == nullptr) return UnknownKey(key, name, type);
    if (const auto* oneof = field->real_containing_oneof();
        oneof != nullptr && message.GetReflection()->HasOneof(message, oneof)) {
      return ErrorAt(name, key,
                     absl::StrCat("'", key.text, "' excludes another key of '",
                                  oneof->name(), "' that is already given"));
    }
    if (absl::Status status =
            FillField(node.children[i], name, *field, message);
        !status.ok()) {
      return status;
    }
  }
  return absl::OkStatus();
}

// The child that the first step of `path` ("a", "[3]") names; cuts the step
// off.
const Node* TakeStep(const Node& node, std::string_view& path) {
  if (path.starts_with('[')) {
    const std::size_t end = path.find(']');
    std::size_t index = 0;
    if (end == std::string_view::npos ||
        !absl::SimpleAtoi(Absl(path.substr(1, end - 1)), &index) ||
        node.kind != Node::Kind::kSequence || index >= node.children.size()) {
      return nullptr;
    }
    path.remove_prefix(end + 1);
    return &node.children[index];
  }
  if (path.starts_with('.')) path.remove_prefix(1);
  const std::string_view key = path.substr(0, path.find_first_of(".["));
  if (key.empty() || node.kind != Node::Kind::kMapping) return nullptr;
  for (std::size_t i = 0; i < node.keys.size(); ++i) {
    if (node.keys[i].text == key) {
      path.remove_prefix(key.size());
      return &node.children[i];
    }
  }
  return nullptr;
}

}  // namespace

absl::Status ParseYaml(std::string_view text, std::string_view name,
                       Message& message) {
  message.Clear();
  const absl::StatusOr<Node> root = yaml_internal::ParseTree(text, name);
  if (!root.ok()) return root.status();
  return FillMessage(*root, name, message);
}

absl::StatusOr<std::string> ReadTextFile(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(
      std::fopen(path.c_str(), "rbe"), &std::fclose);
  if (file == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  // One byte over the limit is enough for the parser to refuse the size.
  std::string text(yaml_internal::kMaxTextBytes + 1, '\0');
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get())) {
    return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
  }
  return text;
}

absl::Status ReadYamlFile(const std::string& path, Message& message) {
  const absl::StatusOr<std::string> text = ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ParseYaml(*text, path, message);
}

std::string LocateYaml(std::string_view text, std::string_view name,
                       std::string_view field_path) {
  const absl::StatusOr<Node> root = yaml_internal::ParseTree(text, name);
  if (!root.ok()) return std::string(name);
  const Node* found = &*root;
  while (!field_path.empty()) {
    const Node* next = TakeStep(*found, field_path);
    if (next == nullptr) break;
    found = next;
  }
  if (found == &*root) return std::string(name);
  return absl::StrCat(Absl(name), ":", found->line, ":", found->column);
}

}  // namespace samkoer::proto
