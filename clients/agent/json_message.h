// Messages of the matcher as the agent's JSON output has them.
#ifndef SAMKOER_CLIENTS_AGENT_JSON_MESSAGE_H_
#define SAMKOER_CLIENTS_AGENT_JSON_MESSAGE_H_

#include <google/protobuf/util/json_util.h>

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace samkoer::agent {

// "NAME": [...], one element a line. INTERNAL if a message cannot be written.
template <typename Message>
absl::Status PrintArray(std::ostream& out, std::string_view name,
                        const std::vector<Message>& messages) {
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  out << "\"" << name << "\": [";
  for (std::size_t i = 0; i < messages.size(); ++i) {
    std::string json;
    if (!google::protobuf::util::MessageToJsonString(messages[i], &json,
                                                     options)
             .ok()) {
      return absl::InternalError("an entry is not JSON");
    }
    out << (i == 0 ? "" : ",\n ") << json;
  }
  out << "]";
  return absl::OkStatus();
}

}  // namespace samkoer::agent

#endif  // SAMKOER_CLIENTS_AGENT_JSON_MESSAGE_H_
