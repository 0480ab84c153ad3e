#include "matcher/policy_file.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "matcher/policy_validation.h"
#include "proto/yaml/yaml_message.h"

namespace samkoer::matcher {

absl::StatusOr<CompiledPolicy> ParsePolicy(std::string_view text,
                                           std::string_view name) {
  samkoer::v1::Policy policy;
  if (absl::Status status = proto::ParseYaml(text, name, policy);
      !status.ok()) {
    return status;
  }
  if (const std::optional<PolicyError> error = FindPolicyError(policy)) {
    return absl::InvalidArgumentError(
        absl::StrCat(proto::LocateYaml(text, name, error->path), ": ",
                     error->path, ": ", error->problem));
  }
  return CompiledPolicy::Compile(std::move(policy), std::string(text));
}

absl::StatusOr<CompiledPolicy> LoadPolicyFile(const std::string& path) {
  const absl::StatusOr<std::string> text = proto::ReadTextFile(path);
  if (!text.ok()) return text.status();
  return ParsePolicy(*text, path);
}

}  // namespace samkoer::matcher
