// Reads the configuration of samkoer-web.
#ifndef SAMKOER_CLIENTS_WEB_CONFIG_H_
#define SAMKOER_CLIENTS_WEB_CONFIG_H_

#include <string>

#include "absl/status/statusor.h"
#include "samkoer/v1/web_config.pb.h"

namespace samkoer::clients {

// Reads and checks `path`. Paths are returned resolved against it, those of
// `tls` excepted (OpenChannel does that); defaults are filled in. The log's
// level is set, so that the rest of the start is told as it wants.
//
// NOT_FOUND or PERMISSION_DENIED if the file cannot be read,
// FAILED_PRECONDITION naming file and key if it breaks the schema.
absl::StatusOr<v1::WebConfig> LoadWebConfig(const std::string& path);

}  // namespace samkoer::clients

#endif  // SAMKOER_CLIENTS_WEB_CONFIG_H_
