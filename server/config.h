// The servers' configuration files: YAML checked against server_config.proto,
// paths made absolute relative to the file, values validated. Errors name file,
// line and column.
#ifndef SAMKOER_SERVER_CONFIG_H_
#define SAMKOER_SERVER_CONFIG_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "samkoer/v1/server_config.pb.h"

namespace samkoer::server {

// NOT_FOUND or PERMISSION_DENIED if the file cannot be read, INVALID_ARGUMENT
// if it breaks the schema or a value is out of range. Does not look at the
// files that the configuration names.
absl::StatusOr<v1::MatcherdConfig> ReadMatcherdConfig(const std::string& path);
absl::StatusOr<v1::KeydConfig> ReadKeydConfig(const std::string& path);

// The same from text; `path` stands in errors and gives the directory.
absl::StatusOr<v1::MatcherdConfig> ParseMatcherdConfig(std::string_view text,
                                                       const std::string& path);
absl::StatusOr<v1::KeydConfig> ParseKeydConfig(std::string_view text,
                                               const std::string& path);

}  // namespace samkoer::server

#endif  // SAMKOER_SERVER_CONFIG_H_
