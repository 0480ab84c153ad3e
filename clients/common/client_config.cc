#include "clients/common/client_config.h"

#include <utility>

#include "clients/common/cat.h"
#include "clients/common/cli.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::clients {

absl::Status MissingSetting(const std::string& path, const std::string& key) {
  return WithHint(
      absl::FailedPreconditionError(Cat(path, ": ", key, " is missing")),
      Cat("add to the configuration file: ", key));
}

absl::StatusOr<v1::ClientConfig> LoadClientConfig(const std::string& path) {
  v1::ClientConfig config;
  if (absl::Status s = proto::ReadYamlFile(path, config); !s.ok()) {
    // What is wrong is the configuration, not the data (exit 78).
    return absl::IsInvalidArgument(s)
               ? absl::FailedPreconditionError(s.message())
               : s;
  }
  const std::pair<const char*, const std::string*> required[] = {
      {"matcher.address", &config.matcher().address()},
      {"tls.ca_file", &config.tls().ca_file()},
      {"tls.certificate_file", &config.tls().certificate_file()},
      {"tls.key_file", &config.tls().key_file()},
      {"state_dir", &config.state_dir()},
  };
  for (const auto& [key, value] : required) {
    if (value->empty()) return MissingSetting(path, key);
  }
  config.set_state_dir(ResolvePath(path, config.state_dir()));
  return config;
}

}  // namespace samkoer::clients
