// Reads a YAML file into a protobuf message, checked against its schema.
//
// Keys are the proto's field names; enum values stand without their prefix
// ("AUTHORITY" for UNIT_KIND_AUTHORITY); repeated fields are sequences; maps
// are mappings; bytes are base64. Unknown keys, repeated keys, wrong types,
// anchors aliases, tags, null and more than one document are errors of the form
//   "policy.yaml:12:5: unknown key 'depatments' (did you mean 'departments'?)".
#ifndef SAMKOER_PROTO_YAML_YAML_MESSAGE_H_
#define SAMKOER_PROTO_YAML_YAML_MESSAGE_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"

namespace samkoer::proto {

// Fills `message` (cleared first) from `text`; `name` stands in errors.
// INVALID_ARGUMENT if the text breaks the schema; `message` is then undefined.
// At most 1 MiB of text and 32 levels.
absl::Status ParseYaml(std::string_view text, std::string_view name,
                       google::protobuf::Message& message);

// The text of a file, cut one byte over 1 MiB (which ParseYaml then refuses);
// NOT_FOUND or PERMISSION_DENIED if it cannot be read.
absl::StatusOr<std::string> ReadTextFile(const std::string& path);

// ParseYaml of a file, whose path stands in errors; NOT_FOUND or
// PERMISSION_DENIED if it cannot be read.
absl::Status ReadYamlFile(const std::string& path,
                          google::protobuf::Message& message);

// "file:line:column" of the value at a field path such as
// "departments[2].units[0].name", for errors that validation finds after
// parsing. If the text ends the path early (a required key is missing), the
// place of what should hold it; the name alone if nothing of it is there.
std::string LocateYaml(std::string_view text, std::string_view name,
                       std::string_view field_path);

}  // namespace samkoer::proto

#endif  // SAMKOER_PROTO_YAML_YAML_MESSAGE_H_
