#include "clients/web/form_message.h"

#include <cstdint>
#include <string>

#include "absl/strings/numbers.h"
#include "clients/common/cat.h"
#include "google/protobuf/descriptor.h"

namespace samkoer::clients {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kMaxSteps = 4;
constexpr int kMaxRepeated = 100;

absl::Status Misfit(std::string_view name) {
  // The name came over the wire: only its known part may be shown.
  return absl::InvalidArgumentError(
      Cat("a value that does not fit the field ", name));
}

template <typename T>
bool ReadNumber(std::string_view value, T& number) {
  const absl::string_view text(value.data(), value.size());
  return !value.empty() && value.front() != '+' && value.front() != ' ' &&
         value.back() != ' ' && absl::SimpleAtoi(text, &number);
}

bool SetText(Message& message, const FieldDescriptor& field,
             std::string_view value) {
  if (field.type() != FieldDescriptor::TYPE_STRING) return false;
  const auto* reflection = message.GetReflection();
  if (field.is_repeated()) {
    reflection->AddString(&message, &field, std::string(value));
  } else {
    reflection->SetString(&message, &field, std::string(value));
  }
  return true;
}

bool SetEnum(Message& message, const FieldDescriptor& field,
             std::string_view value) {
  const auto* known = field.enum_type()->FindValueByName(std::string(value));
  if (known == nullptr) return false;
  const auto* reflection = message.GetReflection();
  if (field.is_repeated()) {
    reflection->AddEnum(&message, &field, known);
  } else {
    reflection->SetEnum(&message, &field, known);
  }
  return true;
}

bool SetBool(Message& message, const FieldDescriptor& field,
             std::string_view value) {
  if (value != "true" && value != "false") return false;
  message.GetReflection()->SetBool(&message, &field, value == "true");
  return true;
}

bool SetNumber(Message& message, const FieldDescriptor& field,
               std::string_view value) {
  const auto* reflection = message.GetReflection();
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_UINT32: {
      std::uint32_t number = 0;
      if (!ReadNumber(value, number)) return false;
      reflection->SetUInt32(&message, &field, number);
      return true;
    }
    case FieldDescriptor::CPPTYPE_UINT64: {
      std::uint64_t number = 0;
      if (!ReadNumber(value, number)) return false;
      reflection->SetUInt64(&message, &field, number);
      return true;
    }
    case FieldDescriptor::CPPTYPE_INT64: {
      std::int64_t number = 0;
      if (!ReadNumber(value, number)) return false;
      reflection->SetInt64(&message, &field, number);
      return true;
    }
    default:
      return false;
  }
}

bool SetValue(Message& message, const FieldDescriptor& field,
              std::string_view value) {
  const auto* reflection = message.GetReflection();
  if (field.is_repeated() &&
      reflection->FieldSize(message, &field) >= kMaxRepeated) {
    return false;
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return SetText(message, field, value);
    case FieldDescriptor::CPPTYPE_ENUM:
      return SetEnum(message, field, value);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      if (field.is_repeated() || !value.empty()) return false;
      reflection->MutableMessage(&message, &field);
      return true;
    case FieldDescriptor::CPPTYPE_BOOL:
      return !field.is_repeated() && SetBool(message, field, value);
    default:
      return !field.is_repeated() && SetNumber(message, field, value);
  }
}

}  // namespace

absl::Status SetField(Message& message, std::string_view name,
                      std::string_view value) {
  Message* at = &message;
  for (int step = 1; step <= kMaxSteps; ++step) {
    const std::size_t dot = name.find('.');
    const FieldDescriptor* field =
        at->GetDescriptor()->FindFieldByName(std::string(name.substr(0, dot)));
    if (field == nullptr) break;
    if (dot == std::string_view::npos) {
      return SetValue(*at, *field, value) ? absl::OkStatus()
                                          : Misfit(field->name());
    }
    if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE ||
        field->is_repeated()) {
      return Misfit(field->name());
    }
    at = at->GetReflection()->MutableMessage(at, field);
    name.remove_prefix(dot + 1);
  }
  return absl::InvalidArgumentError("a field that is not known");
}

absl::Status FillMessage(Message& message, const Fields& fields) {
  for (const auto& [name, value] : fields) {
    if (absl::Status s = SetField(message, name, value); !s.ok()) return s;
  }
  return absl::OkStatus();
}

}  // namespace samkoer::clients
