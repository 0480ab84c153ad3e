#include "clients/agent/json.h"

#include "absl/strings/str_format.h"
#include "clients/common/utf8.h"

namespace samkoer::agent {

std::string JsonString(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::string_view before = text;
    const char32_t c = clients::NextCodePoint(text);
    if (c == clients::kNotUtf8) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < 0x20 || c == 0x7f || c == 0x2028 || c == 0x2029) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(c));
    } else {
      out.append(before.substr(0, before.size() - text.size()));
    }
  }
  out += '"';
  return out;
}

JsonObject& JsonObject::Add(std::string_view key, double value) {
  return AddRaw(key, absl::StrFormat("%.2f", value));
}

JsonObject& JsonObject::AddRaw(std::string_view key, std::string_view json) {
  if (!members_.empty()) members_ += ", ";
  members_ += clients::Cat(JsonString(key), ": ", json);
  return *this;
}

}  // namespace samkoer::agent
