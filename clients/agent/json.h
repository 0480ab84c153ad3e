// Writes small JSON objects (RFC 8259), keys in the order they were added.
#ifndef SAMKOER_CLIENTS_AGENT_JSON_H_
#define SAMKOER_CLIENTS_AGENT_JSON_H_

#include <concepts>
#include <string>
#include <string_view>

#include "clients/common/cat.h"

namespace samkoer::agent {

// `text` in quotes. Control characters are escaped, and bytes that are not
// UTF-8 become U+FFFD.
std::string JsonString(std::string_view text);

// Thread safety: for one thread at a time.
class JsonObject {
 public:
  template <std::integral T>
  JsonObject& Add(std::string_view key, T value) {
    if constexpr (std::same_as<T, bool>) {
      return AddRaw(key, value ? "true" : "false");
    } else {
      return AddRaw(key, clients::Cat(value));
    }
  }
  JsonObject& Add(std::string_view key, double value);
  JsonObject& Add(std::string_view key, std::string_view value) {
    return AddRaw(key, JsonString(value));
  }
  JsonObject& Add(std::string_view key, const char* value) {
    return Add(key, std::string_view(value));
  }
  JsonObject& Add(std::string_view key, const JsonObject& value) {
    return AddRaw(key, value.Text());
  }
  // `json` is JSON already.
  JsonObject& AddRaw(std::string_view key, std::string_view json);

  std::string Text() const { return clients::Cat("{", members_, "}"); }

 private:
  std::string members_;
};

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_JSON_H_
