// Reads the configuration of samkoer-alerts and samkoer-audit.
#ifndef SAMKOER_CLIENTS_COMMON_CLIENT_CONFIG_H_
#define SAMKOER_CLIENTS_COMMON_CLIENT_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "samkoer/v1/client_config.pb.h"

namespace samkoer::clients {

// Reads and checks `path`: the matcher's address, the three files of `tls` and
// `state_dir` must be given. `state_dir` is returned resolved against `path`;
// the files of `tls` are left to OpenChannel. What only some commands need
// (the key service, verifier keys, the purpose) is checked by those.
//
// NOT_FOUND or PERMISSION_DENIED if the file cannot be read,
// FAILED_PRECONDITION naming file, line and key if it breaks the schema.
absl::StatusOr<v1::ClientConfig> LoadClientConfig(const std::string& path);

// FAILED_PRECONDITION "PATH: KEY is missing" with a hint, for those.
absl::Status MissingSetting(const std::string& path, const std::string& key);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_COMMON_CLIENT_CONFIG_H_
