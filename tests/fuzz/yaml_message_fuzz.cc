// YAML that people, or an attacker who can write a configuration, may hand in:
// never a crash, and every refusal names the file.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proto/yaml/yaml_message.h"
#include "samkoer/v1/agent_config.pb.h"
#include "samkoer/v1/policy.pb.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  // The first byte chooses the schema; the rest is the text.
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1,
                              size - 1);
  samkoer::v1::Policy policy;
  samkoer::v1::AgentConfig config;
  google::protobuf::Message& message =
      data[0] % 2 == 0 ? static_cast<google::protobuf::Message&>(policy)
                       : static_cast<google::protobuf::Message&>(config);
  const absl::Status status =
      samkoer::proto::ParseYaml(text, "fuzz.yaml", message);
  if (!status.ok() && (status.code() != absl::StatusCode::kInvalidArgument ||
                       status.message().substr(0, 9) != "fuzz.yaml")) {
    std::abort();
  }
  samkoer::proto::LocateYaml(text, "fuzz.yaml", "departments[1].units[0].name");
  samkoer::proto::LocateYaml("a: [b, {c: d}]", "fuzz.yaml", text);
  return 0;
}
