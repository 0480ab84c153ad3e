// One YAML scalar into one field of a message. Internal to proto/yaml.
#ifndef SAMKOER_PROTO_YAML_YAML_SCALAR_H_
#define SAMKOER_PROTO_YAML_YAML_SCALAR_H_

#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "proto/yaml/yaml_tree.h"

namespace samkoer::proto::yaml_internal {

// Sets `field` (adds to it if repeated) to what `node` says; the field is of
// any type but message. INVALID_ARGUMENT with the node's place if it does not
// fit. Values are not echoed, except names that an enum does not have: a value
// may be a secret, or hold one by mistake.
absl::Status SetScalar(const Node& node, std::string_view name,
                       const google::protobuf::FieldDescriptor& field,
                       google::protobuf::Message& message);

// " (did you mean 'x'?)" for the candidate that is nearest to `word`, or
// nothing if none is near.
std::string DidYouMean(std::string_view word,
                       const std::vector<std::string>& candidates);

}  // namespace samkoer::proto::yaml_internal

#endif  // SAMKOER_PROTO_YAML_YAML_SCALAR_H_
